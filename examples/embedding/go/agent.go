// Loads a plugin, with a function for it to call and a policy that holds it; calls it, and ends it. By cgo and pkg-config:
// where wasm-bpf.pc is not found, PKG_CONFIG_PATH says where it is.
package main

/*
#cgo pkg-config: wasm-bpf
#include <stdlib.h>
#include <wasm_bpf.h>

// Go's functions, as C calls them (callbacks.go).
extern void agentOutput(void *context, char *text, size_t size_bytes);
extern wasm_bpf_error *agentReport(void *context, wasm_bpf_caller *caller, wasm_bpf_value *arguments, wasm_bpf_value *results);

// The option structs point to one another, which cgo wants to happen in C's memory.
static int create_plugin(wasm_bpf_module *module, wasm_bpf_policy *policy, wasm_bpf_guest **plugin, wasm_bpf_error **error) {
	wasm_bpf_function function = {.size = sizeof(function), .module = "agent", .name = "report", .type = "i32 i32 i64 -> i32",
				      .call = (wasm_bpf_function_callback)agentReport};
	wasm_bpf_output output = {.kind = WASM_BPF_OUTPUT_CALLBACK, .write = (wasm_bpf_output_callback)agentOutput};
	wasm_bpf_guest_options options = {.size = sizeof(options), .policy = policy, .functions = &function, .function_count = 1,
					  .output = output, .error_output = output};

	return wasm_bpf_guest_create(module, &options, plugin, error);
}

static int64_t as_i64(wasm_bpf_value value) { return value.of.i64; }
*/
import "C"

import (
	"os"
	"os/exec"
	"syscall"
	"unsafe"
)

// reported gets something when the plugin has reported.
var reported = make(chan struct{}, 1)

func say(text string) { os.Stdout.WriteString(text) }

// check ends the program where a call failed.
func check(code C.int, err *C.wasm_bpf_error) {
	if code != 0 {
		os.Stderr.WriteString("agent: " + C.GoString(C.wasm_bpf_error_message(err)) + "\n")
		os.Exit(1)
	}
}

func amount(count int64) string {
	if count > 0 {
		return "some"
	}
	return "none"
}

// text is a C string for the time of a call.
func text(of string, call func(*C.char)) {
	made := C.CString(of)
	defer C.free(unsafe.Pointer(made))
	call(made)
}

func main() {
	var runtime *C.wasm_bpf_runtime
	var module *C.wasm_bpf_module
	var policy *C.wasm_bpf_policy
	var plugin *C.wasm_bpf_guest
	var ending *C.wasm_bpf_ending
	var started C.wasm_bpf_value
	var err *C.wasm_bpf_error

	check(C.wasm_bpf_runtime_create(nil, &runtime, &err), err)
	text(os.Args[1], func(path *C.char) { check(C.wasm_bpf_module_compile_file(runtime, path, &module, &err), err) })
	check(C.wasm_bpf_policy_create(&policy, &err), err)
	for _, rule := range []string{"programs=tracepoint", "attach.kinds=tracepoint", "attach.tracepoints=sched/sched_process_exec", "maps.types=array"} {
		text(rule, func(rule *C.char) { check(C.wasm_bpf_policy_allow(policy, rule, &err), err) })
	}
	check(C.create_plugin(module, policy, &plugin, &err), err)

	check(C.wasm_bpf_guest_start(plugin, &err), err)
	// A program is started until the plugin, which may not be attached yet, has told of one.
	for C.as_i64(started) == 0 {
		if failed := exec.Command("true").Run(); failed != nil {
			panic(failed)
		}
		text("started", func(name *C.char) {
			check(C.wasm_bpf_guest_call(plugin, name, nil, 0, &started, 1, nil, &err), err)
		})
	}
	<-reported
	say("[agent] asked, it says: " + amount(int64(C.as_i64(started))) + "\n")

	C.wasm_bpf_guest_signal(plugin, C.int(syscall.SIGTERM))
	check(C.wasm_bpf_guest_wait(plugin, 5000, &ending, &err), err)
	if failed := C.wasm_bpf_ending_error(ending); failed != nil {
		say("[agent] ended: " + C.GoString(C.wasm_bpf_error_message(failed)) + "\n")
	} else if C.wasm_bpf_ending_exit_code(ending) == 0 {
		say("[agent] ended: 0\n")
	}

	C.wasm_bpf_ending_free(ending)
	C.wasm_bpf_guest_free(plugin)
	C.wasm_bpf_policy_free(policy)
	C.wasm_bpf_module_free(module)
	C.wasm_bpf_runtime_free(runtime)
}
