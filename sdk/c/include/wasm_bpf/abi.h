/* Generated from src/guest_abi/imports.cpp by wasm-bpf-abi: do not edit.
 * The functions that a guest imports from the host, version 1. Results are >= 0 or a negative errno. */
#ifndef WASM_BPF_ABI_H
#define WASM_BPF_ABI_H

#include <wasm_bpf/abi_types.h>

#define WASM_BPF_IMPORT(name) __attribute__((import_module("wasm_bpf_v1"), import_name(#name))) wasm_bpf_##name

/* Writes the text of the last call that failed, terminated and cut to `size`. Its full length without the terminator. */
int32_t WASM_BPF_IMPORT(error_text)(void *text, uint32_t size);

/* Writes what glibc says of an errno value (strerror), terminated and cut to `size`. Its full length without the terminator. */
int32_t WASM_BPF_IMPORT(error_name)(int32_t error, void *text, uint32_t size);

/* From now on what libbpf says in the host during the guest's calls is kept for log_next, 4 MiB at most: messages of up to this level (0: warnings, 1: information, 2: debugging, as libbpf_print_level); negative: none. 0. */
int32_t WASM_BPF_IMPORT(log_keep)(int32_t level);

/* Takes the oldest of these messages: writes its level (u32) and its text, terminated. The text's length; where that is not below `size`, the text is empty and the message stays; 0 where there is none. */
int32_t WASM_BPF_IMPORT(log_next)(void *level, void *text, uint32_t size);

/* Ends what the handle names: closes an object (its maps, programs and windows with it; links live on), detaches a link, unmaps a ring's windows, closes a socket or cgroup. Maps and programs end with their object: -EINVAL. 0. */
int32_t WASM_BPF_IMPORT(close)(wasm_bpf_handle handle);

/* The number of possible CPUs: the values of a per-CPU map. */
int32_t WASM_BPF_IMPORT(possible_cpus)(void);

/* Bits of enum wasm_bpf_host_feature: what this host offers beyond calls, as windows. */
int32_t WASM_BPF_IMPORT(host_features)(void);

/* The running kernel's version as KERNEL_VERSION(major, minor, patch) makes it; a patch above 255 counts as 255. */
int32_t WASM_BPF_IMPORT(kernel_version)(void);

/* A number of the host's: enum wasm_bpf_host_number; -EINVAL for one that it does not know. */
int32_t WASM_BPF_IMPORT(host_number)(uint32_t kind);

/* Writes a name of the host's, as uname(2) has it, terminated and cut to `size`: enum wasm_bpf_host_name. Its length. */
int32_t WASM_BPF_IMPORT(host_name)(uint32_t kind, void *text, uint32_t size);

/* Writes struct wasm_bpf_local_time: the host's time zone at a time in seconds since 1970. 0. */
int32_t WASM_BPF_IMPORT(local_time)(int64_t seconds, void *zone);

/* The index of a network interface; -ENODEV. */
int32_t WASM_BPF_IMPORT(interface_index)(const void *name, uint32_t name_size);

/* Writes the name of a network interface, terminated and cut to `size`. Its length; -ENODEV. */
int32_t WASM_BPF_IMPORT(interface_name)(int32_t index, void *name, uint32_t size);

/* Writes struct wasm_bpf_interface_xdp, cut to `size`: what a network interface can do for XDP. 0; -ENODEV. */
int32_t WASM_BPF_IMPORT(interface_xdp)(int32_t index, void *info, uint32_t size);

/* Looks a type, field, function or enumerator up in the running kernel's own BTF: struct wasm_bpf_btf_query. 0; -ENOENT; -EOPNOTSUPP where the kernel has no BTF. */
int32_t WASM_BPF_IMPORT(btf_query)(void *query);

/* Copies BTF, cut to `size`: an object's; with object 0 the kernel's own or, where `module` names one, that of a module, which is split from the kernel's. Its full size; -ENOENT; -EOPNOTSUPP where the kernel has no BTF. */
int32_t WASM_BPF_IMPORT(btf_read)(wasm_bpf_handle object, const void *module, uint32_t module_size, void *data, uint32_t size);

/* Whether the kernel has it, by trying: enum wasm_bpf_feature_kind. 1 or 0; -EOPNOTSUPP for a number that the host does not know, and where a try says nothing. */
int32_t WASM_BPF_IMPORT(feature_probe)(uint32_t kind, uint32_t type, uint32_t helper);

