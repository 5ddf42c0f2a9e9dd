import subprocess, say

p = subprocess.Popen(["cat"], stdin=subprocess.PIPE)
say.mark()
p.wait()
