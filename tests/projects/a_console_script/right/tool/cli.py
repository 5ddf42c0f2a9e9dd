from tool.pools import run

def main():
    run()
