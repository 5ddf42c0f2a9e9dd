import multiprocessing as mp

a = mp.Value("i", 0)  # mplint: ignore[MP902] nothing is wrong here
b = mp.Value("i", 0)  # mplint: ignroe[MP902]
c = mp.Value("i", 0)  # mplint: ignore[MP902
d = mp.Value("i", 0)  # mplint: ignore[MP999, unreadable-file]
e = mp.Value("i", 0)  # noqa: E501, MP902
f = mp.Value("i", 0)  # noqa
g = mp.Value("i", 0)  # noqa: E501
h = mp.Value("i", 0)  # mplint: ignore[MP902, MP901] both
i = mp.Value(  # mplint: ignore[]
    "i",
    0,
)
