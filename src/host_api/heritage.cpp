#include "host_api/heritage.hpp"

#include <fmt/format.h>

#include "host_api/host.hpp"

namespace wasm_bpf::host_api {
namespace {

// Of the kernel's: they are made for one object's code, or lie where one guest's memory does.
constexpr std::uint32_t struct_ops_map = 26, arena_map = 33;

bool is_handed_over(const bpf::Map& map) {
    return !map.is_global_data() && map.shape().type != struct_ops_map && map.shape().type != arena_map;
}

bool have_same_shape(const bpf::MapShape& a, const bpf::MapShape& b) {
    return a.type == b.type && a.key_size == b.key_size && a.value_size == b.value_size &&
           a.max_entries == b.max_entries && a.map_flags == b.map_flags && a.map_extra == b.map_extra;
}

}  // namespace

void Heritage::give_maps(HostObject& object, const LogSink& log) {
    const auto old_map = [&](const std::string& name) {
        const bpf::Map* found = nullptr;
        old_.handles.for_each<std::unique_ptr<HostObject>>([&](const auto& old) {
            if (const bpf::Map* map = old->object->find_map(name); map != nullptr && map->fd() >= 0) found = map;
        });
        return found;
    };
    for (bpf::Map& map : object.object->maps()) {
        if (!map.autocreate() || map.reused() || !map.pin_path().empty() || !is_handed_over(map)) continue;
        const bpf::Map* old = old_map(map.name());
        if (old == nullptr) continue;
        // A ring buffer's size is rounded by the kernel, and so on: what the old one was asked to be is not known any
        // more.
        const auto taken = have_same_shape(map.shape(), old->shape())
                               ? map.reuse(*old)
                               : fail(EINVAL, "its type, sizes or flags are others now");
        if (!taken)
            log(LogLevel::warning, fmt::format("map \"{}\" is not taken over from the version before: {}", map.name(),
                                               taken.error().message));
    }
}

bpf::Link* Heritage::find(const bpf::Program& program, const bpf::AttachTarget& target) {
    bpf::Link* found = nullptr;
    old_.handles.for_each<bpf::Link>([&](bpf::Link& link) {
        const auto& attachment = link.attachment();
        if (attachment && attachment->program == program.name() && attachment->is_at(target)) found = &link;
    });
    return found;
}

std::optional<bpf::Link> Heritage::give_link(const bpf::Program& program, const bpf::AttachTarget& target) {
    bpf::Link* link = find(program, target);
    if (link == nullptr) return std::nullopt;
    bpf::Fd old_program = link->program();
    if (auto updated = link->update_program(program.fd()); !updated) return std::nullopt;
    given_.push_back({link, link->attachment(), std::move(old_program)});
    return std::move(*link);
}

void Heritage::end_link(const bpf::Program& program, const bpf::AttachTarget& target) {
    bpf::Link* link = find(program, target);
    if (link == nullptr) return;
    link->suspend();
    ended_.push_back(link);
}

Result<> Heritage::take_back(HandleTable& taker) {
    Result<> all;
    const auto note = [&](Result<> done) {
        if (all && !done) all = std::move(done);
    };
    for (Given& given : given_) {
        bpf::Link* now = nullptr;
        taker.for_each<bpf::Link>([&](bpf::Link& link) {
            if (link.attachment() && link.attachment()->program == given.attachment->program &&
                given.attachment->is_at(link.attachment()->target))
                now = &link;
        });
        if (now != nullptr) {
            note(now->update_program(given.old_program.get()));
            *given.old_place = std::move(*now);
            given.old_place->set_attachment(given.attachment);
        } else {
            given.old_place->set_suspended(given.attachment);  // the new guest closed it
            note(given.old_place->resume());
        }
    }
    for (bpf::Link* link : ended_) note(link->resume());
    given_.clear();
    ended_.clear();
    return all;
}

}  // namespace wasm_bpf::host_api
