import queue, threading, say

t = threading.Thread(target=queue.Queue().get)
t.start()
say.mark()
t.join()
