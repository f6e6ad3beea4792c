#include "engine/folder.hpp"

#include <cstdlib>
#include <fstream>
#include <iterator>

namespace wasm_bpf::test {

Folder::Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "wasm_bpf_test.XXXXXX").string();
    path_ = mkdtemp(name.data());
}

std::string Folder::write(std::string_view name, std::string_view content) const {
    std::ofstream(path_ / name, std::ios::binary) << content;
    return path_ / name;
}

std::string Folder::write(std::string_view name, std::span<const std::byte> content) const {
    return write(name, std::string_view(reinterpret_cast<const char*>(content.data()), content.size()));
}

std::string Folder::read(std::string_view name) const {
    std::ifstream file(path_ / name, std::ios::binary);
    return {std::istreambuf_iterator(file), {}};
}

}  // namespace wasm_bpf::test
