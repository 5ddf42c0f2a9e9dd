STEPS = {"only": 1}
