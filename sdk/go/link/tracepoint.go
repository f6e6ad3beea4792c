package link

import (
	"wasm-bpf/ebpf"
	"wasm-bpf/ebpf/internal/abi"
)

// TracepointOptions are for Tracepoint.
type TracepointOptions struct {
	// Cookie is what bpf_get_attach_cookie() gives the program.
	Cookie uint64
}

// Tracepoint attaches a program to a tracepoint, as Tracepoint("sched", "sched_process_exec", program, nil).
func Tracepoint(group, name string, prog *ebpf.Program, opts *TracepointOptions) (Link, error) {
	r := newRequest(abi.AttachTracepoint).path(group).name(name)
	if opts != nil {
		r.options.Cookie = opts.Cookie
	}
	return one(r.attach(prog))
}

// RawTracepointOptions are for AttachRawTracepoint.
type RawTracepointOptions struct {
	Name    string
	Program *ebpf.Program
	Cookie  uint64
}

// AttachRawTracepoint attaches a program to a tracepoint, whose arguments it gets as they are.
func AttachRawTracepoint(opts RawTracepointOptions) (Link, error) {
	r := newRequest(abi.AttachRawTracepoint).name(opts.Name)
	r.options.Cookie = opts.Cookie
	return one(r.attach(opts.Program))
}

// TracingOptions are for AttachTracing.
type TracingOptions struct {
	// Program is of a section fentry/…, fexit/…, fmod_ret/… or tp_btf/…, which says where it goes; ProgramSpec.AttachTo
	// says otherwise, before load.
	Program *ebpf.Program
	// AttachType is the program's own, or AttachNone.
	AttachType ebpf.AttachType
	Cookie     uint64
}

// AttachTracing attaches a program to a function of the kernel or of another program, or to a tracepoint with types.
func AttachTracing(opts TracingOptions) (Link, error) {
	if opts.AttachType != ebpf.AttachNone && opts.AttachType != opts.Program.AttachType() {
		return nil, invalid("program " + opts.Program.Name() + " was loaded for " + opts.Program.AttachType().String() + ", not " +
			opts.AttachType.String())
	}
	r := newRequest(abi.AttachTrace)
	r.options.Cookie = opts.Cookie
	return one(r.attach(opts.Program))
}

// LSMOptions are for AttachLSM.
type LSMOptions struct {
	// Program is of a section lsm/HOOK or lsm.s/HOOK.
	Program *ebpf.Program
	Cookie  uint64
}

// AttachLSM attaches a program to a hook of the kernel's security modules.
func AttachLSM(opts LSMOptions) (Link, error) {
	r := newRequest(abi.AttachTrace)
	r.options.Cookie = opts.Cookie
	return one(r.attach(opts.Program))
}

// AttachFreplace puts a program in the place of a function of another one; with nil and "" of that which it was loaded for.
func AttachFreplace(targetProg *ebpf.Program, name string, prog *ebpf.Program) (Link, error) {
	r := newRequest(abi.AttachFreplace)
	if targetProg != nil {
		r.options.Handle = abi.Handle(targetProg.FD())
		r.name(name)
	}
	return one(r.attach(prog))
}
