ALL = ["queues", "pools"]
