from crew import run_all

run_all()
