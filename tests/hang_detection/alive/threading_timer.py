import threading

event = threading.Event()
threading.Timer(0.8, event.set).start()
event.wait()
