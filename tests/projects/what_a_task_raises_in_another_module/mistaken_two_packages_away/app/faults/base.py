class Fault(RuntimeError):
    code = 1
