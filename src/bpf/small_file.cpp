#include "bpf/small_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include "bpf/fd.hpp"

namespace wasm_bpf::bpf {

std::string read_small_file(const char* path) {
    const Fd file(::open(path, O_RDONLY | O_CLOEXEC));
    std::string text;
    char block[4096];
    for (ssize_t size; file.valid() && (size = ::read(file.get(), block, sizeof(block))) > 0;)
        text.append(block, static_cast<std::size_t>(size));
    return text;
}

}  // namespace wasm_bpf::bpf
