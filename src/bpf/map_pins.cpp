// Maps in a BPF file system. What an object's load pins is pinned here, in the place of libbpf.

#include <bpf/libbpf.h>
#include <linux/bpf.h>

#include <cerrno>

#include <fmt/format.h>

#include "api/printable.hpp"
#include "bpf/map.hpp"
#include "bpf/pin.hpp"

namespace wasm_bpf::bpf {
namespace {

// As libbpf decides it (map_is_reuse_compat).
bool takes_the_place_of(const MapShape& wanted, MapShape pinned) {
    // The kernel says so of every map of this kind.
    if (wanted.type == BPF_MAP_TYPE_DEVMAP || wanted.type == BPF_MAP_TYPE_DEVMAP_HASH)
        pinned.map_flags &= ~static_cast<std::uint32_t>(BPF_F_RDONLY_PROG);
    return wanted.type == pinned.type && wanted.key_size == pinned.key_size && wanted.value_size == pinned.value_size &&
           wanted.max_entries == pinned.max_entries && wanted.map_flags == pinned.map_flags &&
           wanted.map_extra == pinned.map_extra;
}

}  // namespace

Result<> Map::set_pin_path(std::string path) {
    if (map_ == nullptr || fd_ >= 0)
        return fail(
            EBUSY, fmt::format("set the pin path of map \"{}\": it is made already: pin it instead", printable(name_)));
    pin_path_ = std::move(path);
    return {};
}

Result<> Map::take_pinned() {
    if (pin_path_.empty() || fd_ >= 0 || !bpf_map__autocreate(map_)) return {};
    auto fd = open_pinned(pin_path_, PinnedKind::map, 0);
    if (!fd && fd.error().errno_code == ENOENT) return {};
    if (!fd) return std::unexpected(std::move(fd).error());
    auto pinned = adopt(std::move(*fd));
    if (!pinned) return std::unexpected(std::move(pinned).error());
    if (is_struct_ops() || !takes_the_place_of(shape_, (*pinned)->shape()))
        return fail(EINVAL, fmt::format("map \"{}\" is pinned at \"{}\" with another type or other sizes: unpin it, or "
                                        "choose another path",
                                        printable(name_), printable(pin_path_)));
    if (auto taken = reuse(**pinned); !taken) return taken;
    pinned_ = true;
    return {};
}

Result<> Map::pin_at_load() {
    if (pin_path_.empty() || pinned_ || fd_ < 0) return {};
    return pin(pin_path_);
}

Result<> Map::pin(const std::string& path) {
    if (fd_ < 0) return fail(EBADF, fmt::format("pin map \"{}\": it is not made yet", printable(name_)));
    if (auto done = pin_fd(fd_, path); !done)
        return std::unexpected(std::move(done).error().in(fmt::format("map \"{}\"", printable(name_))));
    pin_path_ = path;
    pinned_ = true;
    return {};
}

Result<> Map::unpin(const std::string& path) {
    if (fd_ < 0) return fail(EBADF, fmt::format("unpin map \"{}\": it is not made yet", printable(name_)));
    if (auto done = unpin_fd(fd_, path); !done) return done;
    if (path == pin_path_) pinned_ = false;
    return {};
}

}  // namespace wasm_bpf::bpf
