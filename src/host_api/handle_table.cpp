#include "host_api/handle_table.hpp"

#include <algorithm>
#include <cerrno>

namespace wasm_bpf::host_api {
namespace {

// A handle is the generation in the upper 15 bits and the place, counted from 1, in the lower 16. A place whose
// generations are used up is never used again.
constexpr std::uint32_t place_bits = 16;
constexpr std::uint32_t max_places = (1u << place_bits) - 1;
constexpr std::uint32_t max_generation = (1u << 15) - 1;

}  // namespace

HandleTable::Entry* HandleTable::find(Handle handle) {
    const auto number = static_cast<std::uint32_t>(handle);
    const std::size_t index = (number & max_places) - 1;
    if (handle <= 0 || index >= entries_.size()) return nullptr;
    Entry& entry = entries_[index];
    if (entry.generation != number >> place_bits || std::holds_alternative<std::monostate>(entry.item)) return nullptr;
    return &entry;
}

std::size_t HandleTable::most() { return max_places; }

Handle HandleTable::add(Item item, Handle owner) {
    if (count_ >= limit_) return -EMFILE;
    std::size_t index;
    if (!free_.empty()) {
        index = free_.back();
        free_.pop_back();
    } else if (entries_.size() < max_places) {
        index = entries_.size();
        entries_.emplace_back();
    } else {
        return -EMFILE;
    }
    Entry& entry = entries_[index];
    entry.item = std::move(item);
    entry.owner = owner;
    count_++;
    return static_cast<Handle>(entry.generation << place_bits | (index + 1));
}

void HandleTable::free(std::size_t index) {
    Entry& entry = entries_[index];
    entry.owner = 0;
    count_--;
    if (entry.generation < max_generation) {
        entry.generation++;
        free_.push_back(index);
    }
    // Last: ending a ring or an object may take a while, and must find the table in order.
    Item ended = std::exchange(entry.item, {});
}

Handle HandleTable::owner_of(Handle handle) {
    const Entry* entry = find(handle);
    return entry != nullptr ? entry->owner : 0;
}

template <typename T>
Handle HandleTable::find_or_add(Handle owner, T* item) {
    for (std::size_t i = 0; i < entries_.size(); i++) {
        const auto* known = std::get_if<T*>(&entries_[i].item);
        if (known != nullptr && *known == item)
            return static_cast<Handle>(entries_[i].generation << place_bits | (i + 1));
    }
    return add(item, owner);
}

Handle HandleTable::handle_of(Handle owner, bpf::Map* map) { return find_or_add(owner, map); }
Handle HandleTable::handle_of(Handle owner, bpf::Program* program) { return find_or_add(owner, program); }

int HandleTable::close(Handle handle) {
    const Entry* entry = find(handle);
    if (entry == nullptr) return -EBADF;
    if (entry->owner != 0 && !std::holds_alternative<metrics::Publication>(entry->item)) return -EINVAL;
    const auto forget = [&](const bpf::Map& map) {
        for_each<std::unique_ptr<RingSet>>([&](auto& ring) { ring->forget(map); });
    };
    if (const auto* own = std::get_if<std::unique_ptr<bpf::Map>>(&entry->item)) {
        forget(**own);
        windows_.erase(own->get());
    }
    for (std::size_t i = 0; i < entries_.size(); i++) {
        if (entries_[i].owner != handle) continue;
        if (auto* map = std::get_if<bpf::Map*>(&entries_[i].item)) forget(**map);
        free(i);
    }
    free((static_cast<std::uint32_t>(handle) & max_places) - 1);
    return 0;
}

bool HandleTable::has_window(std::span<const std::byte> memory) const {
    return std::ranges::any_of(windows_, [&](const auto& kept) { return kept.second.overlaps(memory); });
}

void HandleTable::close_all() {
    for (std::size_t i = 0; i < entries_.size(); i++)
        if (std::holds_alternative<bpf::Link>(entries_[i].item)) free(i);
    for (std::size_t i = 0; i < entries_.size(); i++)
        if (std::holds_alternative<std::unique_ptr<RingSet>>(entries_[i].item)) free(i);
    windows_.clear();
    entries_.clear();
    free_.clear();
    count_ = 0;
}

}  // namespace wasm_bpf::host_api
