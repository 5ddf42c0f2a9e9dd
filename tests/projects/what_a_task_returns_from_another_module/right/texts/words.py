def of(text):
    for word in text.split():
        yield word, len(word)
