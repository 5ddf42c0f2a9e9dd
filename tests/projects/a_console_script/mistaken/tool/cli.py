from tool.pools import run

run()  # MP001
