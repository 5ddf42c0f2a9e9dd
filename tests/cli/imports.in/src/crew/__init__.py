from .workers import count, run_all
