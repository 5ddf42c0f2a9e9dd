try:
    try:
        import _interpreters as interpreters
    except ImportError:
        import _xxsubinterpreters as interpreters
    inner = interpreters.create()
    code = "import multiprocessing.process as p, sys; print(type(vars(p.BaseProcess)['_bootstrap']), len(sys.meta_path), flush=True)"
    run = getattr(interpreters, "run_string", None) or interpreters.exec
    print(run(inner, code))
    interpreters.destroy(inner)
except ImportError as error:
    print(error)
