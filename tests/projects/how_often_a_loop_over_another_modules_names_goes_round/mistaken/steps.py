STEPS = {"one": 1}
STEPS["two"] = 2
