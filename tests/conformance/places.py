"""Where cases run: namespaces of the suite's own, and for each case the folders, cgroups and processes that it asks for."""

import contextlib
import ctypes
import fcntl
import os
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import time
from pathlib import Path

from kernel import libc
from outcome import Failed, Malformed, Skipped

CLONE_NEWNS, CLONE_NEWNET = 0x00020000, 0x40000000
MS_REC, MS_PRIVATE = 0x4000, 0x40000
SIOCSIFFLAGS, IFF_UP = 0x8914, 1
HERE = Path(__file__).resolve().parent


def check(result, what):
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def mount(kind, folder, flags=0):
    check(libc.mount(b"none", folder.encode(), kind and kind.encode(), ctypes.c_ulong(flags), None), f"mount {kind} on {folder}")


def mounted(kind):
    lines = [line.split() for line in Path("/proc/self/mounts").read_text().splitlines()]
    return [line[1] for line in lines if line[2] == kind]


def enter_network():
    """A new network namespace, whose one interface is up."""
    check(libc.unshare(CLONE_NEWNET), "a network namespace")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP))


def path_of_libc():
    for line in Path("/proc/self/maps").read_text().splitlines():
        if "/libc.so" in line or "/libc-" in line:
            return line.split()[-1]
    return "/libc.so.6"


# Read at once: in another mount namespace the kernel tells a chroot's paths from outside.
LIBC_PATH = path_of_libc()


def prepare():
    """Mounts of the suite's own: tracefs and a BPF file system where a machine has them."""
    if os.geteuid() != 0:
        raise Malformed("root is needed")
    if not mounted("cgroup2"):
        raise Malformed("no cgroup2 file system is mounted")
    enter_network()
    check(libc.unshare(CLONE_NEWNS), "a mount namespace")
    mount(None, "/", MS_REC | MS_PRIVATE)
    for kind, folder in (("tracefs", "/sys/kernel/tracing"), ("bpf", "/sys/fs/bpf")):
        if folder not in mounted(kind):
            mount(kind, folder)


def remove_folder(cgroup):
    """The kernel needs a moment to see that its processes have ended."""
    until = time.monotonic() + 20
    while True:
        try:
            return cgroup.rmdir()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.002)


class Place:
    """Of one case. Its words stand in braces in the case's texts: {pid}, {cgroup}, …"""

    def __init__(self, case, module, folder):
        self.module, self.folder, self.pins = module, folder, None
        self.cpus, self.own_cgroup, self.children = None, None, []
        release = [int(part) for part in os.uname().release.split("-")[0].split(".")]
        self.words = {"pid": os.getpid(), "folder": folder, "libc": LIBC_PATH,
                      "version_code": (release[0] << 16) + (release[1] << 8) + min(release[2], 255),
                      "possible_cpus": os.sysconf("SC_NPROCESSORS_CONF"), "executed": f"{folder}/executed", **case.words}

    def fill(self, text):
        for word, value in self.words.items():
            text = text.replace(f"{{{word}}}", str(value))
        return text

    # What a case's `place` asks for.

    def network(self):
        enter_network()

    def cgroup(self):
        outer = Path(mounted("cgroup2")[0]) / f"wasm-bpf-conformance-{os.getpid()}"
        inner = outer / "inner"
        inner.mkdir(parents=True)
        self.words |= {"cgroup": outer, "cgroup_id": outer.stat().st_ino, "inner_id": inner.stat().st_ino}
        self.own_cgroup = outer

    def in_cgroup(self):
        """The runtime and another process, {beside}, which calls getppid() again and again, run in the cgroup."""
        self.cgroup()
        pid = os.fork()
        if pid == 0:
            try:
                self.join_cgroup()
                while True:
                    os.getppid()
            finally:
                os._exit(1)
        self.children.append(pid)
        self.words["beside"] = pid
        self.joins = True

    joins = False

    def join_cgroup(self):
        (self.own_cgroup / "cgroup.procs").write_text(str(os.getpid()))

    def pinning(self):
        self.pins = Path(f"/sys/fs/bpf/wasm_bpf_conformance_{os.getpid()}")
        self.pins.mkdir()
        (self.pins / "link").symlink_to("a")
        (self.pins / "link_to_table").symlink_to("a/b/table")
        self.words["pins"] = self.pins

    def one_cpu(self):
        self.cpus = os.sched_getaffinity(0)
        os.sched_setaffinity(0, {min(self.cpus)})

    def program(self):
        """{executed} does nothing, and no other process executes it."""
        (self.folder / "executed").symlink_to("/bin/true")

    def given(self):
        (self.folder / "given").mkdir()
        (self.folder / "given/link_out").symlink_to("/etc/passwd")

    def probed(self):
        """A process {probed_pid} of the program {probed}, with functions to probe (probed.c)."""
        compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
        if not compiler:
            raise Skipped("no C compiler for probed.c")
        program = self.folder / "probed"
        subprocess.run([compiler, "-O1", "-o", program, HERE / "probed.c"], check=True)
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        function, counter = self.process.stdout.readline().split()
        self.words |= {"probed": program, "probed_pid": self.process.pid, "function_offset": function, "counter_offset": counter}

    process = None

    # What its steps do.

    def execute(self):
        process = subprocess.Popen([self.folder / "executed"])
        self.words["executed_pid"] = process.pid
        process.wait()

    @staticmethod
    def send_datagram():
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.sendto(b"x", ("127.0.0.1", 7777))

    def enter(self):
        """In the runtime's process, before it begins."""
        if self.joins:
            self.join_cgroup()

    def leave(self):
        if self.cpus:
            os.sched_setaffinity(0, self.cpus)
        for child in self.children:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
        if self.process:
            self.process.communicate()
        if self.own_cgroup:
            remove_folder(self.own_cgroup / "inner")
            remove_folder(self.own_cgroup)
        if self.pins:
            shutil.rmtree(self.pins, ignore_errors=True)


@contextlib.contextmanager
def of(case, modules):
    module = modules / case.module
    if not module.exists():
        raise Failed(f"no module {module}")
    with tempfile.TemporaryDirectory(prefix="wasm-bpf-conformance-") as folder:
        place = Place(case, module, Path(folder))
        try:
            for word in case.place:
                getattr(place, word)()
            yield place
        finally:
            place.leave()
