#pragma once
// The numbers by which a guest names what the host holds for it. A handle is checked for kind and age: a closed one
// never names what took its place.

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <variant>
#include <vector>

#include "bpf/fd.hpp"
#include "bpf/link.hpp"
#include "bpf/map.hpp"
#include "bpf/program.hpp"
#include "host_api/host_object.hpp"
#include "host_api/ring_set.hpp"
#include "host_api/window.hpp"
#include "metrics/registry.hpp"

namespace wasm_bpf::host_api {

// Greater than any file descriptor that WASI gives a guest, so that its close() can tell them apart.
using Handle = std::int32_t;
inline constexpr Handle least_handle = 1 << 16;

struct Socket {
    bpf::Fd fd;
};
struct Cgroup {
    bpf::Fd fd;
};
struct NetworkNamespace {
    bpf::Fd fd;
};
struct PerfEvent {
    bpf::Fd fd;
};
// To name it: it is neither read nor written.
struct File {
    bpf::Fd fd;
};
// One pass of an iterator.
struct Stream {
    bpf::Fd fd;
};

class HandleTable {
public:
    // An object's maps and programs are pointers into it: `owner` is its handle, and they go with it. A map that the
    // guest made or opened by itself is its own.
    using Item = std::variant<std::monostate, std::unique_ptr<HostObject>, bpf::Map*, bpf::Program*, bpf::Link,
                              std::unique_ptr<bpf::Map>, std::unique_ptr<RingSet>, Socket, Cgroup, NetworkNamespace,
                              PerfEvent, File, Stream, metrics::Publication>;

    // Of what can be held at a time; most() at first.
    void set_limit(std::uint64_t limit) { limit_ = std::min<std::uint64_t>(limit, most()); }
    [[nodiscard]] static std::size_t most();
    // What is held now.
    [[nodiscard]] std::size_t count() const { return count_; }

    // -EMFILE where the guest holds too many.
    Handle add(Item item, Handle owner = 0);

    // Null where `handle` is stale, forged or of another kind.
    template <typename T>
    [[nodiscard]] T* get(Handle handle) {
        Entry* entry = find(handle);
        return entry != nullptr ? std::get_if<T>(&entry->item) : nullptr;
    }
    [[nodiscard]] HostObject* object(Handle handle) { return owned<HostObject>(handle); }
    [[nodiscard]] RingSet* ring(Handle handle) { return owned<RingSet>(handle); }
    [[nodiscard]] bpf::Map* map(Handle handle) {
        bpf::Map* own = owned<bpf::Map>(handle);
        return own != nullptr ? own : borrowed<bpf::Map>(handle);
    }
    [[nodiscard]] bpf::Program* program(Handle handle) { return borrowed<bpf::Program>(handle); }

    // The object whose map or program this is; 0 where it is neither.
    [[nodiscard]] Handle owner_of(Handle handle);
    // The handle of a map or program of `owner`, made where there is none yet.
    Handle handle_of(Handle owner, bpf::Map* map);
    Handle handle_of(Handle owner, bpf::Program* program);

    // Keeps the window of a map that the guest owns itself until that is closed; an object's are its own.
    void keep_window(const bpf::Map& map, Window window) { windows_.emplace(&map, std::move(window)); }
    // Whether such a window has some of the memory.
    [[nodiscard]] bool has_window(std::span<const std::byte> memory) const;

    // Ends what it names, and all that it owns. -EBADF where it names nothing, -EINVAL where it is owned itself, save a
    // metric.
    int close(Handle handle);
    // Everything, links first.
    void close_all();

    template <typename T>
    void for_each(auto&& visit) {
        for (Entry& entry : entries_)
            if (auto* item = std::get_if<T>(&entry.item)) visit(*item);
    }

private:
    struct Entry {
        Item item;
        std::uint32_t generation = 1;
        Handle owner = 0;
    };

    Entry* find(Handle handle);
    void free(std::size_t index);
    template <typename T>
    Handle find_or_add(Handle owner, T* item);
    template <typename T>
    T* owned(Handle handle) {
        auto* item = get<std::unique_ptr<T>>(handle);
        return item != nullptr ? item->get() : nullptr;
    }
    template <typename T>
    T* borrowed(Handle handle) {
        auto* item = get<T*>(handle);
        return item != nullptr ? *item : nullptr;
    }

    std::vector<Entry> entries_;
    std::vector<std::size_t> free_;
    std::size_t count_ = 0;
    std::size_t limit_ = most();
    std::multimap<const bpf::Map*, Window> windows_;
};

}  // namespace wasm_bpf::host_api
