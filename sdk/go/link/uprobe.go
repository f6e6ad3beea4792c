package link

import (
	"wasm-bpf/ebpf"
	"wasm-bpf/ebpf/internal/abi"
)

// Executable is a program or library of the host, to attach to.
type Executable struct{ path string }

// OpenExecutable names a program or library by its path at the host. Nothing is read before a program is attached.
func OpenExecutable(path string) (*Executable, error) {
	if path == "" {
		return nil, invalid("the path of an executable is empty")
	}
	return &Executable{path}, nil
}

// UprobeOptions are for Uprobe and Uretprobe.
type UprobeOptions struct {
	// Address is where in the file, in the place of a symbol.
	Address uint64
	// Offset is where in the symbol's function, in bytes.
	Offset uint64
	// PID is of the one process that is meant; 0: all.
	PID int
	// RefCtrOffset is where in the file the counter of a probe lies that is off until it is used.
	RefCtrOffset uint64
	Cookie       uint64
}

// Uprobe attaches a program to a function in user space.
func (ex *Executable) Uprobe(symbol string, prog *ebpf.Program, opts *UprobeOptions) (Link, error) {
	return ex.uprobe(symbol, prog, opts, 0)
}

// Uretprobe attaches a program to where the function returns.
func (ex *Executable) Uretprobe(symbol string, prog *ebpf.Program, opts *UprobeOptions) (Link, error) {
	return ex.uprobe(symbol, prog, opts, abi.AttachReturn)
}

// everyProcess is the host's word for it, which has 0 for itself.
const everyProcess = -1

func process(pid int) int32 {
	if pid == 0 {
		return everyProcess
	}
	return int32(pid)
}

func (ex *Executable) uprobe(symbol string, prog *ebpf.Program, opts *UprobeOptions, flags uint32) (Link, error) {
	if opts == nil {
		opts = &UprobeOptions{}
	}
	r := newRequest(abi.AttachUprobe).path(ex.path)
	r.options.Flags = flags
	r.options.Pid = process(opts.PID)
	r.options.Offset = opts.Offset
	if opts.Address != 0 {
		r.options.Offset += opts.Address
	} else {
		r.name(symbol)
	}
	r.options.RefCtrOffset, r.options.Cookie = opts.RefCtrOffset, opts.Cookie
	return one(r.attach(prog))
}

// UprobeMultiOptions are for UprobeMulti and UretprobeMulti.
type UprobeMultiOptions struct {
	// Addresses are where in the file, in the place of symbols.
	Addresses []uint64
	// Pattern is of functions' names, with * and ?, in the place of symbols.
	Pattern       string
	RefCtrOffsets []uint64
	Cookies       []uint64
	// PID is of the one process that is meant; 0: all.
	PID uint32
	// Session runs the program at both ends of the function, of a section uprobe.session (Linux 6.13).
	Session bool
}

// UprobeMulti attaches a program to many functions at once, of a section uprobe.multi (Linux 6.6).
func (ex *Executable) UprobeMulti(symbols []string, prog *ebpf.Program, opts *UprobeMultiOptions) (Link, error) {
	return ex.uprobeMulti(symbols, prog, opts, 0)
}

// UretprobeMulti is the same for where they return.
func (ex *Executable) UretprobeMulti(symbols []string, prog *ebpf.Program, opts *UprobeMultiOptions) (Link, error) {
	return ex.uprobeMulti(symbols, prog, opts, abi.AttachReturn)
}

func (ex *Executable) uprobeMulti(symbols []string, prog *ebpf.Program, opts *UprobeMultiOptions, flags uint32) (Link, error) {
	if opts == nil {
		opts = &UprobeMultiOptions{}
	}
	r := newRequest(abi.AttachUprobeMulti).path(ex.path)
	r.options.Flags = flags
	if opts.Session {
		r.options.Flags |= abi.AttachSession
	}
	r.options.Pid = process(int(opts.PID))
	count := len(symbols)
	switch {
	case count > 0:
		r.texts(symbols)
	case len(opts.Addresses) > 0:
		count = len(opts.Addresses)
		r.numbers(opts.Addresses, &r.options.Addresses)
	default:
		r.name(opts.Pattern)
	}
	for _, each := range [][]uint64{opts.Cookies, opts.RefCtrOffsets} {
		if len(each) > 0 && len(each) != count {
			return nil, invalid("Cookies and RefCtrOffsets: give one for each place")
		}
	}
	r.numbers(opts.Cookies, &r.options.Cookies)
	r.numbers(opts.RefCtrOffsets, &r.options.RefCtrOffsets)
	return one(r.attach(prog))
}

// USDT attaches a program to a static probe (DTRACE_PROBE and its kin), of a section usdt.
func (ex *Executable) USDT(provider, name string, prog *ebpf.Program, opts *UprobeOptions) (Link, error) {
	if opts == nil {
		opts = &UprobeOptions{}
	}
	r := newRequest(abi.AttachUsdt).path(ex.path).name(name)
	r.text(provider, &r.options.Provider, &r.options.ProviderSize)
	r.options.Pid, r.options.Cookie = process(opts.PID), opts.Cookie
	return one(r.attach(prog))
}
