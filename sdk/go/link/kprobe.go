package link

import (
	"wasm-bpf/ebpf"
	"wasm-bpf/ebpf/internal/abi"
	"wasm-bpf/ebpf/internal/host"
)

func invalid(text string) error { return host.Invalid(text) }

// KprobeOptions are for Kprobe and Kretprobe.
type KprobeOptions struct {
	// Cookie is what bpf_get_attach_cookie() gives the program.
	Cookie uint64
	// Offset is where in the function, in bytes.
	Offset uint64
}

// Kprobe attaches a program to a function of the kernel.
func Kprobe(symbol string, prog *ebpf.Program, opts *KprobeOptions) (Link, error) {
	return kprobe(symbol, prog, opts, 0)
}

// Kretprobe attaches a program to where the function returns.
func Kretprobe(symbol string, prog *ebpf.Program, opts *KprobeOptions) (Link, error) {
	return kprobe(symbol, prog, opts, abi.AttachReturn)
}

func kprobe(symbol string, prog *ebpf.Program, opts *KprobeOptions, flags uint32) (Link, error) {
	r := newRequest(abi.AttachKprobe).name(symbol)
	r.options.Flags = flags
	if opts != nil {
		r.options.Cookie, r.options.Offset = opts.Cookie, opts.Offset
	}
	return one(r.attach(prog))
}

// Ksyscall attaches a program of a section ksyscall to a system call, whatever the kernel's function for it is called here.
func Ksyscall(name string, prog *ebpf.Program, opts *KprobeOptions) (Link, error) {
	return ksyscall(name, prog, opts, 0)
}

// Kretsyscall is the same for its return.
func Kretsyscall(name string, prog *ebpf.Program, opts *KprobeOptions) (Link, error) {
	return ksyscall(name, prog, opts, abi.AttachReturn)
}

func ksyscall(name string, prog *ebpf.Program, opts *KprobeOptions, flags uint32) (Link, error) {
	r := newRequest(abi.AttachKsyscall).name(name)
	r.options.Flags = flags
	if opts != nil {
		r.options.Cookie = opts.Cookie
	}
	return one(r.attach(prog))
}

// KprobeMultiOptions are for KprobeMulti and KretprobeMulti: Symbols, Addresses or Pattern.
type KprobeMultiOptions struct {
	Symbols   []string
	Addresses []uint64
	// Pattern is of functions' names, with * and ?.
	Pattern string
	// Cookies are one for each of Symbols or Addresses.
	Cookies []uint64
	// Session runs the program at both ends of the function, of a section kprobe.session (Linux 6.10).
	Session bool
}

// KprobeMulti attaches a program to many functions of the kernel at once, of a section kprobe.multi.
func KprobeMulti(prog *ebpf.Program, opts KprobeMultiOptions) (Link, error) {
	return kprobeMulti(prog, opts, 0)
}

// KretprobeMulti is the same for where they return.
func KretprobeMulti(prog *ebpf.Program, opts KprobeMultiOptions) (Link, error) {
	return kprobeMulti(prog, opts, abi.AttachReturn)
}

func kprobeMulti(prog *ebpf.Program, opts KprobeMultiOptions, flags uint32) (Link, error) {
	r := newRequest(abi.AttachKprobeMulti)
	r.options.Flags = flags
	if opts.Session {
		r.options.Flags |= abi.AttachSession
	}
	count := 0
	switch {
	case len(opts.Symbols) > 0:
		r.texts(opts.Symbols)
		count = len(opts.Symbols)
	case len(opts.Addresses) > 0:
		r.numbers(opts.Addresses, &r.options.Addresses)
		count = len(opts.Addresses)
	default:
		r.name(opts.Pattern)
	}
	if len(opts.Cookies) > 0 && len(opts.Cookies) != count {
		return nil, invalid("Cookies: give one for each place")
	}
	r.numbers(opts.Cookies, &r.options.Cookies)
	return one(r.attach(prog))
}
