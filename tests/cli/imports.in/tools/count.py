from crew import count

print(count())
