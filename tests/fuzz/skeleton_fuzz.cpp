// BPF object bytes: what the skeleton generator does with them.

#include "skeleton/c_skeleton.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace wasm_bpf;
    const auto elf = std::as_bytes(std::span(data, size));
    auto object = bpf::describe_object(elf, "fuzzed");
    if (object) static_cast<void>(skeleton::c_skeleton(*object, elf));
    return 0;
}
