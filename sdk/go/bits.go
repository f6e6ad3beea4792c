package ebpf

// GetBits reads a bit field of generated types, where `size` bits from `offset` on lie in bytes of BPF's.
func GetBits(bytes []byte, offset, size int) uint64 {
	var value uint64
	for i := range size {
		bit := offset + i
		value |= uint64(bytes[bit/8]>>(bit%8)&1) << i
	}
	return value
}

// SetBits writes one.
func SetBits(bytes []byte, offset, size int, value uint64) {
	for i := range size {
		bit := offset + i
		mask := byte(1) << (bit % 8)
		bytes[bit/8] &^= mask
		if value>>i&1 != 0 {
			bytes[bit/8] |= mask
		}
	}
}
