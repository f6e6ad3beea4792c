"""One run of a guest: its steps, its output, its end, and what it leaves in the kernel."""

import os
import re
import select
import signal
import subprocess
import threading
import time

import kernel
from cases import Case
from outcome import Failed


class Guest:
    """A runtime's process with the guest in it. Nothing waits without a deadline."""

    def __init__(self, line, environment, place, deadline):
        self.deadline = deadline
        try:
            self.process = subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                            env=environment, preexec_fn=place.enter, cwd=place.folder)
        except (OSError, subprocess.SubprocessError) as error:
            raise Failed(f"{line[0]}: {error}") from error
        self.texts = {self.process.stdout: b"", self.process.stderr: b""}
        self.open = list(self.texts)

    output = property(lambda self: self.texts[self.process.stdout].decode(errors="replace"))
    error = property(lambda self: self.texts[self.process.stderr].decode(errors="replace"))

    def read_some(self, until):
        """Whether there may be more."""
        if not self.open:
            return False
        ready, _, _ = select.select(self.open, [], [], max(0, min(until, self.deadline) - time.monotonic()))
        for stream in ready:
            more = os.read(stream.fileno(), 1 << 16)
            self.texts[stream] += more
            if not more:
                self.open.remove(stream)
        return True

    def wait_for(self, text, until=None):
        until = until or self.deadline
        while text not in self.output and time.monotonic() < min(until, self.deadline):
            if not self.read_some(until):
                break
        return text in self.output

    def wait(self):
        """Its exit code, as a shell would say it."""
        while self.open and time.monotonic() < self.deadline:
            self.read_some(self.deadline)
        try:
            code = self.process.wait(max(0.01, self.deadline - time.monotonic()))
        except subprocess.TimeoutExpired as error:
            raise Failed("it did not end in time") from error
        return 128 - code if code < 0 else code

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            try:
                stream.close()
            except BrokenPipeError:
                pass


class Steps:
    """What the suite does while a guest waits: a method each, named by the step's first word."""

    def __init__(self, guest, place):
        self.guest, self.place = guest, place
        self.ended = threading.Event()
        self.threads = []

    def wait(self, text):
        if not self.guest.wait_for(text + "\n"):
            raise Failed(f'it {"did not print" if self.guest.open else "ended before it printed"} "{text}"')

    def call(self, function, number="1"):
        for _ in range(int(number)):
            self.functions[function]()

    def repeat(self, function):
        """Again and again, until the guest has ended."""

        def again():
            while not self.ended.is_set():
                self.functions[function]()

        self.threads.append(threading.Thread(target=again))
        self.threads[-1].start()

    def input(self, text):
        self.guest.process.stdin.write(text.encode() + b"\n")
        self.guest.process.stdin.flush()

    def end_of_input(self):
        self.guest.process.stdin.close()

    def signal(self, name):
        self.guest.process.send_signal(getattr(signal, f"SIG{name}"))

    def signal_until(self, name, text):
        """Again where the guest was not yet where it waits."""
        while self.guest.process.poll() is None and time.monotonic() < self.guest.deadline:
            self.signal(name)
            if self.guest.wait_for(text, time.monotonic() + 0.05):
                return
        self.wait(text)

    @property
    def functions(self):
        return {"getpgid": lambda: os.getpgid(0), "getppid": os.getppid, "execute": self.place.execute,
                "send_datagram": self.place.send_datagram}

    def run(self, steps):
        for step in steps:
            name, _, rest = self.place.fill(step).partition(" ")
            words = {"wait": [rest], "input": [rest], "signal_until": rest.split(" ", 1)}.get(name, rest.split())
            getattr(self, name)(*words)


def difference(case, place, output):
    if case.stdout is not None and output != place.fill(case.stdout):
        return f"standard output is not as expected\nexpected:\n{place.fill(case.stdout)}\nprinted:\n{output}"
    if case.stdout_pattern is not None and not re.fullmatch(place.fill(case.stdout_pattern), output, re.DOTALL):
        return f"standard output does not match {case.stdout_pattern!r}:\n{output}"
    return None


def run_case(runtime, case, place):
    """Its earlier runs, if there are any, and the one that it is about."""
    for args in case.before:
        run_once(runtime, Case(case.name, case.checks, case.module, args, allow=case.allow), place)
    run_once(runtime, case, place)


def run_once(runtime, case, place):
    allowed = [(word, place.fill(value)) for word, values in case.allow.items() for value in values]
    line = runtime.command(place.module, [place.fill(word) for word in case.args], allowed)
    environment = os.environ | {name: place.fill(value) for name, value in case.environment.items()}
    guest = Guest(line, environment, place, time.monotonic() + case.seconds)
    steps, held = Steps(guest, place), set()
    try:
        if case.input is not None:
            steps.guest.process.stdin.write(case.input.encode())
            steps.guest.process.stdin.close()
        try:
            steps.run(case.steps[:1])
            held = kernel.held_by(guest.process.pid) if case.steps else held
            if case.holds and not held:
                raise Failed("the runtime's process holds no program, map or link (by /proc/PID/fdinfo)")
            steps.run(case.steps[1:])
            problem = runtime.exit_problem(place.fill(case.exit), guest.wait())
        except BrokenPipeError:
            problem = runtime.exit_problem(place.fill(case.exit), guest.wait()) or "it did not read its input"
        except Failed as failure:
            problem = str(failure)
        problem = problem or difference(case, place, guest.output)
        if problem:
            raise Failed(f"{problem}\n{' '.join(line)}\nstandard error:\n{guest.error[-2000:]}")
    finally:
        steps.ended.set()
        for thread in steps.threads:
            thread.join()
        guest.close()
    left = kernel.left_of(held)
    if left:
        raise Failed(f"after its end the kernel still has {left}")