/* Writes the address (u64) of a symbol of /proc/kallsyms; of several of one name the lowest. 0; -ENOENT; -EPERM where the kernel hides addresses. Policy: kernel_symbols. */
int32_t WASM_BPF_IMPORT(kernel_symbol)(const void *name, uint32_t name_size, void *address);

/* Writes struct wasm_bpf_kernel_symbol, cut to `size`, of the last symbol that is not above the address. 0; -ENOENT; -EPERM where the kernel hides addresses. Policy: kernel_symbols. */
int32_t WASM_BPF_IMPORT(kernel_symbol_at)(uint64_t address, void *symbol, uint32_t size);

/* Pins a map, program or link at a path of a BPF file system, folders before it made where they are missing. It then outlives the guest. 0. Policy: pins. */
int32_t WASM_BPF_IMPORT(pin)(wasm_bpf_handle handle, const void *path, uint32_t path_size);

/* Removes the pin of a map, program or link at the path. 0. Policy: pins. */
int32_t WASM_BPF_IMPORT(unpin)(wasm_bpf_handle handle, const void *path, uint32_t path_size);

/* Opens what is pinned there: enum wasm_bpf_pinned_kind. `flags`: BPF_F_RDONLY or BPF_F_WRONLY for a map. A handle that the guest owns: close it. Policy: pins. */
wasm_bpf_handle WASM_BPF_IMPORT(open_pinned)(const void *path, uint32_t path_size, uint32_t kind, uint32_t flags);

/* Opens a BPF object file. `options`: struct wasm_bpf_object_options, or 0. A handle. */
wasm_bpf_handle WASM_BPF_IMPORT(object_open)(const void *data, uint32_t size, const void *options);

/* Creates the maps, loads the programs, and turns the windows bound before into live ones. 0. */
int32_t WASM_BPF_IMPORT(object_load)(wasm_bpf_handle object);

/* Writes the object's name, terminated and cut to `size`. Its length. */
int32_t WASM_BPF_IMPORT(object_name)(wasm_bpf_handle object, void *name, uint32_t size);

/* The map's handle; -ENOENT. */
wasm_bpf_handle WASM_BPF_IMPORT(object_find_map)(wasm_bpf_handle object, const void *name, uint32_t name_size);

/* The map after `previous` (0: the first); 0 at the end. */
wasm_bpf_handle WASM_BPF_IMPORT(object_next_map)(wasm_bpf_handle object, wasm_bpf_handle previous);

/* The program's handle; -ENOENT. */
wasm_bpf_handle WASM_BPF_IMPORT(object_find_program)(wasm_bpf_handle object, const void *name, uint32_t name_size);

/* The program after `previous` (0: the first); 0 at the end. */
wasm_bpf_handle WASM_BPF_IMPORT(object_next_program)(wasm_bpf_handle object, wasm_bpf_handle previous);

/* Creates a map without an object: struct wasm_bpf_map_create_options. A handle that the guest owns: close it. */
wasm_bpf_handle WASM_BPF_IMPORT(map_create)(const void *options);

/* Writes struct wasm_bpf_map_info, cut to `size`. 0. */
int32_t WASM_BPF_IMPORT(map_info)(wasm_bpf_handle map, void *info, uint32_t size);

/* Sets enum wasm_bpf_map_field before load. 0. */
int32_t WASM_BPF_IMPORT(map_set)(wasm_bpf_handle map, uint32_t field, uint64_t value);

/* Before load, for global data: what it starts with; exactly its size (data_bytes of wasm_bpf_map_info). 0. */
int32_t WASM_BPF_IMPORT(map_set_initial_value)(wasm_bpf_handle map, const void *value, uint32_t size);

/* Before load, for a map of maps: the shape of its inner maps, by example. 0. */
int32_t WASM_BPF_IMPORT(map_set_inner)(wasm_bpf_handle map, wasm_bpf_handle inner);

/* Before load: no other program than this one of the same object may use the map. 0. */
int32_t WASM_BPF_IMPORT(map_set_exclusive)(wasm_bpf_handle map, wasm_bpf_handle program);

