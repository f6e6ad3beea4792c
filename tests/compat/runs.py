"""Runs a tool, natively and as a guest, while `workload` happens: on this machine, or all tools in one virtual machine."""

import os
import pathlib
import pty
import re
import select
import shlex
import shutil
import signal
import subprocess
import time

import workload
from builder import ROOT, Failed

TRACE = pathlib.Path("/sys/kernel/tracing/trace")
LOADED = re.compile(r"bpf-prog|bpf_link|perf_event")
ATTACHED = re.compile(r"bpf_link|perf_event")


class Run:
    """One program on a terminal of its own, so that its lines come as a user would see them."""

    def __init__(self, program, command, arguments):
        """`command` stands before the program's name; it is started in its folder, as ./NAME."""
        TRACE.write_text("")
        self.text = b""
        self.code = None
        self.process_id, self.terminal = pty.fork()
        if self.process_id == 0:
            os.environ["TERM"] = "dumb"
            os.chdir(program.parent)
            for number in (signal.SIGINT, signal.SIGQUIT):  # a shell ignores them for what it starts in the background
                signal.signal(number, signal.SIG_DFL)
            line = [*command, "./" + program.name, *arguments]
            os.execvp(line[0], line)

    def watch(self, seconds):
        self.wait_until_attached(time.monotonic() + 20)
        end = time.monotonic() + seconds
        while self.code is None and time.monotonic() < end:
            workload.once()
            self.read_until(time.monotonic() + 0.2)
        self.ended_by_itself = self.code is not None
        self.left = []
        for number, patience in ((signal.SIGINT, 10), (signal.SIGKILL, 10)):
            if self.code is None:
                os.kill(self.process_id, number)
                self.read_until(time.monotonic() + patience)
        os.close(self.terminal)
        self.trace = "\n".join(line.split("bpf_trace_printk:", 1)[1] for line in TRACE.read_text().splitlines() if "bpf_trace_printk:" in line)
        return self

    def held(self):
        """The programs, links and perf events that the process holds."""
        held = []
        try:
            for name in os.listdir(f"/proc/{self.process_id}/fd"):
                target = os.readlink(f"/proc/{self.process_id}/fd/{name}")
                if LOADED.search(target):
                    held.append((name, target))
        except OSError:  # the process or the fd is gone
            return None
        return sorted(held)

    def wait_until_attached(self, deadline):
        """Until it holds the same for half a second where links or perf events are among it, else for three: some attach
        programs otherwise."""
        before, since = None, time.monotonic()
        while self.code is None and time.monotonic() < deadline:
            held = self.held()
            if held != before:
                before, since = held, time.monotonic()
            is_attached = any(ATTACHED.search(target) for _, target in held or [])
            if held and time.monotonic() > since + (0.5 if is_attached else 3):
                return
            self.read_until(time.monotonic() + 0.05)

    def read_until(self, deadline):
        while self.code is None:
            ready, _, _ = select.select([self.terminal], [], [], max(0, min(0.2, deadline - time.monotonic())))
            if ready:
                try:
                    self.text += os.read(self.terminal, 65536)
                except OSError:  # nobody holds the other end any more
                    ready = []
            if not ready:
                ended, status = os.waitpid(self.process_id, os.WNOHANG)
                if ended:
                    self.code = os.waitstatus_to_exitcode(status)
                elif time.monotonic() >= deadline:
                    return
            elif time.monotonic() >= deadline + 2:  # one that prints without end
                return

    @property
    def output(self):
        return self.text.decode(errors="replace")


def run_here(program, module, given, arguments):
    guest = [str(pathlib.Path(arguments.command).absolute()), "run", *shlex.split(arguments.run_options)]
    return Run(program, [], given).watch(arguments.seconds), Run(module, guest, given).watch(arguments.seconds)


class MachineRun:
    """What tests/vm/run reported of one program (vm_case.sh): lines `LABEL output|trace|code|ended|left TEXT`."""

    def __init__(self, label, report):
        of = {"output": [], "trace": [], "code": [], "ended": [], "left": []}
        for line in report:
            name, what, text = (line.split(" ", 2) + ["", ""])[:3]
            if name == label:
                of[what].append(text)
        self.output, self.trace = "\n".join(of["output"]), "\n".join(of["trace"])
        self.code = int(of["code"][0]) if of["code"] else -signal.SIGKILL
        self.ended_by_itself = bool(of["ended"])
        self.left = of["left"]  # in the kernel, after its end: "+LINE" more, "-LINE" less than before


class Machine:
    """Runs of several tools, each a case of one machine's life: `add` them, then ask for their `runs`."""

    def __init__(self, output, arguments):
        self.arguments = arguments
        self.cases, self.guests, self.log = output / "cases", output / "machine", output / "machine.log"
        self.lines = None
        for folder in (self.cases, self.guests):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()

    def add(self, case, program, module, given):
        settings = {"tool": program.name, "arguments": shlex.join(given), "run_options": self.arguments.run_options}
        text = "".join(f"{name}={shlex.quote(value)}\n" for name, value in settings.items())
        (self.cases / f"{case}.sh").write_text(text + (pathlib.Path(__file__).parent / "vm_case.sh").read_text())
        shutil.copy(program, self.guests / f"{program.name}.native")
        shutil.copy(module, self.guests / f"{program.name}.wasm")

    def start(self):
        cases = sorted(path.stem for path in self.cases.glob("*.sh"))
        environment = {**os.environ, "WASM_BPF_VM_CASES": str(self.cases), "WASM_BPF_VM_DEADLINE": str(120 + 90 * len(cases))}
        machine = subprocess.run([ROOT / "tests/vm/run", self.arguments.vm, self.arguments.command, self.guests, *cases],
                                 check=False, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment)
        self.log.write_text(machine.stdout)
        self.lines = machine.stdout.splitlines()

    def runs(self, case):
        if self.lines is None:
            self.start()
        if not any(line.startswith(f"pass {case} ") for line in self.lines):
            said = [line.strip() for line in self.lines if line.startswith(f"    {case}: ")]
            raise Failed(f"{'; '.join(said[:2]) or 'it did not run'}: {self.log}")
        report = [line.split(" ", 2)[2] for line in self.lines if line.startswith(f"report {case} ")]
        return MachineRun("native", report), MachineRun("guest", report)
