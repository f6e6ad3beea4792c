#include "host_api/element_call.hpp"

#include <algorithm>
#include <array>
#include <cerrno>

#include "host_api/element_fds.hpp"

namespace wasm_bpf::host_api {
namespace {

// A key or a value as the system call takes it: the guest's own bytes, or a copy with an fd for the handle in it.
class Operand {
public:
    // 0 or a negative errno.
    int read(Host& host, const bpf::Map& map, ElementPart part, std::uint32_t offset, std::uint32_t size) {
        std::byte* guest = host.memory.at(offset, size);
        if (guest == nullptr) return -EFAULT;
        bytes_ = guest;
        if (!holds_fd(map, part)) return 0;
        if (size > copy_.size()) return -EINVAL;
        std::copy_n(guest, size, copy_.begin());
        bytes_ = copy_.data();
        return put_fd(host.handles, map, part, std::span(copy_).first(size), opened_);
    }
    [[nodiscard]] void* get() const { return bytes_; }

private:
    std::byte* bytes_ = nullptr;
    bpf::Fd opened_;
    std::array<std::byte, max_fd_element_bytes> copy_;
};

}  // namespace

int call_element(Host& host, const bpf::Map& map, const ElementCall& call) {
    const bpf::MapShape& shape = map.shape();
    Operand key;
    if (call.command == ElementCommand::next_key) {
        // Keys that the map itself gave out go back as they are.
        void* before = call.key != 0 ? host.memory.at(call.key, shape.key_size) : nullptr;
        void* next = host.memory.at(call.next_key, shape.key_size);
        return next != nullptr && (before != nullptr || call.key == 0) ? map.next_key(before, next) : -EFAULT;
    }
    if (shape.key_size != 0)
        if (const int error = key.read(host, map, ElementPart::key, call.key, shape.key_size); error != 0) return error;
    if (call.command == ElementCommand::remove) return map.remove(key.get(), call.flags);
    const std::uint32_t value_bytes = map.element_bytes(call.flags);
    if (call.command == ElementCommand::update) {
        Operand value;
        const int error = value.read(host, map, ElementPart::value, call.value, value_bytes);
        return error != 0 ? error : map.update(key.get(), value.get(), call.flags);
    }
    void* value = host.memory.at(call.value, value_bytes);
    if (value == nullptr) return -EFAULT;
    return call.command == ElementCommand::lookup ? map.lookup(key.get(), value, call.flags)
                                                  : map.lookup_and_delete(key.get(), value, call.flags);
}

}  // namespace wasm_bpf::host_api
