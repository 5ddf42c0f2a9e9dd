def begin(process):
    process.start()
    return process
