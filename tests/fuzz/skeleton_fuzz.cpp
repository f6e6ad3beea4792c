// BPF object bytes: what the skeleton generators of all languages do with them.

#include "skeleton/languages.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace wasm_bpf;
    const auto elf = std::as_bytes(std::span(data, size));
    for (const skeleton::Language& language : skeleton::languages()) {
        const auto object = bpf::describe_object(elf, "fuzzed", language.described);
        if (object) static_cast<void>(language.skeleton({*object, elf, "fuzzed.bpf.o"}));
    }
    return 0;
}
