#pragma once
// WASI preview 1 for engines that bring none of their own. Standard streams and what waits are the host API's, by its
// shadows (host_api/wasi_stdio.cpp); what they pass on comes here.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bpf/fd.hpp"
#include "engine/engine.hpp"
#include "host_api/guest_memory.hpp"

namespace wasm_bpf::wasi {

// What a guest's number stands for.
struct Descriptor {
    enum class Kind : std::uint8_t { none, stream, directory, file };
    Kind kind = Kind::none;
    bool writable = false;   // of a directory: what is in it may change
    bool preopened = false;  // found by the guest under `path`
    int number = -1;         // the host's
    bpf::Fd owned;           // which closes it; none for a standard stream
    std::string path;
};

// Used by the guest's thread alone.
class Wasi {
public:
    explicit Wasi(const engine::Instance& instance) { memory.bind(instance); }

    // To be called once. Errors name the directory that cannot be opened.
    Result<> open(engine::WasiOptions options, int interrupt_fd);

    // Null where the guest has none of that number, or one of another kind.
    [[nodiscard]] Descriptor* find(std::uint32_t number);
    [[nodiscard]] Descriptor* find(std::uint32_t number, Descriptor::Kind kind);
    // The least number that is free; less than 0 where the guest has too many.
    std::int32_t add(Descriptor descriptor);

    // False where [offset, offset + size) is not the guest's memory.
    bool write(std::uint32_t offset, const void* bytes, std::size_t size);
    template <typename T>
    bool put(std::uint32_t offset, const T& value) {
        return write(offset, &value, sizeof(value));
    }

    host_api::GuestMemory memory;
    std::vector<std::string> arguments;
    std::vector<std::string> environment;  // NAME=VALUE
    std::vector<Descriptor> descriptors;   // by the guest's numbers
    int interrupt_fd = -1;                 // readable while the guest has to pass its checkpoint
};

struct Function {
    std::string_view name;
    std::string_view signature;  // as of imports
    std::int32_t (*call)(Wasi& wasi, std::span<const engine::Value> arguments);
};

// All of the module wasi_snapshot_preview1 but proc_exit, which is the engine's; sockets are refused.
[[nodiscard]] std::span<const Function> functions();

}  // namespace wasm_bpf::wasi
