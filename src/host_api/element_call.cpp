#include "host_api/element_call.hpp"

#include <cerrno>

namespace wasm_bpf::host_api {

int call_element(const GuestMemory& memory, const bpf::Map& map, const ElementCall& call) {
    const bpf::MapShape& shape = map.shape();
    void* key = nullptr;
    const bool needs_key = call.command == ElementCommand::next_key ? call.key != 0 : shape.key_size != 0;
    if (needs_key && (key = memory.at(call.key, shape.key_size)) == nullptr) return -EFAULT;
    if (call.command == ElementCommand::next_key) {
        void* next = memory.at(call.next_key, shape.key_size);
        return next != nullptr ? map.next_key(key, next) : -EFAULT;
    }
    if (call.command == ElementCommand::remove) return map.remove(key, call.flags);
    void* value = memory.at(call.value, shape.value_bytes);
    if (value == nullptr) return -EFAULT;
    switch (call.command) {
        case ElementCommand::lookup: return map.lookup(key, value, call.flags);
        case ElementCommand::update: return map.update(key, value, call.flags);
        default: return map.lookup_and_delete(key, value, call.flags);
    }
}

}  // namespace wasm_bpf::host_api
