import os, socket, time

listener = socket.create_server(("127.0.0.1", 0))
pid = os.fork()
if pid == 0:
    with socket.create_connection(listener.getsockname()) as client:
        for _ in range(3):
            time.sleep(0.3)
            client.sendall(b"x" * 100_000)
    os._exit(0)
server, _ = listener.accept()
while server.recv(65536):
    pass
os.waitpid(pid, 0)