/* The program that alone may use the map; 0 where any may. */
wasm_bpf_handle WASM_BPF_IMPORT(map_exclusive)(wasm_bpf_handle map);

/* Before load: where the map is pinned at load, or taken from where it is pinned already; no bytes: nowhere. 0. Policy: pins. */
int32_t WASM_BPF_IMPORT(map_set_pin_path)(wasm_bpf_handle map, const void *path, uint32_t path_size);

/* Writes where the map is pinned or will be at load, terminated and cut to `size`. Its full length; 0: nowhere. */
int32_t WASM_BPF_IMPORT(map_pin_path)(wasm_bpf_handle map, void *path, uint32_t size);

/* Before load: the object takes `existing`, of the same shape, in the place of its own map. 0. */
int32_t WASM_BPF_IMPORT(map_reuse)(wasm_bpf_handle map, wasm_bpf_handle existing);

/* No call of user space may change the map any more; BPF programs may. 0. */
int32_t WASM_BPF_IMPORT(map_freeze)(wasm_bpf_handle map);

/* Attaches the operations of a struct_ops map: struct wasm_bpf_attach_options (0: none). A link's handle. */
wasm_bpf_handle WASM_BPF_IMPORT(map_attach)(wasm_bpf_handle map, const void *options);

/* Copies the struct of a struct_ops map, cut to `size`, as it lies in BPF: numbers, arrays of numbers, and of each function the handle of its program in 8 bytes (0: none). Everything else is 0. Its full size. */
int32_t WASM_BPF_IMPORT(map_struct_ops)(wasm_bpf_handle map, void *content, uint32_t size);

/* Before load: sets these members, from exactly its size; programs of the map's own object. What is neither a number nor a function stays as it is. 0. */
int32_t WASM_BPF_IMPORT(map_set_struct_ops)(wasm_bpf_handle map, const void *content, uint32_t size);

/* Copies an element to `value` (wasm_bpf_map_info.value_bytes; of BPF_F_CPU: value_size). Where elements are programs, maps or sockets: the kernel's id or cookie of it. 0; -ENOENT. */
int32_t WASM_BPF_IMPORT(map_lookup)(wasm_bpf_handle map, const void *key, void *value, uint64_t flags);

/* Writes an element. `flags`: BPF_ANY, BPF_NOEXIST, BPF_EXIST, BPF_F_LOCK, and BPF_F_CPU where the kernel knows it. Where an element is a program, map, socket, cgroup or perf event: its handle. Keys of storage maps are handles too (a socket; a cgroup; of inodes: a cgroup, network namespace or socket), of task storage a process id. 0. */
int32_t WASM_BPF_IMPORT(map_update)(wasm_bpf_handle map, const void *key, const void *value, uint64_t flags);

/* Deletes an element. 0. */
int32_t WASM_BPF_IMPORT(map_delete)(wasm_bpf_handle map, const void *key, uint64_t flags);

/* Copies an element and deletes it (queues and stacks: takes one; `key` is 0). 0. */
int32_t WASM_BPF_IMPORT(map_lookup_and_delete)(wasm_bpf_handle map, const void *key, void *value, uint64_t flags);

/* The key after `key` (0: the first). 0; -ENOENT at the end. */
int32_t WASM_BPF_IMPORT(map_next_key)(wasm_bpf_handle map, const void *key, void *next_key);

/* Copies many elements in one system call. The batch starts after `in_batch` (0: at the first) and the place where the next one starts goes to `out_batch`: both of max(key_size, 4) bytes. `count` (u32): in: room; out: elements. 0; -ENOENT after the last batch; -ENOSPC where a bucket of a hash needs more room. */
int32_t WASM_BPF_IMPORT(map_lookup_batch)(wasm_bpf_handle map, const void *in_batch, void *out_batch, void *keys, void *values, void *count, uint64_t elem_flags, uint64_t flags);

/* The same, and deletes them. */
int32_t WASM_BPF_IMPORT(map_lookup_and_delete_batch)(wasm_bpf_handle map, const void *in_batch, void *out_batch, void *keys, void *values, void *count, uint64_t elem_flags, uint64_t flags);

/* Writes many elements in one system call. `count` (u32): in: elements; out: those written. 0. */
int32_t WASM_BPF_IMPORT(map_update_batch)(wasm_bpf_handle map, const void *keys, const void *values, void *count, uint64_t elem_flags, uint64_t flags);

