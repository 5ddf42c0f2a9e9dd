def launch(make, **options):
    process = make(**options)
    process.start()
    process.join(5)
    if process.exitcode != 0:
        raise SystemExit("the work failed")
