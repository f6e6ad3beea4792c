// BPF object bytes: what object_open and the policy's look at the instructions do with them.

#include "bpf/object.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace wasm_bpf;
    auto object = bpf::Object::open(std::as_bytes(std::span(data, size)));
    if (!object) return 0;
    for (bpf::Map& map : (*object)->maps()) {
        static_cast<void>(map.initial_value());
        static_cast<void>(map.mapping_bytes());
        static_cast<void>(map.set_max_entries(map.shape().max_entries + 1));
    }
    for (bpf::Program& program : (*object)->programs()) {
        static_cast<void>(program.helpers());
        static_cast<void>(program.needs_target());
        static_cast<void>(program.set_autoload(!program.autoload()));
    }
    return 0;
}
