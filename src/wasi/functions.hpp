#pragma once
// The functions of WASI preview 1, by the file that has them. Each returns WASI's errno. Names, parameters and layouts:
// https://github.com/WebAssembly/WASI/blob/wasi-0.1/preview1/docs.md

#include "host_api/wasi_errno.hpp"
#include "wasi/wasi.hpp"

namespace wasm_bpf::wasi {

using enum host_api::WasiErrno;
using host_api::wasi_errno;

using U32 = std::uint32_t;
using U64 = std::uint64_t;
using I32 = std::int32_t;

// process.cpp
I32 args_get(Wasi&, U32 vector, U32 texts);
I32 args_sizes_get(Wasi&, U32 count, U32 size);
I32 environ_get(Wasi&, U32 vector, U32 texts);
I32 environ_sizes_get(Wasi&, U32 count, U32 size);
I32 clock_res_get(Wasi&, U32 clock, U32 result);
I32 clock_time_get(Wasi&, U32 clock, U64 precision, U32 result);
I32 poll_oneoff(Wasi&, U32 in, U32 out, U32 count, U32 events);
I32 proc_raise(Wasi&, U32 signal);
I32 random_get(Wasi&, U32 offset, U32 size);
I32 sched_yield(Wasi&);

// descriptors.cpp
I32 fd_advise(Wasi&, U32 fd, U64 offset, U64 size, U32 advice);
I32 fd_allocate(Wasi&, U32 fd, U64 offset, U64 size);
I32 fd_close(Wasi&, U32 fd);
I32 fd_datasync(Wasi&, U32 fd);
I32 fd_fdstat_get(Wasi&, U32 fd, U32 result);
I32 fd_fdstat_set_flags(Wasi&, U32 fd, U32 flags);
I32 fd_fdstat_set_rights(Wasi&, U32 fd, U64 base, U64 inheriting);
I32 fd_filestat_get(Wasi&, U32 fd, U32 result);
I32 fd_filestat_set_size(Wasi&, U32 fd, U64 size);
I32 fd_filestat_set_times(Wasi&, U32 fd, U64 access, U64 modification, U32 flags);
I32 fd_prestat_get(Wasi&, U32 fd, U32 result);
I32 fd_prestat_dir_name(Wasi&, U32 fd, U32 path, U32 size);
I32 fd_renumber(Wasi&, U32 from, U32 to);
I32 fd_sync(Wasi&, U32 fd);

// transfers.cpp
I32 fd_pread(Wasi&, U32 fd, U32 vectors, U32 count, U64 offset, U32 moved);
I32 fd_pwrite(Wasi&, U32 fd, U32 vectors, U32 count, U64 offset, U32 moved);
I32 fd_read(Wasi&, U32 fd, U32 vectors, U32 count, U32 moved);
I32 fd_readdir(Wasi&, U32 fd, U32 buffer, U32 size, U64 cookie, U32 used);
I32 fd_seek(Wasi&, U32 fd, U64 offset, U32 whence, U32 result);
I32 fd_tell(Wasi&, U32 fd, U32 result);
I32 fd_write(Wasi&, U32 fd, U32 vectors, U32 count, U32 moved);

// paths.cpp
I32 path_create_directory(Wasi&, U32 fd, U32 path, U32 size);
I32 path_filestat_get(Wasi&, U32 fd, U32 lookup, U32 path, U32 size, U32 result);
I32 path_filestat_set_times(Wasi&, U32 fd, U32 lookup, U32 path, U32 size, U64 access, U64 modification, U32 flags);
I32 path_link(Wasi&, U32 fd, U32 lookup, U32 path, U32 size, U32 new_fd, U32 new_path, U32 new_size);
I32 path_open(Wasi&, U32 fd, U32 lookup, U32 path, U32 size, U32 open_flags, U64 rights, U64 inheriting, U32 flags,
              U32 result);
I32 path_readlink(Wasi&, U32 fd, U32 path, U32 size, U32 buffer, U32 buffer_size, U32 used);
I32 path_remove_directory(Wasi&, U32 fd, U32 path, U32 size);
I32 path_rename(Wasi&, U32 fd, U32 path, U32 size, U32 new_fd, U32 new_path, U32 new_size);
I32 path_symlink(Wasi&, U32 target, U32 target_size, U32 fd, U32 path, U32 size);
I32 path_unlink_file(Wasi&, U32 fd, U32 path, U32 size);

// wasi.cpp
I32 sock_accept(Wasi&, U32 fd, U32 flags, U32 result);
I32 sock_recv(Wasi&, U32 fd, U32 vectors, U32 count, U32 flags, U32 moved, U32 result);
I32 sock_send(Wasi&, U32 fd, U32 vectors, U32 count, U32 flags, U32 moved);
I32 sock_shutdown(Wasi&, U32 fd, U32 how);

}  // namespace wasm_bpf::wasi
