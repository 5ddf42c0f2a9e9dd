"""What the course says of multiprocessing."""

CHAPTERS = ["queues", "pools"]
