#include "guest_abi/imports.hpp"

namespace wasm_bpf::guest_abi {
namespace {

using enum Type;
constexpr Type object = handle, map = handle, program = handle, ring = handle;

constexpr Import table[] = {
    // Version 0: what modules for the older wasm-bpf runtimes import. Never changed.
    {version_0,
     "wasm_load_bpf_object",
     i64,
     {{in, "data"}, {i32, "size"}},
     "Opens and loads a BPF object. Its handle; 0 where that failed."},
    {version_0, "wasm_close_bpf_object", i32, {{i64, "object"}}, "Detaches the object's programs and closes it. 0."},
    {version_0,
     "wasm_attach_bpf_program",
     i32,
     {{i64, "object"}, {in, "name"}, {in, "target"}},
     "Attaches the program of that name. `target` (terminated; may be 0) is the interface, the cgroup's path or "
     "`path:function` for a section that needs one. 0."},
    {version_0,
     "wasm_bpf_buffer_poll",
     i32,
     {{i64, "object"},
      {i32, "fd"},
      {i32, "sample_func"},
      {u32, "context"},
      {out, "data"},
      {i32, "max_size"},
      {i32, "timeout_ms"}},
     "Waits for records of a ring or perf buffer (a negative timeout: for ever) and hands each, copied to `data` and "
     "cut to "
     "`max_size`, to entry `sample_func` of the guest's table: `(context, data, size) -> i32`. The number of records, "
     "or "
     "the callback's negative value, which ends the batch."},
    {version_0,
     "wasm_bpf_map_fd_by_name",
     i32,
     {{i64, "object"}, {in, "name"}},
     "The handle that names the map in the calls below, used where the older runtimes used an fd."},
    {version_0,
     "wasm_bpf_map_operate",
     i32,
     {{i32, "fd"}, {i32, "command"}, {in, "key"}, {out, "value"}, {out, "next_key"}, {u64, "flags"}},
     "`command` as in `enum bpf_cmd`: BPF_MAP_LOOKUP_ELEM, UPDATE_ELEM, DELETE_ELEM, GET_NEXT_KEY, "
     "LOOKUP_AND_DELETE_ELEM. Values of per-CPU maps take round_up(value_size, 8) × possible CPUs bytes. 0."},
    {version_0_named_callback,
     "wasm_bpf_buffer_poll",
     i32,
     {{i64, "object"}, {i32, "fd"}, {u32, "context"}, {out, "data"}, {i32, "max_size"}, {i32, "timeout_ms"}},
     "The same for guests without a function table (Go): records go to the guest's export `go-callback`."},

    // Version 1: general.
    {version_1,
     "error_text",
     i32,
     {{out, "text"}, {u32, "size"}},
     "Writes the text of the last call that failed, terminated and cut to `size`. Its full length without the "
     "terminator."},
    {version_1,
     "close",
     i32,
     {{handle, "handle"}},
     "Ends what the handle names: closes an object (its maps, programs and windows with it; links live on), detaches a "
     "link, unmaps a ring's windows, closes a socket or cgroup. Maps and programs end with their object: -EINVAL. 0."},
    {version_1, "possible_cpus", i32, {}, "The number of possible CPUs: the values of a per-CPU map."},
    {version_1,
     "interface_index",
     i32,
     {{in, "name"}, {u32, "name_size"}},
     "The index of a network interface; -ENODEV."},

    // Version 1: objects.
    {version_1,
     "object_open",
     handle,
     {{in, "data"}, {u32, "size"}, {in, "options"}},
     "Opens a BPF object file. `options`: struct wasm_bpf_object_options, or 0. A handle."},
    {version_1,
     "object_load",
     i32,
     {{object, "object"}},
     "Creates the maps, loads the programs, and turns the windows bound before into live ones. 0."},
    {version_1,
     "object_find_map",
     handle,
     {{object, "object"}, {in, "name"}, {u32, "name_size"}},
     "The map's handle; -ENOENT."},
    {version_1,
     "object_next_map",
     handle,
     {{object, "object"}, {map, "previous"}},
     "The map after `previous` (0: the first); 0 at the end."},
    {version_1,
     "object_find_program",
     handle,
     {{object, "object"}, {in, "name"}, {u32, "name_size"}},
     "The program's handle; -ENOENT."},
    {version_1,
     "object_next_program",
     handle,
     {{object, "object"}, {program, "previous"}},
     "The program after `previous` (0: the first); 0 at the end."},

    // Version 1: maps.
    {version_1,
     "map_info",
     i32,
     {{map, "map"}, {out, "info"}, {u32, "size"}},
     "Writes struct wasm_bpf_map_info, cut to `size`. 0."},
    {version_1,
     "map_set",
     i32,
     {{map, "map"}, {u32, "field"}, {u64, "value"}},
     "Sets enum wasm_bpf_map_field before load. 0."},
    {version_1,
     "map_lookup",
     i32,
     {{map, "map"}, {in, "key"}, {out, "value"}, {u64, "flags"}},
     "Copies an element to `value` (wasm_bpf_map_info.value_bytes). 0; -ENOENT."},
    {version_1,
     "map_update",
     i32,
     {{map, "map"}, {in, "key"}, {in, "value"}, {u64, "flags"}},
     "Writes an element. `flags`: BPF_ANY, BPF_NOEXIST, BPF_EXIST, BPF_F_LOCK. 0."},
    {version_1, "map_delete", i32, {{map, "map"}, {in, "key"}, {u64, "flags"}}, "Deletes an element. 0."},
    {version_1,
     "map_lookup_and_delete",
     i32,
     {{map, "map"}, {in, "key"}, {out, "value"}, {u64, "flags"}},
     "Copies an element and deletes it (queues and stacks: takes one; `key` is 0). 0."},
    {version_1,
     "map_next_key",
     i32,
     {{map, "map"}, {in, "key"}, {out, "next_key"}},
     "The key after `key` (0: the first). 0; -ENOENT at the end."},
    {version_1,
     "map_initial_value",
     i32,
     {{map, "map"}, {out, "value"}, {u32, "size"}},
     "Copies the initial value of global data, cut to `size`. Its full size."},
    {version_1,
     "map_window",
     i32,
     {{map, "map"}, {out, "window"}, {u32, "size"}},
     "Makes page-aligned guest memory of wasm_bpf_map_info.window_bytes the map's content. Before load: fills it with "
     "the "
     "initial value; what the guest writes there until object_load is what the map starts with. From load on it is the "
     "kernel's own memory, read-only for .rodata, until the object is closed. 0."},

    // Version 1: programs and links.
    {version_1,
     "program_info",
     i32,
     {{program, "program"}, {out, "info"}, {u32, "size"}},
     "Writes struct wasm_bpf_program_info, cut to `size`. 0."},
    {version_1,
     "program_set",
     i32,
     {{program, "program"}, {u32, "field"}, {u64, "value"}},
     "Sets enum wasm_bpf_program_field before load. 0."},
    {version_1,
     "program_set_attach_target",
     i32,
     {{program, "program"}, {program, "target"}, {in, "name"}, {u32, "name_size"}},
     "Before load, for fentry, fexit, lsm and kin: the function to attach to, in the kernel (`target` 0) or in another "
     "loaded program. 0."},
    {version_1,
     "program_attach",
     handle,
     {{program, "program"}, {in, "options"}},
     "Attaches by the section's name, or as struct wasm_bpf_attach_options says (0: by name). A link's handle."},
    {version_1,
     "program_test_run",
     i32,
     {{program, "program"}, {in, "options"}},
     "Runs the program once in the kernel: struct wasm_bpf_test_run_options. 0."},
    {version_1,
     "packet_socket_open",
     handle,
     {{i32, "interface_index"}},
     "Opens a packet socket bound to an interface, to attach a socket filter to. A handle."},
    {version_1,
     "cgroup_open",
     handle,
     {{in, "path"}, {u32, "path_size"}},
     "Opens a cgroup2 folder of the host to attach to. A handle."},

    // Version 1: ring buffers as windows.
    {version_1, "ring_open", handle, {}, "A set of ring buffers with one wait call. A handle."},
    {version_1,
     "ring_add",
     i32,
     {{ring, "ring"}, {map, "map"}, {out, "window"}, {u32, "size"}},
     "Maps a ring buffer over page-aligned guest memory of wasm_bpf_map_info.window_bytes: the consumer page (its "
     "first 8 "
     "bytes: the consumer position, the guest's to advance), the producer page (its first 8 bytes: the producer "
     "position), "
     "then the data, twice in a row. The record framing is the kernel's: docs/guest_memory.md. Its index in the set."},
    {version_1,
     "ring_wait",
     i32,
     {{ring, "ring"}, {i32, "timeout_ms"}},
     "Waits until a ring of the set has records (a negative timeout: for ever). The number of such rings; 0 at the "
     "timeout. "
     "The guest's loads that follow see what the kernel wrote before."},
    {version_1,
     "ring_acquire",
     i32,
     {{ring, "ring"}},
     "Orders the guest's loads that follow after what the kernel wrote before, without a system call. 0."},
};

}  // namespace

std::span<const Import> imports() { return table; }

char wasm_type(Type type) { return type == i64 || type == u64 ? 'I' : 'i'; }

}  // namespace wasm_bpf::guest_abi
