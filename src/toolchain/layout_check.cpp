#include "toolchain/layout_check.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <span>
#include <string_view>
#include <system_error>

#include "bpf/describe.hpp"
#include "bpf/object_facts.hpp"
#include "skeleton/c_skeleton.hpp"
#include "toolchain/bpf_memory_uses.hpp"
#include "toolchain/debug_types.hpp"
#include "toolchain/memory_use_conflicts.hpp"
#include "toolchain/process.hpp"
#include "toolchain/shared_layouts.hpp"
#include "toolchain/syntax_tree.hpp"

namespace wasm_bpf::toolchain {
namespace {

namespace fs = std::filesystem;

// Canonical folders whose headers belong to the system, the compiler or us.
std::vector<fs::path> foreign_folders(const LayoutCheck& check, const Tools& tools) {
    std::vector<fs::path> folders = check.own_folders;
    std::error_code ignored;
    folders.insert(folders.end(), {"/usr/include", "/usr/lib", "/usr/local/include",
                                   fs::canonical(tools.clang, ignored).parent_path().parent_path() / "lib"});
    std::erase_if(folders, [](const fs::path& folder) { return folder.empty(); });
    for (fs::path& folder : folders) folder = fs::weakly_canonical(folder, ignored);
    return folders;
}

bool is_below(const fs::path& file, const fs::path& folder) {
    return std::ranges::mismatch(folder, file).in1 == folder.end();
}

// What the step compares: listings of each side's types, and of each of the guest's sources its uses of BPF's memory.
struct Listings {
    std::vector<fs::path> bpf, guest, uses;
};

BuildResult<std::vector<DebugTypes>> read_types(const std::vector<fs::path>& listings) {
    std::vector<DebugTypes> types;
    for (const fs::path& listing : listings) {
        const Result<std::string> text = read_file(listing);
        if (!text) return std::unexpected(text.error());
        types.emplace_back(*text);
    }
    return types;
}

// What guests share with the programs of the objects besides structs.
struct SharedMemory {
    std::vector<MapSizes> maps;
    std::set<std::string> sections;  // the types that skeletons give them: "struct tool_bpf__bss"
};

// Not so ring buffers and arenas, and struct_ops that no call reaches.
bool has_elements(const bpf::MapFacts& map) {
    return (map.key_size != 0 || map.value_size != 0) && map.struct_ops.empty();
}

BuildResult<SharedMemory> read_shared_memory(const std::vector<fs::path>& objects) {
    SharedMemory shared;
    for (const fs::path& object : objects) {
        const Result<std::string> elf = read_file(object);
        if (!elf) return std::unexpected(elf.error());
        const auto bytes = std::as_bytes(std::span(*elf));
        const auto facts = bpf::read_facts(bytes);
        if (!facts) return std::unexpected(facts.error());
        for (const bpf::MapFacts& map : facts->maps)
            if (has_elements(map)) shared.maps.push_back({map.name, map.key_size, map.value_size});
        fs::path stripped = object;
        if (constexpr std::string_view end = ".debug.bpf.o"; object.string().ends_with(end))
            stripped = object.string().substr(0, object.string().size() - end.size()) + ".bpf.o";
        const auto description = bpf::describe_object(bytes, skeleton::object_name(stripped));
        if (!description) return std::unexpected(description.error());
        for (const bpf::MapDescription& map : description->maps)
            if (map.is_global_data)
                shared.sections.insert(fmt::format("struct {}__{}", description->name, map.identifier));
    }
    return shared;
}

void add_new(std::vector<std::string>& texts, std::vector<std::string> more) {
    for (std::string& text : more)
        if (std::ranges::find(texts, text) == texts.end()) texts.push_back(std::move(text));
}

// Those of the uses of one of the guest's sources. What a struct's own text says already is left out.
BuildResult<> add_use_conflicts(const fs::path& list, const DebugTypes& guest, const SharedMemory& shared,
                                const SharedTypesRule& rule, std::vector<std::string>& conflicts) {
    const Result<std::string> text = read_file(list);
    if (!text) return std::unexpected(text.error());
    std::vector<BpfMemoryUse> uses = read_memory_uses(*text);
    std::erase_if(uses, [&](const BpfMemoryUse& use) {
        return std::ranges::any_of(conflicts, [&](const std::string& said) {
            return said.find(fmt::format(": error: {} does not lie", use.type)) != said.npos;
        });
    });
    add_new(conflicts, memory_use_conflicts(uses, guest, shared.maps, rule));
    return {};
}

BuildResult<std::string> compare(const Listings& listings, const SharedMemory& shared, const SharedTypesRule& rule) {
    const auto bpf = read_types(listings.bpf);
    if (!bpf) return std::unexpected(bpf.error());
    const auto guest = read_types(listings.guest);
    if (!guest) return std::unexpected(guest.error());
    std::vector<std::string> conflicts;
    for (const DebugTypes& here : *guest)
        for (const DebugTypes& there : *bpf) add_new(conflicts, layout_conflicts(there, here, rule));
    for (std::size_t i = 0; i < guest->size(); ++i)
        if (BuildResult<> read = add_use_conflicts(listings.uses[i], (*guest)[i], shared, rule, conflicts); !read)
            return std::unexpected(std::move(read.error()));
    if (conflicts.empty()) return "";
    return std::unexpected(BuildError(
        {EINVAL,
         fmt::format("the guest would read wrong fields\n{}\n"
                     "long, pointers and size_t have 8 bytes in BPF and 4 in Wasm. A struct that only one side uses: "
                     "--unshared NAME",
                     fmt::join(conflicts, ""))},
        BuildError::Cause::sources));
}

// The uses in one source. Found anew whenever its object, and so any of its headers, is made.
BuildResult<> list_uses(const GuestDebugObject& guest, const SharedMemory& shared, const fs::path& output,
                        StepRunner& runner) {
    Step step{"read the syntax of " + guest.object.string(), output, {guest.object}, guest.print_syntax};
    step.inputs.emplace_back("/proc/self/exe");
    return runner.make(step, [&]() -> BuildResult<std::string> {
        const Result<std::string> text = read_process(guest.print_syntax);
        if (!text) return std::unexpected(text.error());
        if (text->empty()) return std::unexpected(Error{EINVAL, "clang printed none"});
        return listed(bpf_memory_uses(SyntaxTree(*text), shared.sections));
    });
}

// Of every object, by what prints them.
BuildResult<Listings> list(const LayoutCheck& check, const SharedMemory& shared, const Tools& tools,
                           const fs::path& folder, StepRunner& runner) {
    Listings listings;
    const auto list_types = [&](const fs::path& object, std::vector<fs::path>& result) {
        result.push_back(folder / (object.filename().string() + ".dwarf"));
        return runner.run(
            {"list the types of " + object.string(), result.back(), {object}, {tools.debug_lister, object}});
    };
    for (const fs::path& object : check.bpf_objects)
        if (BuildResult<> done = list_types(object, listings.bpf); !done)
            return std::unexpected(std::move(done.error()));
    for (const GuestDebugObject& guest : check.guest_objects) {
        if (BuildResult<> done = list_types(guest.object, listings.guest); !done)
            return std::unexpected(std::move(done.error()));
        listings.uses.push_back(folder / (guest.object.filename().string() + ".uses"));
        if (BuildResult<> done = list_uses(guest, shared, listings.uses.back(), runner); !done)
            return std::unexpected(std::move(done.error()));
    }
    return listings;
}

}  // namespace

BuildResult<> run_layout_check(const LayoutCheck& check, const Tools& tools, const fs::path& folder,
                               StepRunner& runner) {
    if (check.bpf_objects.empty() || check.guest_objects.empty()) return {};
    const auto shared = read_shared_memory(check.bpf_objects);
    if (!shared) return std::unexpected(shared.error());
    const auto listings = list(check, *shared, tools, folder, runner);
    if (!listings) return std::unexpected(listings.error());

    Step step{"compare what BPF and the guest share", folder / "layouts", listings->bpf, {"compare-layouts"}};
    for (const std::vector<fs::path>* more : {&listings->guest, &listings->uses, &check.bpf_objects})
        std::ranges::copy(*more, std::back_inserter(step.inputs));
    step.inputs.emplace_back("/proc/self/exe");
    for (const fs::path& input : step.inputs) step.command.push_back(input);
    step.command.insert(step.command.end(), check.unshared.begin(), check.unshared.end());
    const std::vector<fs::path> folders = foreign_folders(check, tools);
    const SharedTypesRule rule{[&](const fs::path& file) {
                                   std::error_code ignored;
                                   const fs::path canonical = fs::weakly_canonical(file, ignored);
                                   return !file.filename().string().starts_with("vmlinux") &&
                                          std::ranges::none_of(
                                              folders, [&](const fs::path& own) { return is_below(canonical, own); });
                               },
                               check.unshared};
    return runner.make(step, [&] { return compare(*listings, *shared, rule); });
}

}  // namespace wasm_bpf::toolchain
