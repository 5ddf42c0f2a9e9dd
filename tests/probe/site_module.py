try:
    import sitecustomize

    print(sitecustomize.__name__, sitecustomize.__file__, sitecustomize.VALUE)
except ImportError as error:
    print(repr(error))
