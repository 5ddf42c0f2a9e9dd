from tool.pools import run

run()
