#include "skeletons.h"

struct wasm_bpf__open_skeleton *wasm_bpf__open_skeletons;
