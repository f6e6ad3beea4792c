"""What a traced machine does while a tool watches: processes, files, mounts, sockets on the loopback interface, names looked
up, signals, a shell's line."""

import contextlib
import os
import pty
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


def names():
    with contextlib.suppress(OSError):  # of a machine without /etc/hosts; tools see the question all the same
        socket.getaddrinfo("localhost", 80)
        socket.gethostbyname("localhost")


def mounts():
    with tempfile.TemporaryDirectory() as folder:
        if subprocess.run(["mount", "-t", "tmpfs", "tmpfs", folder], stderr=subprocess.DEVNULL, check=False).returncode == 0:
            subprocess.run(["umount", folder], check=True)


def shell():
    """A line that bash reads by readline."""
    process, terminal = pty.fork()
    if process == 0:
        os.execvp("bash", ["bash", "--norc", "-i"])
    os.write(terminal, b"true\nexit\n")
    try:
        while os.read(terminal, 4096):
            pass
    except OSError:  # it has ended
        pass
    os.close(terminal)
    os.waitpid(process, 0)


def signals():
    child = subprocess.Popen(["sleep", "60"])
    child.send_signal(signal.SIGUSR1)
    child.wait()


def once():
    for part in (processes, files, mounts, connections, names, signals, shell):
        part()
