work = abs
