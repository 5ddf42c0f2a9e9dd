from ingest import Ingest

if __name__ == "__main__":
    worker = Ingest("clicks")
    worker.start()
    worker.join()
    if worker.exitcode != 0:
        raise SystemExit("an ingest failed")
