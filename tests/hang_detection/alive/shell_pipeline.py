import subprocess

subprocess.run("(sleep 0.4; echo a; sleep 0.4; echo b) | cat | wc -l", shell=True)
