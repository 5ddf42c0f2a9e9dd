START_METHOD = "spawn"
