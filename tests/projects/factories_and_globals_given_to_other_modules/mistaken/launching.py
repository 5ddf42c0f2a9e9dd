def launch(make, **options):
    process = make(**options)
    process.join(5)  # MP203
    if process.exitcode != 0:
        raise SystemExit("the work failed")
