def grind(grain):
    return grain + " flour"
