#include "bpf/object.hpp"

#include <bpf/libbpf.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include <fmt/format.h>

#include "bpf/instructions.hpp"
#include "bpf/libbpf_messages.hpp"
#include "bpf/load_error.hpp"
#include "bpf/open_elf.hpp"
#include "bpf/uprobe_link.hpp"

namespace wasm_bpf::bpf {
namespace {

// A map that is pinned by its name would be shared with whoever pinned one of that name, and outlive its guest.
Result<> refuse_pinned_maps(const bpf_object* object) {
    const bpf_map* map = nullptr;
    bpf_object__for_each_map(map, object) {
        if (bpf_map__pin_path(map) != nullptr)
            return fail(EPERM,
                        fmt::format("map \"{}\" asks to be pinned, and guests may not pin: take \"pinning\" out of its "
                                    "definition",
                                    printable(bpf_map__name(map))));
    }
    return {};
}

}  // namespace

Result<std::unique_ptr<Object>> Object::open(std::span<const std::byte> elf, ObjectOptions options) {
    if (!options.btf_path.empty() && ::access(options.btf_path.c_str(), R_OK) != 0)
        return std::unexpected(errno_error(errno, "BTF file \"" + options.btf_path.string() + "\""));
    bpf_object_open_opts settings{};
    settings.sz = sizeof(settings);
    // libbpf would make one of the address of `elf`, which is nobody's business in an error text.
    settings.object_name = options.name.empty() ? "object" : options.name.c_str();
    settings.btf_custom_path = options.btf_path.empty() ? nullptr : options.btf_path.c_str();

    auto object = open_elf(elf, settings);
    if (!object) return std::unexpected(std::move(object).error());
    std::shared_ptr<bpf_object> owned(*object, bpf_object__close);
    if (auto unpinned = refuse_pinned_maps(*object); !unpinned) return std::unexpected(std::move(unpinned).error());
    return std::unique_ptr<Object>(new Object(std::move(owned), std::move(options), subprogram_helpers(elf)));
}

Object::Object(std::shared_ptr<bpf_object> object, ObjectOptions options,
               const std::vector<std::uint32_t>& text_helpers)
    : object_(std::move(object)), options_(std::move(options)) {
    bpf_map* map = nullptr;
    bpf_object__for_each_map(map, object_.get()) maps_.emplace_back(map);
    bpf_program* program = nullptr;
    bpf_object__for_each_program(program, object_.get()) {
        // A traffic control action cannot be attached by itself. As a filter that acts directly (all that tcx has),
        // the same program can: both types have the same context and helpers.
        if (bpf_program__type(program) == BPF_PROG_TYPE_SCHED_ACT)
            bpf_program__set_type(program, BPF_PROG_TYPE_SCHED_CLS);
        programs_.emplace_back(program, object_, text_helpers);
    }
}

Object::~Object() = default;

Result<> Object::load() {
    const LibbpfMessages messages;
    prepare_uprobe_links(object_.get());
    if (const int error = bpf_object__load(object_.get()); error != 0)
        return std::unexpected(load_error(object_.get(), options_, error, messages).in("load"));
    loaded_ = true;
    for (Map& map : maps_) map.refresh();
    return {};
}

Map* Object::find_map(std::string_view name) {
    const bpf_map* found = bpf_object__find_map_by_name(object_.get(), std::string(name).c_str());
    const auto map = std::ranges::find(maps_, found, &Map::raw);
    return map == maps_.end() ? nullptr : &*map;
}

Program* Object::find_program(std::string_view name) {
    const auto program = std::ranges::find(programs_, name, &Program::name);
    return program == programs_.end() ? nullptr : &*program;
}

std::string Object::name() const { return bpf_object__name(object_.get()); }

}  // namespace wasm_bpf::bpf
