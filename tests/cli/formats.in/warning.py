x = 1  # mplint: ignroe
