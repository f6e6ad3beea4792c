#include "bpf/object.hpp"

#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "bpf/feature_memory.hpp"
#include "bpf/instructions.hpp"
#include "bpf/libbpf_messages.hpp"
#include "bpf/load_error.hpp"
#include "bpf/open_elf.hpp"
#include "bpf/program_logs.hpp"
#include "bpf/token.hpp"
#include "bpf/uprobe_link.hpp"

namespace wasm_bpf::bpf {
namespace {

constexpr std::size_t max_object_bytes = std::size_t{256} << 20;

const char* text_or_null(const std::string& text) { return text.empty() ? nullptr : text.c_str(); }

// Loads, and says where in the object's arena libbpf put the global variables: only skeletons are told.
int load_with_arena(bpf_object* object, bpf_map* arena, std::size_t& global_offset) {
    void* globals = nullptr;
    bpf_map_skeleton entry{.name = bpf_map__name(arena), .map = &arena, .mmaped = &globals, .link = nullptr};
    bpf_object_skeleton skeleton{};
    skeleton.sz = sizeof(skeleton);
    skeleton.name = bpf_object__name(object);
    skeleton.obj = &object;
    skeleton.map_cnt = 1;
    skeleton.map_skel_sz = sizeof(entry);
    skeleton.maps = &entry;
    const int error = bpf_object__load_skeleton(&skeleton);
    std::size_t bytes = 0;
    const void* start = bpf_map__initial_value(arena, &bytes);
    if (error == 0 && start != nullptr)
        global_offset =
            static_cast<std::size_t>(static_cast<std::byte*>(globals) - static_cast<const std::byte*>(start));
    return error;
}

// libbpf allows one.
bpf_map* arena_of(const bpf_object* object) {
    bpf_map* map = nullptr;
    bpf_object__for_each_map(map, object) if (bpf_map__type(map) == BPF_MAP_TYPE_ARENA) return map;
    return nullptr;
}

}  // namespace

Result<std::unique_ptr<Object>> Object::open(std::span<const std::byte> given, ObjectOptions options) {
    if (given.size() > max_object_bytes)
        return fail(E2BIG, fmt::format("a BPF object of {} bytes; {} are the most", given.size(), max_object_bytes));
    // What is checked must be what libbpf reads, whoever writes to the guest's memory in between.
    const std::vector<std::byte> elf(given.begin(), given.end());
    if (!options.btf_path.empty() && ::access(options.btf_path.c_str(), R_OK) != 0)
        return std::unexpected(errno_error(errno, "BTF file \"" + options.btf_path.string() + "\""));
    bpf_object_open_opts settings{};
    settings.sz = sizeof(settings);
    options.token_path = token_place(options.token_path);
    // libbpf would make one of the address of `elf`, which is nobody's business in an error text.
    settings.object_name = options.name.empty() ? "object" : options.name.c_str();
    settings.btf_custom_path = text_or_null(options.btf_path.native());
    settings.pin_root_path = text_or_null(options.pin_root.native());
    settings.bpf_token_path = text_or_null(options.token_path.native());
    settings.kconfig = text_or_null(options.kconfig);
    settings.kernel_log_level = options.kernel_log_level;
    settings.relaxed_maps = options.unknown_map_attributes == ObjectOptions::UnknownMapAttributes::ignored;

    auto object = open_elf(elf, settings);
    if (!object) return std::unexpected(std::move(object).error());
    std::shared_ptr<bpf_object> owned(*object, bpf_object__close);
    auto opened = std::unique_ptr<Object>(new Object(std::move(owned), std::move(options), subprogram_helpers(elf)));
    opened->kfuncs_ = declared_kfuncs(elf);
    if (opened->options_.btf_store != nullptr)
        each_section(elf, ".BTF.ext",
                     [&](std::span<const std::byte> bytes) { opened->btf_ext_.assign(bytes.begin(), bytes.end()); });
    return opened;
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
    // libbpf makes one of its own, and would say less about one that it cannot have.
    if (!options_.token_path.empty())
        if (auto token = create_token(options_.token_path); !token)
            return std::unexpected(std::move(token).error().in("load"));
    for (Map& map : maps_)
        if (auto taken = map.take_pinned(); !taken) return taken;
    const LibbpfMessages messages;
    prepare_uprobe_links(object_.get());
    for (Map& map : maps_)
        if (auto ready = map.prepare_for_load(); !ready) return ready;
    std::size_t global_offset = 0;
    bpf_map* arena = arena_of(object_.get());
    ProgramLogs logs(programs_);
    const FeatureMemory feature_memory(options_.btf_store.get());
    // A BTF file of the guest's or the user's stays what the types are taken from.
    const BtfMemory btf_memory(options_.btf_path.empty() ? options_.btf_store.get() : nullptr, object_.get(), btf_ext_);
    const int error =
        arena != nullptr ? load_with_arena(object_.get(), arena, global_offset) : bpf_object__load(object_.get());
    const bpf_program* failed = error != 0 ? failed_program(object_.get(), messages) : nullptr;
    for (Program& program : programs_) program.set_log(logs.take(program, program.raw() == failed));
    if (error != 0) {
        for (Map& map : maps_) map.load_failed();
        const auto program = std::ranges::find(programs_, failed, &Program::raw);
        const std::string_view log = program != programs_.end() ? program->log() : std::string_view();
        return std::unexpected(load_error(object_.get(), options_, {error, failed, log}, messages).in("load"));
    }
    loaded_ = true;
    for (Map& map : maps_) map.loaded(map.raw() == arena ? global_offset : 0);
    return pin_maps();
}

Result<> Object::pin_maps() {
    std::vector<Map*> pinned;
    for (Map& map : maps_) {
        const bool before = map.pinned();
        if (auto done = map.pin_at_load(); !done) {
            for (Map* other : pinned) std::ignore = other->unpin(other->pin_path());
            return done;
        }
        if (map.pinned() && !before) pinned.push_back(&map);
    }
    return {};
}

Map* Object::find_map(std::string_view name) {
    // A map that took the place of the object's own gave libbpf its name.
    auto map = std::ranges::find(maps_, name, &Map::name);
    if (map == maps_.end()) {
        const bpf_map* found = bpf_object__find_map_by_name(object_.get(), std::string(name).c_str());
        map = std::ranges::find(maps_, found, &Map::raw);
    }
    return map == maps_.end() ? nullptr : &*map;
}

Program* Object::find_program(std::string_view name) {
    const auto program = std::ranges::find(programs_, name, &Program::name);
    return program == programs_.end() ? nullptr : &*program;
}

std::span<const std::byte> Object::btf() const {
    const struct btf* types = bpf_object__btf(object_.get());
    std::uint32_t size = 0;
    const void* data = types != nullptr ? btf__raw_data(types, &size) : nullptr;
    return {static_cast<const std::byte*>(data), data != nullptr ? size : 0};
}

const ::btf* Object::libbpf_btf() const { return bpf_object__btf(object_.get()); }

int Object::btf_fd() const { return loaded_ ? bpf_object__btf_fd(object_.get()) : -1; }

std::string Object::name() const { return bpf_object__name(object_.get()); }

}  // namespace wasm_bpf::bpf
