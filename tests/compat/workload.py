"""What a traced machine does while a tool watches: processes, files, sockets on the loopback interface, signals."""

import os
import signal
import socket
import subprocess
import tempfile


def processes():
    for command in (["true"], ["false"], ["sh", "-c", "sleep 0.01; exit 3"], ["ls", "/"]):
        subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)


def files():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "file")
        with open(path, "w") as file:
            file.write("x" * 5000)
            file.flush()
            os.fsync(file.fileno())
        with open(path) as file:
            file.read()
        os.rename(path, path + "2")
        os.unlink(path + "2")
        try:
            open(path)
        except FileNotFoundError:
            pass


def connections():
    with socket.create_server(("127.0.0.1", 0)) as server:
        with socket.create_connection(server.getsockname()) as client:
            peer, _ = server.accept()
            with peer:
                client.sendall(b"hello" * 100)
                peer.recv(100)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.bind(("127.0.0.1", 0))
        sender.sendto(b"datagram", receiver.getsockname())


def signals():
    child = subprocess.Popen(["sleep", "60"])
    child.send_signal(signal.SIGUSR1)
    child.wait()


def once():
    for part in (processes, files, connections, signals):
        part()
