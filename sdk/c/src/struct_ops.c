/* Of struct_ops maps, for skeletons: a guest without such maps has no import for them. */
#include <wasm_bpf/skeleton.h>

const struct wasm_bpf_struct_ops_calls wasm_bpf_struct_ops_calls = {
	.attach = wasm_bpf_map_attach,
	.get = wasm_bpf_map_struct_ops,
	.set = wasm_bpf_map_set_struct_ops,
};
