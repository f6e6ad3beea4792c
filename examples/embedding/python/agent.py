#!/usr/bin/env python3
"""Loads a plugin, with a function for it to call and a policy that holds it; calls it, and ends it.

Python's standard library alone: ctypes calls libwasm_bpf.so.0, which the dynamic linker must find (LD_LIBRARY_PATH).
"""

import ctypes as c
import signal
import subprocess
import sys
import threading

library = c.CDLL("libwasm_bpf.so.0")


class Value(c.Structure):
    class Of(c.Union):
        _fields_ = [("i32", c.c_int32), ("i64", c.c_int64), ("f32", c.c_float), ("f64", c.c_double)]

    _fields_ = [("type", c.c_uint32), ("of", Of)]


HostFunction = c.CFUNCTYPE(c.c_void_p, c.c_void_p, c.c_void_p, c.POINTER(Value), c.POINTER(Value))
OutputCallback = c.CFUNCTYPE(None, c.c_void_p, c.POINTER(c.c_char), c.c_size_t)


class Function(c.Structure):
    _fields_ = [("size", c.c_size_t), ("module", c.c_char_p), ("name", c.c_char_p), ("type", c.c_char_p),
                ("call", HostFunction), ("context", c.c_void_p)]


class Output(c.Structure):
    NONE, INHERITED, CALLBACK, BUFFER = range(4)
    _fields_ = [("kind", c.c_uint32), ("limit_bytes", c.c_uint64), ("write", OutputCallback), ("context", c.c_void_p)]


class GuestOptions(c.Structure):
    """The first members of wasm_bpf_guest_options: its size says how many the library is to look at."""

    _fields_ = [("size", c.c_size_t), ("flags", c.c_uint64), ("policy", c.c_void_p),
                ("arguments", c.POINTER(c.c_char_p)), ("argument_count", c.c_size_t),
                ("environment", c.POINTER(c.c_char_p)), ("environment_count", c.c_size_t),
                ("directories", c.c_void_p), ("directory_count", c.c_size_t),
                ("functions", c.POINTER(Function)), ("function_count", c.c_size_t),
                ("input", c.c_uint32), ("input_fd", c.c_int), ("output", Output), ("error_output", Output)]


library.wasm_bpf_error_message.restype = c.c_char_p
library.wasm_bpf_error_message.argtypes = [c.c_void_p]
library.wasm_bpf_error_free.argtypes = [c.c_void_p]
library.wasm_bpf_ending_error.restype = c.c_void_p


class Error(Exception):
    pass


def check(function, *arguments):
    """Calls a function whose last parameter is the error."""
    error = c.c_void_p()
    if getattr(library, "wasm_bpf_" + function)(*arguments, c.byref(error)) != 0:
        text = library.wasm_bpf_error_message(error).decode()
        library.wasm_bpf_error_free(error)
        raise Error(text)


def make(function, *arguments):
    """The same, of one that makes an object."""
    made = c.c_void_p()
    check(function, *arguments, c.byref(made))
    return made


def amount(count):
    return "some" if count > 0 else "none"


def main(path):
    runtime = make("runtime_create", None)
    module = make("module_compile_file", runtime, path.encode())
    policy = make("policy_create")
    for rule in ("programs=tracepoint", "attach.kinds=tracepoint", "attach.tracepoints=sched/sched_process_exec",
                 "maps.types=array"):
        check("policy_allow", policy, rule.encode())

    reported = threading.Event()

    @OutputCallback
    def on_output(_, text, size):
        print("[plugin]", text[:size].decode(), end="", flush=True)  # it writes whole lines

    # On the plugin's thread. An exception must not leave it: what cannot be read is the plugin's to know.
    @HostFunction
    def report(_, plugin, arguments, results):
        name = c.create_string_buffer(max(0, min(arguments[1].of.i32, 100)))
        if library.wasm_bpf_caller_read(c.c_void_p(plugin), c.c_uint32(arguments[0].of.i32), name,
                                        c.c_uint64(len(name)), None) != 0:
            results[0].of.i32 = -1
            return None
        print(f"[agent] {name.raw.decode(errors='replace')}: {amount(arguments[2].of.i64)}", flush=True)
        reported.set()
        return None

    functions = (Function * 1)(Function(c.sizeof(Function), b"agent", b"report", b"i32 i32 i64 -> i32", report, None))
    output = Output(kind=Output.CALLBACK, write=on_output)
    options = GuestOptions(size=c.sizeof(GuestOptions), policy=policy, functions=functions, function_count=1,
                           output=output, error_output=output)
    plugin = make("guest_create", module, c.byref(options))

    check("guest_start", plugin)
    started = Value()
    # A program is started until the plugin, which may not be attached yet, has told of one.
    while started.of.i64 == 0:
        subprocess.run(["true"], check=True)
        check("guest_call", plugin, b"started", None, c.c_size_t(0), c.byref(started), c.c_size_t(1), None)
    reported.wait()
    print("[agent] asked, it says:", amount(started.of.i64), flush=True)

    library.wasm_bpf_guest_signal(plugin, c.c_int(signal.SIGTERM))
    ending = c.c_void_p()
    check("guest_wait", plugin, c.c_int64(5000), c.byref(ending))
    error = library.wasm_bpf_ending_error(ending)
    print("[agent] ended:", library.wasm_bpf_error_message(error).decode() if error
          else library.wasm_bpf_ending_exit_code(ending), flush=True)

    for free, each in (("ending", ending), ("guest", plugin), ("policy", policy), ("module", module),
                       ("runtime", runtime)):
        getattr(library, f"wasm_bpf_{free}_free")(each)


if __name__ == "__main__":
    main(sys.argv[1])
