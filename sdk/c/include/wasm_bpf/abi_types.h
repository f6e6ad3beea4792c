/* The structs and numbers of the guest ABI, version 1. Shared by guests and host: every type has the same layout in
 * wasm32 and in the host's own ABI. A pointer to guest memory is a uint32_t offset (wasm_bpf_ptr).
 *
 * A struct whose first member is `size` is sized: the caller sets it to sizeof; the host reads what it knows, takes
 * zeros for what is missing, and refuses (-E2BIG) a longer one whose unknown part is not all zeros, as libbpf does. */
#ifndef WASM_BPF_ABI_TYPES_H
#define WASM_BPF_ABI_TYPES_H

#include <stdint.h>

#ifdef __cplusplus
#define WASM_BPF_STATIC_ASSERT static_assert
#else
#define WASM_BPF_STATIC_ASSERT _Static_assert
#endif

typedef int32_t wasm_bpf_handle; /* greater than 0; names an object, map, program, link, ring, socket or cgroup */
typedef uint32_t wasm_bpf_ptr;

/* object_open */
struct wasm_bpf_object_options {
	uint32_t size;
	uint32_t name_size; /* bytes at name; 0: libbpf's own choice */
	wasm_bpf_ptr name;
	uint32_t reserved;
};
WASM_BPF_STATIC_ASSERT(sizeof(struct wasm_bpf_object_options) == 16, "ABI");

/* map_info */
struct wasm_bpf_map_info {
	uint32_t type; /* enum bpf_map_type */
	uint32_t key_size;
	uint32_t value_size;
	uint32_t value_bytes; /* what one element operation moves: per-CPU maps move round_up(value_size, 8) x CPUs */
	uint32_t max_entries;
	uint32_t map_flags;
	uint32_t window_bytes; /* of guest memory that its window takes, a multiple of 4096; 0: it has none */
	uint32_t read_only;    /* 1: its window is read-only once the object is loaded */
	uint32_t global_data;  /* 1: .data, .bss, .rodata or .kconfig */
	uint32_t data_bytes;   /* bytes of its initial value; 0: none */
	char name[64];         /* terminated */
};
WASM_BPF_STATIC_ASSERT(sizeof(struct wasm_bpf_map_info) == 104, "ABI");

/* map_set; before the object is loaded */
enum wasm_bpf_map_field {
	WASM_BPF_MAP_MAX_ENTRIES = 1,
	WASM_BPF_MAP_TYPE = 2,
	WASM_BPF_MAP_KEY_SIZE = 3,
	WASM_BPF_MAP_VALUE_SIZE = 4,
	WASM_BPF_MAP_AUTOCREATE = 5,
};

/* program_info */
struct wasm_bpf_program_info {
	uint32_t type; /* enum bpf_prog_type */
	uint32_t autoload;
	uint32_t needs_target; /* 1: its section does not say where to attach it */
	uint32_t reserved;
	char name[64];     /* terminated */
	char section[128]; /* terminated */
};
WASM_BPF_STATIC_ASSERT(sizeof(struct wasm_bpf_program_info) == 208, "ABI");

/* program_set; before the object is loaded */
enum wasm_bpf_program_field {
	WASM_BPF_PROGRAM_AUTOLOAD = 1,
};

/* program_attach: what the members mean is said per kind; others must be 0. */
enum wasm_bpf_attach_kind {
	WASM_BPF_ATTACH_AUTO = 0,           /* by the section's name alone */
	WASM_BPF_ATTACH_KPROBE = 1,         /* name, offset, flags: RETURN */
	WASM_BPF_ATTACH_UPROBE = 2,         /* path, name (or none), offset, pid, flags: RETURN */
	WASM_BPF_ATTACH_TRACEPOINT = 3,     /* path: category; name */
	WASM_BPF_ATTACH_RAW_TRACEPOINT = 4, /* name */
	WASM_BPF_ATTACH_CGROUP = 5,         /* handle of cgroup_open, or path */
	WASM_BPF_ATTACH_XDP = 6,            /* interface, flags: XDP_FLAGS_* */
	WASM_BPF_ATTACH_TCX = 7,            /* interface */
	WASM_BPF_ATTACH_TC = 8,             /* interface, flags: BPF_TC_INGRESS or BPF_TC_EGRESS, tc_handle, priority */
	WASM_BPF_ATTACH_SOCKET = 9,         /* handle of packet_socket_open */
	WASM_BPF_ATTACH_BY_SECTION = 10,    /* path: interface, cgroup or "path:function", as the section needs */
};
#define WASM_BPF_ATTACH_RETURN 1u

struct wasm_bpf_attach_options {
	uint32_t size;
	uint32_t kind; /* enum wasm_bpf_attach_kind */
	uint64_t cookie;
	uint64_t offset;
	wasm_bpf_ptr path;
	uint32_t path_size;
	wasm_bpf_ptr name;
	uint32_t name_size;
	int32_t pid; /* uprobe: -1 every process, 0 the host's own */
	int32_t interface_index;
	uint32_t flags;
	wasm_bpf_handle handle;
	uint32_t tc_handle;
	uint32_t priority;
};
WASM_BPF_STATIC_ASSERT(sizeof(struct wasm_bpf_attach_options) == 64, "ABI");

/* program_test_run; the members below `flags` are results */
struct wasm_bpf_test_run_options {
	uint32_t size;
	wasm_bpf_ptr data_in;
	uint32_t data_in_size;
	wasm_bpf_ptr data_out;
	uint32_t data_out_size; /* in: room; out: bytes written */
	wasm_bpf_ptr context_in;
	uint32_t context_in_size;
	wasm_bpf_ptr context_out;
	uint32_t context_out_size; /* in: room; out: bytes written */
	uint32_t repeat;
	uint32_t flags;
	uint32_t return_value;
	uint32_t duration_ns;
	uint32_t reserved;
};
WASM_BPF_STATIC_ASSERT(sizeof(struct wasm_bpf_test_run_options) == 56, "ABI");

#endif
