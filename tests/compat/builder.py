"""Compiles a tool from the same sources natively and, by `wasm-bpf build`, to Wasm."""

import os
import pathlib
import re
import shlex
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
BPF_FLAGS = ["-g", "-O2", "-D__TARGET_ARCH_" + {"x86_64": "x86", "aarch64": "arm64"}.get(os.uname().machine, os.uname().machine)]
INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)\.h"', re.M)


class Failed(Exception):
    pass


def call(command, log, **options):
    log.write(shlex.join(map(str, command)) + "\n")
    log.flush()
    if subprocess.run(command, stdout=options.pop("stdout", log), stderr=log, check=False, **options).returncode != 0:
        raise Failed(command[0])


def tools_of(folder):
    """X -> the folder of its X.bpf.c and X.c: that folder, or one in it."""
    found = {}
    for pattern in ("*.bpf.c", "*/*.bpf.c"):
        for path in sorted(pathlib.Path(folder).glob(pattern)):
            name = path.name.removesuffix(".bpf.c")
            if path.with_name(name + ".c").exists():
                found.setdefault(name, path.parent)
    return found


class Builder:
    """Both programs of a tool have its name, so that they call themselves the same: native/TOOL and guest/TOOL."""

    def __init__(self, arguments):
        self.arguments = arguments
        self.folders = tools_of(arguments.folder)
        self.output = pathlib.Path(arguments.output).absolute()
        self.libbpf = pathlib.Path(arguments.libbpf or subprocess.run(
            [ROOT / "deps/build"], stdout=subprocess.PIPE, check=True, text=True).stdout.split()[-1] + "/libbpf")
        for folder in ("native", "guest", "vmlinux"):
            (self.output / folder).mkdir(parents=True, exist_ok=True)
        vmlinux = self.output / "vmlinux" / "vmlinux.h"
        if not vmlinux.exists():
            with open(vmlinux, "w") as header:
                subprocess.run(["bpftool", "btf", "dump", "file", "/sys/kernel/btf/vmlinux", "format", "c"], stdout=header, check=True)

    def sources(self, tool):
        """Its own two; X.c of the same folder for each X.h that they include, directly or through others, where X is no
        tool itself; and --source."""
        own = self.folders[tool]
        read = [own / f"{tool}.c"]
        found = read[:]
        for file in read:
            for name in INCLUDE.findall(file.read_text(errors="replace")):
                header, helper = (own / (name + end) for end in (".h", ".c"))
                if not header.exists() or header in read:
                    continue
                read.append(header)
                if helper.exists() and helper not in read and not (own / f"{name}.bpf.c").exists():
                    read.append(helper)
                    found.append(helper)
        for text in self.arguments.source:
            named, _, file = text.rpartition("=")
            if named in ("", tool):
                found.append(pathlib.Path(file))
        return own / f"{tool}.bpf.c", found

    def native(self, tool, log):
        bpf, sources = self.sources(tool)
        folder = self.output / "skeletons" / tool
        folder.mkdir(parents=True, exist_ok=True)
        user = [f"-I{include}" for include in self.arguments.include]
        include = [f"-I{folder}", f"-I{self.libbpf}/include", *user, f"-I{self.output}/vmlinux", f"-I{bpf.parent}"]
        name = tool.replace("-", "_")
        call(["clang-19", "-target", "bpf", *BPF_FLAGS, f"-mcpu={self.arguments.bpf_cpu}", *include, "-idirafter", f"/usr/include/{os.uname().machine}-linux-gnu",
              "-c", bpf, "-o", folder / f"{name}.debug.o"], log)
        call(["bpftool", "gen", "object", folder / f"{name}.bpf.o", folder / f"{name}.debug.o"], log)
        with open(folder / f"{tool}.skel.h", "w") as header:
            call(["bpftool", "gen", "skeleton", folder / f"{name}.bpf.o", "name", f"{name}_bpf"], log, stdout=header)
        static = ["-static"] if self.arguments.vm else []
        program = self.output / "native" / tool
        call(["cc", "-O2", "-w", *include, *sources, *static, "-o", program, self.libbpf / "lib/libbpf.a", "-lelf", "-lz"], log)
        return program

    def guest(self, tool, log):
        bpf, sources = self.sources(tool)
        module = self.output / "guest" / tool
        include = [option for folder in self.arguments.include for option in ("-I", folder)]
        call([self.arguments.command, "build", bpf, *sources, *include, "-o", module,
              "--bpf-cflags", f"-mcpu={self.arguments.bpf_cpu}", *shlex.split(self.arguments.build_options)], log)
        return module
