import signal, say

say.mark()
signal.pause()
