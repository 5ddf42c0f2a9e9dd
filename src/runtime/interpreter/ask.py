# Run once by each Python that mplint finds, with `-I -B -c`: says what it is, as one line of JSON after a marker.
# Even Python 2 and PyPy must be able to say their version, so the syntax is old, and every other answer may be missing.
import json, os, sys

def answer(question):
    try:
        return question()
    except Exception:
        return None

def methods():
    import multiprocessing
    return [multiprocessing.get_start_method(), multiprocessing.get_all_start_methods()]

def libraries():
    # The loader and the shared libraries of this very process: an interpreter that was unpacked somewhere brings its own.
    with open("/proc/self/maps") as maps:
        files = set(line.split(None, 5)[5].strip() for line in maps if len(line.split(None, 5)) == 6)
    return sorted(set(os.path.dirname(f) for f in files if f.startswith("/") and ".so" in os.path.basename(f)))

def main():
    import sysconfig
    start = answer(methods) or [None, []]
    info = sys.version_info
    serial = "" if info[3] == "final" else "%s%d" % ({"alpha": "a", "beta": "b"}.get(info[3], "rc"), info[4])
    return {
        "version": "%d.%d.%d%s" % (info[0], info[1], info[2], serial),
        "build": sys.version,
        "implementation": answer(lambda: sys.implementation.name) or "unknown",
        "free_threaded": answer(lambda: bool(sysconfig.get_config_var("Py_GIL_DISABLED"))) or False,
        "gil": True if not hasattr(sys, "_is_gil_enabled") else sys._is_gil_enabled(),
        "default_start_method": start[0],
        "start_methods": start[1],
        "platform": sys.platform,
        "executable": sys.executable,
        "prefix": sys.prefix,
        "base_prefix": answer(lambda: sys.base_prefix),
        "exec_prefix": sys.exec_prefix,
        "base_exec_prefix": answer(lambda: sys.base_exec_prefix),
        "stdlib": answer(lambda: sysconfig.get_path("stdlib")),
        "platstdlib": answer(lambda: sysconfig.get_path("platstdlib")),
        "path": [p for p in sys.path if p and os.path.exists(p)],
        "libraries": answer(libraries) or [],
        "abiflags": answer(lambda: sys.abiflags) or "",
        "bits": 64 if sys.maxsize > 2 ** 32 else 32,
    }

print("\n@mplint@" + json.dumps(main()))