/* Deletes many elements in one system call. `count` (u32): in: elements; out: those deleted. 0. */
int32_t WASM_BPF_IMPORT(map_delete_batch)(wasm_bpf_handle map, const void *keys, void *count, uint64_t elem_flags, uint64_t flags);

/* Copies the initial value of global data, cut to `size`. Its full size. */
int32_t WASM_BPF_IMPORT(map_initial_value)(wasm_bpf_handle map, void *value, uint32_t size);

/* Makes page-aligned guest memory of wasm_bpf_map_info.window_bytes the map's content. Before load: fills it with the initial value; what the guest writes there until object_load is what the map starts with. From load on it is the kernel's own memory, read-only for .rodata, until the map is closed. An arena is bound before load; the low 32 bits of the pointers in it are then the guest's, and its global variables move to wasm_bpf_map_info.data_offset. 0. */
int32_t WASM_BPF_IMPORT(map_window)(wasm_bpf_handle map, void *window, uint32_t size);

/* Copies `size` bytes of what a window of the map would show, after load, for hosts without windows. 0. */
int32_t WASM_BPF_IMPORT(map_read)(wasm_bpf_handle map, uint64_t offset, void *data, uint32_t size);

/* Copies `size` bytes to what a window of the map would show. 0; -EPERM where it is read-only. */
int32_t WASM_BPF_IMPORT(map_write)(wasm_bpf_handle map, uint64_t offset, const void *data, uint32_t size);

/* Writes struct wasm_bpf_program_info, cut to `size`. 0. */
int32_t WASM_BPF_IMPORT(program_info)(wasm_bpf_handle program, void *info, uint32_t size);

/* Sets enum wasm_bpf_program_field: autoattach at any time, the others before load (-EBUSY). 0. */
int32_t WASM_BPF_IMPORT(program_set)(wasm_bpf_handle program, uint32_t field, uint64_t value);

/* Before load, for fentry, fexit, lsm and kin: the function to attach to, in the kernel (`target` 0) or in another loaded program. 0. */
int32_t WASM_BPF_IMPORT(program_set_attach_target)(wasm_bpf_handle program, wasm_bpf_handle target, const void *name, uint32_t name_size);

/* Writes the verifier's log of the program's load, terminated and cut to `size`; there is one where the object's kernel_log_level or the program's log level asked for it, or where the load failed. Its full length. */
int32_t WASM_BPF_IMPORT(program_log)(wasm_bpf_handle program, void *text, uint32_t size);

/* Copies the program's instructions (struct bpf_insn), cut to `size`: as in the object before load, as the kernel got them after. Their full size in bytes. */
int32_t WASM_BPF_IMPORT(program_instructions)(wasm_bpf_handle program, void *data, uint32_t size);

/* Copies what the object says of the program's code, cut to `size`: enum wasm_bpf_code_info_kind. Its full size; 0 where it says nothing. */
int32_t WASM_BPF_IMPORT(program_code_info)(wasm_bpf_handle program, uint32_t kind, void *data, uint32_t size);

/* Writes struct bpf_prog_info of linux/bpf.h, cut to `size`: what the kernel says of a loaded program, among it its sizes, its runs and their time where the kernel counts them. Pointers in it are 0. 0. */
int32_t WASM_BPF_IMPORT(program_kernel_info)(wasm_bpf_handle program, void *info, uint32_t size);

/* Gives the kernel's program up, as if it had not been loaded; links keep it. 0. */
int32_t WASM_BPF_IMPORT(program_unload)(wasm_bpf_handle program);

/* Makes a loaded program keep a map, as those that it uses. 0. */
int32_t WASM_BPF_IMPORT(program_bind_map)(wasm_bpf_handle program, wasm_bpf_handle map, uint32_t flags);

/* Takes what a loaded program wrote to its stream (BPF_STREAM_STDOUT, BPF_STREAM_STDERR), or the kernel about it, up to `size`. The number of bytes; 0 where there is nothing. */
int32_t WASM_BPF_IMPORT(program_stream_read)(wasm_bpf_handle program, uint32_t stream, void *data, uint32_t size);

