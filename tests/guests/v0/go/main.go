// Traces every exec, as guests in Go did for the older wasm-bpf runtimes: they have no function table, so records come to
// the exported function go-callback.
package main

import (
	"bytes"
	_ "embed"
	"fmt"
	"os"
	"unsafe"
)

//go:wasmimport wasm_bpf wasm_load_bpf_object
func loadBpfObject(data unsafe.Pointer, size int32) int64

//go:wasmimport wasm_bpf wasm_attach_bpf_program
func attachBpfProgram(object int64, name unsafe.Pointer, target unsafe.Pointer) int32

//go:wasmimport wasm_bpf wasm_bpf_map_fd_by_name
func mapFdByName(object int64, name unsafe.Pointer) int32

//go:wasmimport callback-wrapper wasm_bpf_buffer_poll
func bufferPoll(object int64, fd int32, context uint32, data unsafe.Pointer, maxSize int32, timeoutMs int32) int32

//go:embed exec.bpf.o
var elf []byte

type event struct {
	pid      uint32
	command  [16]byte
	filename [128]byte
}

func text(terminated []byte) string {
	before, _, _ := bytes.Cut(terminated, []byte{0})
	return string(before)
}

//go:wasmexport go-callback
func printEvent(context uint32, data unsafe.Pointer, size uint32) int32 {
	received := (*event)(data)
	fmt.Printf("exec %d %s %s\n", received.pid, text(received.command[:]), text(received.filename[:]))
	return 0
}

func terminated(text string) unsafe.Pointer {
	return unsafe.Pointer(unsafe.SliceData(append([]byte(text), 0)))
}

func main() {
	var data event
	object := loadBpfObject(unsafe.Pointer(unsafe.SliceData(elf)), int32(len(elf)))
	if object == 0 || attachBpfProgram(object, terminated("on_exec"), nil) < 0 {
		os.Exit(1)
	}
	fd := mapFdByName(object, terminated("events"))
	fmt.Println("ready")
	for bufferPoll(object, fd, 0, unsafe.Pointer(&data), int32(unsafe.Sizeof(data)), 100) >= 0 {
	}
	os.Exit(1)
}
