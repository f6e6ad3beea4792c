package main

/*
#include <wasm_bpf.h>

static int32_t as_i32(const wasm_bpf_value *values, int index) { return values[index].of.i32; }
static int64_t value_at(const wasm_bpf_value *values, int index) { return values[index].of.i64; }
static void set_i32(wasm_bpf_value *values, int32_t value) { values[0].of.i32 = value; }
*/
import "C"

import "unsafe"

// agentOutput is called on the plugin's thread with all of one write; this plugin writes whole lines.
//
//export agentOutput
func agentOutput(_ unsafe.Pointer, text *C.char, size C.size_t) {
	say("[plugin] " + C.GoStringN(text, C.int(size)))
}

// agentReport is what the plugin imports as agent.report(name, name_size, value). An error that is returned ends the plugin.
//
//export agentReport
func agentReport(_ unsafe.Pointer, plugin *C.wasm_bpf_caller, arguments, results *C.wasm_bpf_value) *C.wasm_bpf_error {
	var err *C.wasm_bpf_error
	name := make([]byte, 32)
	size := uint32(C.as_i32(arguments, 1))
	if size > uint32(len(name)) {
		C.set_i32(results, -1)
		return nil
	}
	if C.wasm_bpf_caller_read(plugin, C.uint32_t(C.as_i32(arguments, 0)), unsafe.Pointer(&name[0]), C.uint64_t(size), &err) != 0 {
		return err
	}
	say("[agent] " + string(name[:size]) + ": " + amount(int64(C.value_at(arguments, 2))) + "\n")
	select {
	case reported <- struct{}{}:
	default:
	}
	return nil
}
