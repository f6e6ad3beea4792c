"""That the runner finds faults: runtimes that do not do what a case asks for, cases that are malformed, imports that nothing covers.
WASM_BPF, WASM_BPF_ABI and GUESTS say where the command, the table's generator and the compiled guests are."""

import ctypes
import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import kernel
from runtime import Runtime

WASM_BPF, GUESTS = os.environ["WASM_BPF"], os.environ["GUESTS"]


def run(template, *options):
    return subprocess.run([sys.executable, HERE / "run", "--runtime", template, "--modules", GUESTS, *options],
                          capture_output=True, text=True)


def shell(script):
    """A template of a runtime that is a shell script; "$@" is the command with the guest."""
    return f"sh -c '{script}' sh {WASM_BPF} run {{grants}} {{module}} {{args}}"


class Runtimes(unittest.TestCase):
    def expect(self, result, code, *texts):
        self.assertEqual(result.returncode, code, result.stdout + result.stderr)
        for text in texts:
            self.assertIn(text, result.stdout + result.stderr)

    def test_right_one(self):
        self.expect(run(shell('exec "$@"'), "v0.maps", "wasi.exit_code"), 0, "4 passed, 0 failed, 0 skipped")

    def test_that_does_nothing(self):
        self.expect(run("true {module} {args}", "wasi.exit_code.42"), 1, "exit code 0, not 42", "it checks: ")
        self.expect(run("true {module} {args}", "v0.maps"), 1, "standard output is not as expected", "update of an existing key: -17")

    def test_that_is_not_there(self):
        self.expect(run("/no/such/runtime {module} {args}", "v0.maps"), 1, "No such file or directory")

    def test_that_changes_the_output(self):
        self.expect(run(shell('"$@" | sed s/-17/-22/'), "v0.maps"), 1, "standard output is not as expected")
        self.expect(run(shell('"$@" | sed s/alive/dead/'), "v0.mistakes"), 1, "does not match")

    def test_that_hides_exit_codes(self):
        self.expect(run(shell('"$@"; true'), "v0.callback_ends.traps"), 1, "exit code 0 in spite of trap")

    def test_exit_codes(self):
        of = Runtime("x {module} {args}", HERE / "wasm-bpf.toml", set(), set()).exit_problem
        for wanted, right, wrong in (("code 0", 0, 1), ("code 42", 42, 0), ("signal 2", 130, 3), ("signal 9", 137, 0),
                                     ("trap", 134, 1), ("refused", 1, 0)):
            self.assertIsNone(of(wanted, right), wanted)
            self.assertIn(f"{wrong}", of(wanted, wrong), wanted)
        self.assertIsNone(Runtime("x {module} {args}", None, set(), set()).exit_problem("trap", 1))

    def test_that_hangs(self):
        self.expect(run("sh -c 'exec sleep 1000' {module} {args}", "--seconds", "1", "v0.poll.first"), 1, 'did not print "ready"')
        self.expect(run("sh -c 'exec sleep 1000' {module} {args}", "--seconds", "1", "v0.maps"), 1, "it did not end in time")

    def test_that_ends_early(self):
        self.expect(run("true {module} {args}", "v0.exec"), 1, 'ended before it printed "ready"')

    def test_that_loads_nothing(self):
        self.expect(run("sh -c 'echo attached; read line' {module} {args}", "links.kinds.xdp"), 1, "holds no program")

    def test_that_is_without_something(self):
        template = f"{WASM_BPF} run {{module}} {{args}}"
        self.expect(run(template, "--without", "version_1", "v0.maps", "maps.kinds"), 0, "without version_1", "1 passed, 0 failed, 1 skipped")
        self.expect(run(template, "wasi.files"), 2, "no way is known to allow the guest folder")
        self.expect(run(template, "--without", "wings"), 2, "no feature wings; there are ")
        self.expect(run(template, "no.such.case"), 2, "no case has such a name")
        self.expect(run(f"{WASM_BPF} run"), 2, "names no {module}")

    def test_cases_that_are_malformed(self):
        for text, message in (('name = "x"\nchecks = ""\nmodule = "m"\nstdin = "y"', "case x: "),
                              ('name = "x"\nchecks = ""\nmodule = "m"\nstdout = ""\nstdout_pattern = ""', "both an exact output and a pattern")):
            with tempfile.NamedTemporaryFile("w", suffix=".toml") as file:
                file.write(f"[[case]]\n{text}\n")
                file.flush()
                self.expect(run("true {module} {args}", "--cases", file.name), 2, message)

    def test_module_that_is_missing(self):
        result = subprocess.run([sys.executable, HERE / "run", "--runtime", "true {module} {args}", "--modules", "/nowhere", "v0.maps"],
                                capture_output=True, text=True)
        self.expect(result, 1, "no module /nowhere/v0/maps.wasm")


class LeftBehind(unittest.TestCase):
    def test_map_that_is_still_there(self):
        array_of_one = (ctypes.c_uint32 * 5)(2, 4, 4, 1, 0)  # BPF_MAP_TYPE_ARRAY, sizes of key and value, elements, flags
        map_fd = kernel.libc.syscall(kernel.BPF, 0, ctypes.byref(array_of_one), ctypes.sizeof(array_of_one))
        self.assertGreaterEqual(map_fd, 0)
        held = kernel.held_by(os.getpid())
        self.assertEqual([kind for kind, _ in held], ["map_id"])
        deadline, kernel.DEADLINE_SECONDS = kernel.DEADLINE_SECONDS, 0.1
        self.assertRegex(kernel.left_of(held), r"map_id \d+")
        kernel.DEADLINE_SECONDS = deadline
        os.close(map_fd)
        self.assertEqual(kernel.left_of(held), "")


class Coverage(unittest.TestCase):
    def coverage(self, table):
        return subprocess.run([sys.executable, HERE / "coverage", "--modules", GUESTS], input=json.dumps(table),
                              capture_output=True, text=True)

    def test_table_with_more_or_less(self):
        table = json.loads(subprocess.run([os.environ["WASM_BPF_ABI"], "json"], capture_output=True, check=True).stdout)
        self.assertEqual(self.coverage(table).returncode, 0)
        more = self.coverage([*table, {**table[-1], "name": "newer"}])
        self.assertEqual(more.returncode, 1)
        self.assertIn("no case's module imports wasm_bpf_v1.newer", more.stdout)
        less = self.coverage(table[1:])
        self.assertEqual(less.returncode, 1)
        self.assertIn("imports wasm_bpf.wasm_load_bpf_object", less.stdout)
        changed = self.coverage([{**table[0], "result": "f32"}, *table[1:]])
        self.assertEqual(changed.returncode, 1)


if __name__ == "__main__":
    unittest.main()
