from thing.run import run


def test_run():
    run()
