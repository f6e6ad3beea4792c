"""What a process holds of the kernel's BPF programs, maps and links, and whether it is gone after its end."""

import ctypes
import os
import platform
import time
from pathlib import Path

BPF = {"x86_64": 321, "aarch64": 280, "riscv64": 280}.get(platform.machine())
FD_BY_ID = {"prog_id": 13, "map_id": 14, "link_id": 30}  # enum bpf_cmd
DEADLINE_SECONDS = 20

libc = ctypes.CDLL(None, use_errno=True)


def processes(pid):
    """A process and what it started."""
    yield pid
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            for child in children.read_text().split():
                yield from processes(int(child))
        except OSError:
            pass


def held_by(pid):
    """Pairs of kind and id, as the kernel tells in fdinfo."""
    held = set()
    for process in processes(pid):
        for file in Path(f"/proc/{process}/fdinfo").glob("*"):
            try:
                lines = file.read_text().splitlines()
            except OSError:
                continue
            held |= {(kind, int(number)) for kind, _, number in (line.partition(":") for line in lines) if kind in FD_BY_ID}
    return held


def exists(kind, number):
    attributes = (ctypes.c_uint32 * 4)(number, 0, 0, 0)
    fd = libc.syscall(BPF, FD_BY_ID[kind], ctypes.byref(attributes), 12)
    if fd >= 0:
        os.close(fd)
    return fd >= 0


def left_of(held):
    """What of it the kernel still has: it frees them after a grace period."""
    until = time.monotonic() + DEADLINE_SECONDS
    left = list(held) if BPF else []
    while left and time.monotonic() < until:
        left = [each for each in left if exists(*each)]
        if left:
            time.sleep(0.002)
    return ", ".join(f"{kind} {number}" for kind, number in left)
