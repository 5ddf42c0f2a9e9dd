step = abs
