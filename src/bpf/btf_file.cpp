#include "bpf/btf_file.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>

#include "api/file_paths.hpp"
#include "bpf/libbpf_messages.hpp"

namespace wasm_bpf::bpf {

namespace fs = std::filesystem;

Result<BtfFile> open_btf_file(const fs::path& file) {
    const LibbpfMessages messages;
    BtfFile result;
    if (file.empty()) {
        result.btf.reset(btf__load_vmlinux_btf());
        if (!result.btf) return std::unexpected(errno_error(errno, "read the kernel's BTF"));
        return result;
    }
    const fs::path canonical = real_path(file.string()).value_or("");
    if (canonical.parent_path() == "/sys/kernel/btf" && canonical.filename() != "vmlinux") {
        result.base.reset(btf__load_vmlinux_btf());
        if (!result.base) return std::unexpected(errno_error(errno, "read the kernel's BTF"));
        result.btf.reset(btf__parse_split(file.c_str(), result.base.get()));
    } else {
        result.btf.reset(btf__parse(file.c_str(), nullptr));
    }
    const int error = errno;
    if (result.btf) return result;
    if (error == ENOENT && ::access(file.c_str(), F_OK) != 0)
        return std::unexpected(errno_error(error, fmt::format("open \"{}\"", file.string())));
    if (error == EACCES || error == EISDIR)
        return std::unexpected(errno_error(error, fmt::format("read \"{}\"", file.string())));
    return fail(EINVAL, fmt::format("\"{}\" has no BTF that makes sense: name a BPF object compiled with -g, a kernel "
                                    "image with BTF, or raw BTF as in /sys/kernel/btf",
                                    file.string()));
}

}  // namespace wasm_bpf::bpf
