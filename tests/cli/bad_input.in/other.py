def no library here(
