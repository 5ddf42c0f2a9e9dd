import importlib
from concurrent.futures import ProcessPoolExecutor

try:
    import _fast_work as implementation
except ImportError:
    import fallback as implementation


def inside():
    from fallback import work

    return work


def main():
    with ProcessPoolExecutor() as executor:
        executor.submit(inside(), 1)
        executor.submit(importlib.import_module("fallback").work, 1)


if __name__ == "__main__":
    main()
    print(implementation)