/* Associates a loaded program with a struct_ops map, for kfuncs that ask for one. 0. */
int32_t WASM_BPF_IMPORT(program_use_struct_ops)(wasm_bpf_handle program, wasm_bpf_handle map, uint32_t flags);

/* Attaches by the section's name, or as struct wasm_bpf_attach_options says (0: by name). A link's handle. */
wasm_bpf_handle WASM_BPF_IMPORT(program_attach)(wasm_bpf_handle program, const void *options);

/* Runs the program in the kernel: struct wasm_bpf_test_run_options. 0; -ENOSPC where data_out is too small (its size is then what there was to write). */
int32_t WASM_BPF_IMPORT(program_test_run)(wasm_bpf_handle program, void *options);

/* Writes struct wasm_bpf_link_info, cut to `size`. 0; -EOPNOTSUPP for an attachment that is no link of the kernel's (a legacy tc filter, a socket's filter). */
int32_t WASM_BPF_IMPORT(link_info)(wasm_bpf_handle link, void *info, uint32_t size);

/* Puts another loaded program (or struct_ops map) in the place of the link's own, with no moment between them. 0. */
int32_t WASM_BPF_IMPORT(link_update)(wasm_bpf_handle link, wasm_bpf_handle replacement);

/* Detaches now, and leaves the link as a name for what was attached until it is closed. 0; -EOPNOTSUPP for kinds of the kernel's links that end only when they are closed (all that trace). */
int32_t WASM_BPF_IMPORT(link_detach)(wasm_bpf_handle link);

/* Starts one pass of an attached iterator: a stream's handle for stream_read. */
wasm_bpf_handle WASM_BPF_IMPORT(iterator_open)(wasm_bpf_handle link);

/* Reads what an iterator's program writes, or the value of a perf event (read_format of its attr). The number of bytes; 0 at the end. */
int32_t WASM_BPF_IMPORT(stream_read)(wasm_bpf_handle stream, void *data, uint32_t size);

/* perf_event_open(2): `attr` is the kernel's struct perf_event_attr, of the types hardware, software, tracepoint, hw_cache, raw and breakpoint; `group` an event's handle, or 0. A handle. Policy: perf_events. */
wasm_bpf_handle WASM_BPF_IMPORT(perf_event_open)(const void *attr, uint32_t attr_size, int32_t pid, int32_t cpu, wasm_bpf_handle group, uint32_t flags);

/* Enables, disables or resets it: enum wasm_bpf_perf_event_command. 0. */
int32_t WASM_BPF_IMPORT(perf_event_control)(wasm_bpf_handle event, uint32_t command);

/* Opens a socket of the host for a program or a map: struct wasm_bpf_socket_options. A handle. Policy: sockets. */
wasm_bpf_handle WASM_BPF_IMPORT(socket_open)(const void *options);

/* Binds a socket to an address: Linux' struct sockaddr_ll, sockaddr_in or sockaddr_in6, as the socket has it. 0. */
int32_t WASM_BPF_IMPORT(socket_bind)(wasm_bpf_handle socket, const void *address, uint32_t size);

/* Opens a network namespace of the host (as /run/netns/NAME or /proc/PID/ns/net) to attach to; no bytes: the host's own. A handle. Policy: attach. */
wasm_bpf_handle WASM_BPF_IMPORT(network_namespace_open)(const void *path, uint32_t path_size);

/* Opens a cgroup2 folder of the host to attach to. A handle. */
wasm_bpf_handle WASM_BPF_IMPORT(cgroup_open)(const void *path, uint32_t path_size);

/* A file or folder of the host, by its whole path, as the key of an inode storage map; nothing is read or written by it. A handle. Policy: files. */
wasm_bpf_handle WASM_BPF_IMPORT(file_open)(const void *path, uint32_t path_size);

/* A set of ring, perf and user ring buffers with one wait call. A handle. */
wasm_bpf_handle WASM_BPF_IMPORT(ring_open)(void);

/* Adds a ring buffer or a user ring buffer. Its window is page-aligned guest memory of wasm_bpf_map_info.window_bytes: consumer page, producer page, then the data, twice in a row; the framing is the kernel's: docs/guest_memory.md. No window (0 and 0): ring_read and ring_write copy. Its index in the set. */
int32_t WASM_BPF_IMPORT(ring_add)(wasm_bpf_handle ring, wasm_bpf_handle map, void *window, uint32_t size);

