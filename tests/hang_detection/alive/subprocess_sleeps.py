import subprocess

subprocess.run(["sleep", "0.8"])
