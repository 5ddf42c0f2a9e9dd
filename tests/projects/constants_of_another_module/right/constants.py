START_METHOD = "fork"
