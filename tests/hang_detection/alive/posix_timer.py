import subprocess

p = subprocess.Popen(["timeout", "--foreground", "1", "cat"], stdin=subprocess.PIPE)
p.wait()
