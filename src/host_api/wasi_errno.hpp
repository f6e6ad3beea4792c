#pragma once
// WASI's numbers of errors, which are not Linux's: https://github.com/WebAssembly/WASI/blob/wasi-0.1/preview1/docs.md

#include <cerrno>
#include <cstdint>

namespace wasm_bpf::host_api {

enum WasiErrno : std::int32_t {
    success = 0,
    acces = 2,
    again = 6,
    badf = 8,
    busy = 10,
    dquot = 19,
    exist = 20,
    fault = 21,
    fbig = 22,
    intr = 27,
    inval = 28,
    io = 29,
    isdir = 31,
    loop = 32,
    mfile = 33,
    mlink = 34,
    nametoolong = 37,
    nfile = 41,
    nodev = 43,
    noent = 44,
    nomem = 48,
    nospc = 51,
    nosys = 52,
    notdir = 54,
    notempty = 55,
    notsock = 57,
    notsup = 58,
    notty = 59,
    nxio = 60,
    perm = 63,
    pipe = 64,
    rofs = 69,
    spipe = 70,
    txtbsy = 74,
    xdev = 75,
    notcapable = 76,
};

// `code` is a positive errno value of Linux, or 0.
[[nodiscard]] constexpr std::int32_t wasi_errno(int code) {
    struct Row {
        int code;
        WasiErrno wasi;
    };
    constexpr Row rows[] = {
        {0, success},      {EACCES, acces}, {EAGAIN, again},   {EBADF, badf},         {EBUSY, busy},
        {EDQUOT, dquot},   {EEXIST, exist}, {EFAULT, fault},   {EFBIG, fbig},         {EINTR, intr},
        {EINVAL, inval},   {EISDIR, isdir}, {ELOOP, loop},     {EMFILE, mfile},       {EMLINK, mlink},
        {ENFILE, nfile},   {ENODEV, nodev}, {ENOENT, noent},   {ENOMEM, nomem},       {ENAMETOOLONG, nametoolong},
        {ENOSPC, nospc},   {ENOSYS, nosys}, {ENOTDIR, notdir}, {ENOTEMPTY, notempty}, {ENOTSOCK, notsock},
        {ENOTSUP, notsup}, {ENOTTY, notty}, {ENXIO, nxio},     {EPERM, perm},         {EPIPE, pipe},
        {EROFS, rofs},     {ESPIPE, spipe}, {ETXTBSY, txtbsy}, {EXDEV, perm},  // a way out of a directory (openat2)
    };
    for (const Row& row : rows)
        if (row.code == code) return row.wasi;
    return io;
}

}  // namespace wasm_bpf::host_api
