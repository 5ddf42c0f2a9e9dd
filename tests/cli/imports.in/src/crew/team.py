from crew import run_all


def everybody():
    run_all()
