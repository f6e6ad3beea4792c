#include <wasm_bpf/abi.h>
#include <wasm_bpf/host.h>

bool wasm_bpf__has_windows(void)
{
	static int32_t features = -1;

	if (features < 0)
		features = wasm_bpf_host_features();
	return features & WASM_BPF_HOST_WINDOWS;
}
