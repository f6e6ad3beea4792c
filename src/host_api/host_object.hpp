#pragma once
// An object of a guest with what hangs on it.

#include <map>
#include <memory>
#include <vector>

#include "bpf/object.hpp"
#include "bpf/record_reader.hpp"
#include "host_api/window.hpp"

namespace wasm_bpf::host_api {

// Members end in the reverse order: readers first, then windows, then the object itself.
struct HostObject {
    // Guest memory bound to a map before load; turned into a window by load.
    struct Binding {
        bpf::Map* map;
        std::uint32_t offset;
        std::uint32_t size_bytes;
        bool fill_arena = false;  // with global variables, after load
    };

    std::shared_ptr<void> charge;         // of the policy's objects.bytes
    std::shared_ptr<bpf::Object> object;  // links know whether it is there still
    std::vector<Binding> bindings;
    std::vector<Window> windows;
    // Version 0 has no handles for buffers.
    struct Reader {
        std::unique_ptr<bpf::RecordReader> records;
        bool truncation_reported = false;
        bool busy = false;  // a batch of it is being handed over
    };
    std::map<const bpf::Map*, std::shared_ptr<Reader>> readers;
};

}  // namespace wasm_bpf::host_api
