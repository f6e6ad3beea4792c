#include "inspect/known_imports.hpp"

#include <algorithm>
#include <iterator>

#include "guest_abi/imports.hpp"

namespace wasm_bpf::inspect {
namespace {

constexpr std::string_view wasi = "wasi_snapshot_preview1";
// https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md: all of them, in its order.
constexpr std::string_view wasi_functions[] = {
    "args_get",
    "args_sizes_get",
    "environ_get",
    "environ_sizes_get",
    "clock_res_get",
    "clock_time_get",
    "fd_advise",
    "fd_allocate",
    "fd_close",
    "fd_datasync",
    "fd_fdstat_get",
    "fd_fdstat_set_flags",
    "fd_fdstat_set_rights",
    "fd_filestat_get",
    "fd_filestat_set_size",
    "fd_filestat_set_times",
    "fd_pread",
    "fd_prestat_get",
    "fd_prestat_dir_name",
    "fd_pwrite",
    "fd_read",
    "fd_readdir",
    "fd_renumber",
    "fd_seek",
    "fd_sync",
    "fd_tell",
    "fd_write",
    "path_create_directory",
    "path_filestat_get",
    "path_filestat_set_times",
    "path_link",
    "path_open",
    "path_readlink",
    "path_remove_directory",
    "path_rename",
    "path_symlink",
    "path_unlink_file",
    "poll_oneoff",
    "proc_exit",
    "proc_raise",
    "sched_yield",
    "random_get",
    "sock_accept",
    "sock_recv",
    "sock_send",
    "sock_shutdown",
};

constexpr struct {
    std::string_view module, text;
} modules[] = {
    {guest_abi::version_1, "guest ABI, version 1"},
    {guest_abi::version_0, "guest ABI, version 0"},
    {guest_abi::version_0_named_callback, "guest ABI, version 0"},
    {wasi, "WASI preview 1"},
};

}  // namespace

bool is_known_import(std::string_view module, std::string_view name) {
    if (module == wasi) return std::ranges::count(wasi_functions, name) > 0;
    return std::ranges::any_of(guest_abi::imports(), [&](const guest_abi::Import& import) {
        return import.module == module && import.name == name;
    });
}

std::string_view describe_import_module(std::string_view module) {
    const auto* row = std::ranges::find_if(modules, [&](const auto& each) { return each.module == module; });
    return row == std::end(modules) ? std::string_view() : row->text;
}

}  // namespace wasm_bpf::inspect
