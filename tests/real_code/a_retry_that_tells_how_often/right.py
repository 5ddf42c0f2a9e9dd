"""A new pool for each attempt, as the last may have broken; the number is only told."""

import multiprocessing as mp


def fetch(page):
    return {"page": page, "ok": page != 13}


def fetch_all(pages, attempts):
    for attempt in range(attempts):
        with mp.get_context("spawn").Pool(2) as pool:
            found = pool.map(fetch, pages)
        failed = [one["page"] for one in found if not one["ok"]]
        if not failed:
            return found
        print(f"attempt {attempt + 1} of {attempts} left {failed}", flush=True)
    raise RuntimeError("pages are missing")


if __name__ == "__main__":
    print(fetch_all([1, 2, 3], attempts=3))
