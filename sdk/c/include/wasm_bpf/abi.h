/* Generated from src/guest_abi/imports.cpp by wasm-bpf-abi: do not edit.
 * The functions that a guest imports from the host, version 1. Results are >= 0 or a negative errno. */
#ifndef WASM_BPF_ABI_H
#define WASM_BPF_ABI_H

#include <wasm_bpf/abi_types.h>

#define WASM_BPF_IMPORT(name) __attribute__((import_module("wasm_bpf_v1"), import_name(#name))) wasm_bpf_##name

/* Writes the text of the last call that failed, terminated and cut to `size`. Its full length without the terminator. */
int32_t WASM_BPF_IMPORT(error_text)(void *text, uint32_t size);

/* Ends what the handle names: closes an object (its maps, programs and windows with it; links live on), detaches a link, unmaps a ring's windows, closes a socket or cgroup. Maps and programs end with their object: -EINVAL. 0. */
int32_t WASM_BPF_IMPORT(close)(wasm_bpf_handle handle);

/* The number of possible CPUs: the values of a per-CPU map. */
int32_t WASM_BPF_IMPORT(possible_cpus)(void);

/* The index of a network interface; -ENODEV. */
int32_t WASM_BPF_IMPORT(interface_index)(const void *name, uint32_t name_size);

/* Opens a BPF object file. `options`: struct wasm_bpf_object_options, or 0. A handle. */
wasm_bpf_handle WASM_BPF_IMPORT(object_open)(const void *data, uint32_t size, const void *options);

/* Creates the maps, loads the programs, and turns the windows bound before into live ones. 0. */
int32_t WASM_BPF_IMPORT(object_load)(wasm_bpf_handle object);

/* The map's handle; -ENOENT. */
wasm_bpf_handle WASM_BPF_IMPORT(object_find_map)(wasm_bpf_handle object, const void *name, uint32_t name_size);

/* The map after `previous` (0: the first); 0 at the end. */
wasm_bpf_handle WASM_BPF_IMPORT(object_next_map)(wasm_bpf_handle object, wasm_bpf_handle previous);

/* The program's handle; -ENOENT. */
wasm_bpf_handle WASM_BPF_IMPORT(object_find_program)(wasm_bpf_handle object, const void *name, uint32_t name_size);

/* The program after `previous` (0: the first); 0 at the end. */
wasm_bpf_handle WASM_BPF_IMPORT(object_next_program)(wasm_bpf_handle object, wasm_bpf_handle previous);

/* Writes struct wasm_bpf_map_info, cut to `size`. 0. */
int32_t WASM_BPF_IMPORT(map_info)(wasm_bpf_handle map, void *info, uint32_t size);

/* Sets enum wasm_bpf_map_field before load. 0. */
int32_t WASM_BPF_IMPORT(map_set)(wasm_bpf_handle map, uint32_t field, uint64_t value);

/* Copies an element to `value` (wasm_bpf_map_info.value_bytes). 0; -ENOENT. */
int32_t WASM_BPF_IMPORT(map_lookup)(wasm_bpf_handle map, const void *key, void *value, uint64_t flags);

/* Writes an element. `flags`: BPF_ANY, BPF_NOEXIST, BPF_EXIST, BPF_F_LOCK. 0. */
int32_t WASM_BPF_IMPORT(map_update)(wasm_bpf_handle map, const void *key, const void *value, uint64_t flags);

/* Deletes an element. 0. */
int32_t WASM_BPF_IMPORT(map_delete)(wasm_bpf_handle map, const void *key, uint64_t flags);

/* Copies an element and deletes it (queues and stacks: takes one; `key` is 0). 0. */
int32_t WASM_BPF_IMPORT(map_lookup_and_delete)(wasm_bpf_handle map, const void *key, void *value, uint64_t flags);

/* The key after `key` (0: the first). 0; -ENOENT at the end. */
int32_t WASM_BPF_IMPORT(map_next_key)(wasm_bpf_handle map, const void *key, void *next_key);

/* Copies the initial value of global data, cut to `size`. Its full size. */
int32_t WASM_BPF_IMPORT(map_initial_value)(wasm_bpf_handle map, void *value, uint32_t size);

/* Makes page-aligned guest memory of wasm_bpf_map_info.window_bytes the map's content. Before load: fills it with the initial value; what the guest writes there until object_load is what the map starts with. From load on it is the kernel's own memory, read-only for .rodata, until the object is closed. 0. */
int32_t WASM_BPF_IMPORT(map_window)(wasm_bpf_handle map, void *window, uint32_t size);

/* Writes struct wasm_bpf_program_info, cut to `size`. 0. */
int32_t WASM_BPF_IMPORT(program_info)(wasm_bpf_handle program, void *info, uint32_t size);

/* Sets enum wasm_bpf_program_field before load. 0. */
int32_t WASM_BPF_IMPORT(program_set)(wasm_bpf_handle program, uint32_t field, uint64_t value);

/* Before load, for fentry, fexit, lsm and kin: the function to attach to, in the kernel (`target` 0) or in another loaded program. 0. */
int32_t WASM_BPF_IMPORT(program_set_attach_target)(wasm_bpf_handle program, wasm_bpf_handle target, const void *name, uint32_t name_size);

/* Attaches by the section's name, or as struct wasm_bpf_attach_options says (0: by name). A link's handle. */
wasm_bpf_handle WASM_BPF_IMPORT(program_attach)(wasm_bpf_handle program, const void *options);

/* Runs the program once in the kernel: struct wasm_bpf_test_run_options. 0. */
int32_t WASM_BPF_IMPORT(program_test_run)(wasm_bpf_handle program, const void *options);

/* Opens a packet socket bound to an interface, to attach a socket filter to. A handle. */
wasm_bpf_handle WASM_BPF_IMPORT(packet_socket_open)(int32_t interface_index);

/* Opens a cgroup2 folder of the host to attach to. A handle. */
wasm_bpf_handle WASM_BPF_IMPORT(cgroup_open)(const void *path, uint32_t path_size);

/* A set of ring buffers with one wait call. A handle. */
wasm_bpf_handle WASM_BPF_IMPORT(ring_open)(void);

/* Maps a ring buffer over page-aligned guest memory of wasm_bpf_map_info.window_bytes: the consumer page (its first 8 bytes: the consumer position, the guest's to advance), the producer page (its first 8 bytes: the producer position), then the data, twice in a row. The record framing is the kernel's: docs/guest_memory.md. Its index in the set. */
int32_t WASM_BPF_IMPORT(ring_add)(wasm_bpf_handle ring, wasm_bpf_handle map, void *window, uint32_t size);

/* Waits until a ring of the set has records (a negative timeout: for ever). The number of such rings; 0 at the timeout. The guest's loads that follow see what the kernel wrote before. */
int32_t WASM_BPF_IMPORT(ring_wait)(wasm_bpf_handle ring, int32_t timeout_ms);

/* Orders the guest's loads that follow after what the kernel wrote before, without a system call. 0. */
int32_t WASM_BPF_IMPORT(ring_acquire)(wasm_bpf_handle ring);

#endif
