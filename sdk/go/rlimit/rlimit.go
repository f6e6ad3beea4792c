// Package rlimit is there so that programs written for github.com/cilium/ebpf read the same.
package rlimit

// RemoveMemlock does nothing: locked memory is the host's affair, and kernels since 5.11 do not count it.
func RemoveMemlock() error { return nil }
