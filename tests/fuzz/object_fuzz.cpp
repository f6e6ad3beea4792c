// BPF object bytes: what object_open, the policy's look at the instructions and object_load do with them. Loading is
// real: programs that the verifier takes are loaded, never attached.

#include <linux/bpf.h>

#include <algorithm>

#include "bpf/object.hpp"

namespace {

using namespace wasm_bpf;

// The kernel gives the memory that a map asks for; the fuzzer has none to spare.
bool make_small(bpf::Map& map) {
    const auto& shape = map.shape();
    if (shape.max_entries > 4096 && shape.type != BPF_MAP_TYPE_RINGBUF && shape.type != BPF_MAP_TYPE_USER_RINGBUF &&
        !map.set_max_entries(16))
        return false;
    return map.shape().value_bytes <= 65536 && map.shape().max_entries <= (1u << 20);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    auto object = bpf::Object::open(std::as_bytes(std::span(data, size)), {.verifier_log_dir = "/dev/null"});
    if (!object) return 0;
    for (bpf::Map& map : (*object)->maps()) {
        static_cast<void>(map.initial_value());
        static_cast<void>(map.mapping_bytes());
        static_cast<void>(map.set_pin_path({}));  // the policy's affair, and nothing may stay behind here
    }
    for (bpf::Program& program : (*object)->programs()) {
        static_cast<void>(program.helpers());
        static_cast<void>(program.needs_target());
    }
    if (std::ranges::all_of((*object)->maps(), make_small)) static_cast<void>((*object)->load());
    return 0;
}