/* Adds the perf buffer of one CPU: opens its event and puts it in the perf event array: struct wasm_bpf_perf_ring_options. Its window is the page of struct perf_event_mmap_page, then the data, a power of 2 of pages. No window (0): ring_read copies. Its index in the set; -ENODEV where the CPU is offline. */
int32_t WASM_BPF_IMPORT(perf_ring_add)(wasm_bpf_handle ring, wasm_bpf_handle map, const void *options, void *window, uint32_t size);

/* Waits until a ring of the set has records, or the kernel took records from a user ring buffer (a negative timeout: for ever). The number of such rings; 0 at the timeout. Records that stay in a ring buffer are told of again, those that stay in a perf buffer only with the next one. The guest's loads that follow see what the kernel wrote before. */
int32_t WASM_BPF_IMPORT(ring_wait)(wasm_bpf_handle ring, int32_t timeout_ms);

/* Orders the guest's loads that follow after what the kernel wrote before, without a system call. 0. */
int32_t WASM_BPF_IMPORT(ring_acquire)(wasm_bpf_handle ring);

/* For rings without a window: copies the whole records that are there and fit, in the kernel's own framing, and gives their room back. The number of bytes; 0 where there are none; -ENOSPC where not even the first fits. */
int32_t WASM_BPF_IMPORT(ring_read)(wasm_bpf_handle ring, uint32_t index, void *data, uint32_t size);

/* For user ring buffers without a window: copies whole records, in the kernel's own framing, to the ring. The number of bytes taken, whole records only; 0 where it is full. */
int32_t WASM_BPF_IMPORT(ring_write)(wasm_bpf_handle ring, uint32_t index, const void *data, uint32_t size);

/* Writes struct wasm_bpf_ring_info, cut to `size`: where consumer and producer are now. 0. */
int32_t WASM_BPF_IMPORT(ring_info)(wasm_bpf_handle ring, uint32_t index, void *info, uint32_t size);

/* Publishes a counter, gauge or histogram (struct wasm_bpf_metric_options) for as long as its handle is open. From now on the host reads its numbers, where they lie, whenever it is asked for them; no call of the guest's tells them. One in a map ends with the map. A handle; 0 for "wasm_bpf_events" and "wasm_bpf_lost_samples", which end with the guest. */
wasm_bpf_handle WASM_BPF_IMPORT(metric_publish)(const void *options);

/* What is done about a signal from now on: enum wasm_bpf_signal_action. Its handler, entry `function` of the guest's table, `(signal, 0, 0) -> i32`, or, where that is 0, the export `wasm_bpf_signal(signal) -> i32`, runs between any two instructions of the guest, or before a call that waits returns -EINTR; the signals of `blocked` (bit N - 1: signal N) wait meanwhile. The action before. */
int32_t WASM_BPF_IMPORT(signal_action)(int32_t signal, int32_t action, uint64_t blocked, uint32_t function);

/* Blocks signals, so that they wait: enum wasm_bpf_signal_mask; any other `how` changes nothing. Handlers of those that waited have run when it returns. Those that were blocked before. */
uint64_t WASM_BPF_IMPORT(signal_mask)(int32_t how, uint64_t signals);

/* The signals that came in and wait. */
uint64_t WASM_BPF_IMPORT(signal_pending)(void);

/* Sends the guest a signal. Its handler has run when it returns, unless the signal is blocked. 0. */
int32_t WASM_BPF_IMPORT(signal_raise)(int32_t signal);

/* Blocks exactly these signals and waits until a handler has run, then blocks those that were blocked before. -EINTR. */
int32_t WASM_BPF_IMPORT(signal_suspend)(uint64_t blocked);

/* Waits for one of these signals, which are blocked, and takes it without a handler. All ones: for ever. Its number; -EAGAIN at the timeout, -EINTR where a handler ran. */
int32_t WASM_BPF_IMPORT(signal_wait)(uint64_t signals, uint64_t timeout_ns);

/* Sends the guest SIGALRM after `first_ns` (0: never, all ones: as before) and then, unless it is 0, every `interval_ns`. What was left of the time before; 0: there was none. */
uint64_t WASM_BPF_IMPORT(signal_alarm)(uint64_t first_ns, uint64_t interval_ns);

#endif
