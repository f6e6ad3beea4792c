#include "host_api/element_call.hpp"

#include <algorithm>
#include <cerrno>

namespace wasm_bpf::host_api {

namespace {

constexpr std::uint32_t struct_ops_type = 26;  // BPF_MAP_TYPE_STRUCT_OPS

bool changes_elements(ElementCommand command) {
    return command != ElementCommand::lookup && command != ElementCommand::next_key;
}

}  // namespace

int ElementOperands::translate(Host& host, const bpf::Map& map, ElementPart part, std::uint32_t size) {
    const void*& place = part == ElementPart::key ? key : value;
    if (size > copy_.size()) return -EINVAL;
    std::copy_n(static_cast<const std::byte*>(place), size, copy_.begin());
    place = copy_.data();
    return put_fd(host.handles, map, part, std::span(copy_).first(size), opened_);
}

int ElementOperands::prepare(Host& host, const bpf::Map& map, const ElementCall& call) {
    const bpf::MapShape& shape = map.shape();
    // The functions of a struct_ops are fds in its value, and it is in use by having one: map_attach does that.
    if (shape.type == struct_ops_type && changes_elements(call.command)) return -EOPNOTSUPP;
    if (call.command == ElementCommand::next_key) {
        // Keys that the map itself gave out go back as they are.
        key = call.key != 0 ? host.memory.at(call.key, shape.key_size) : nullptr;
        value = host.memory.at(call.next_key, shape.key_size);
        return value != nullptr && (key != nullptr || call.key == 0) ? 0 : -EFAULT;
    }
    if (shape.key_size != 0) {
        key = host.memory.at(call.key, shape.key_size);
        if (key == nullptr) return -EFAULT;
        if (holds_fd(map, ElementPart::key))
            if (const int error = translate(host, map, ElementPart::key, shape.key_size); error != 0) return error;
    }
    if (call.command == ElementCommand::remove) return 0;
    const std::uint32_t value_bytes = map.element_bytes(call.flags);
    value = host.memory.at(call.value, value_bytes);
    if (value == nullptr) return -EFAULT;
    // What the kernel gives back is no fd.
    if (call.command != ElementCommand::update || !holds_fd(map, ElementPart::value)) return 0;
    return translate(host, map, ElementPart::value, value_bytes);
}

}  // namespace wasm_bpf::host_api
