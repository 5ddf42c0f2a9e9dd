import os, socket, say

listener = socket.create_server(("127.0.0.1", 0))
address = listener.getsockname()
pid = os.fork()
if pid == 0:
    listener.close()
    client = socket.create_connection(address)
    say.mark()
    client.recv(1)
    os._exit(0)
server, _ = listener.accept()
listener.close()
server.recv(1)
