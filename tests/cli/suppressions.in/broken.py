# mplint: ignore-file[MP900] kept broken on purpose
import multiprocessing
x = (
