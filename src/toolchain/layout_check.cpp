#include "toolchain/layout_check.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "toolchain/debug_types.hpp"
#include "toolchain/shared_layouts.hpp"

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

BuildResult<std::vector<DebugTypes>> read_types(const std::vector<fs::path>& listings) {
    std::vector<DebugTypes> types;
    for (const fs::path& listing : listings) {
        const Result<std::string> text = read_file(listing);
        if (!text) return std::unexpected(text.error());
        types.emplace_back(*text);
    }
    return types;
}

BuildResult<std::string> compare(const std::vector<fs::path>& bpf_listings, const std::vector<fs::path>& guest_listings,
                                 const SharedTypesRule& rule) {
    const auto bpf = read_types(bpf_listings);
    if (!bpf) return std::unexpected(bpf.error());
    const auto guest = read_types(guest_listings);
    if (!guest) return std::unexpected(guest.error());
    std::vector<std::string> conflicts;
    for (const DebugTypes& here : *guest)
        for (const DebugTypes& there : *bpf)
            for (std::string& conflict : layout_conflicts(there, here, rule))
                if (std::ranges::find(conflicts, conflict) == conflicts.end()) conflicts.push_back(std::move(conflict));
    if (conflicts.empty()) return "";
    return std::unexpected(BuildError(
        {EINVAL,
         fmt::format("the guest would read wrong fields\n{}\n"
                     "long, pointers and size_t have 8 bytes in BPF and 4 in Wasm. A struct that only one side uses: "
                     "--unshared NAME",
                     fmt::join(conflicts, ""))},
        BuildError::Cause::sources));
}

}  // namespace

BuildResult<> run_layout_check(const LayoutCheck& check, const Tools& tools, const fs::path& folder,
                               StepRunner& runner) {
    if (check.bpf_objects.empty() || check.guest_objects.empty()) return {};
    const auto list = [&](const std::vector<fs::path>& objects) -> BuildResult<std::vector<fs::path>> {
        std::vector<fs::path> listings;
        for (const fs::path& object : objects) {
            listings.push_back(folder / (object.filename().string() + ".dwarf"));
            const Step step{
                "list the types of " + object.string(), listings.back(), {object}, {tools.debug_lister, object}};
            if (BuildResult<> done = runner.run(step); !done) return std::unexpected(std::move(done.error()));
        }
        return listings;
    };
    const auto bpf = list(check.bpf_objects);
    if (!bpf) return std::unexpected(bpf.error());
    const auto guest = list(check.guest_objects);
    if (!guest) return std::unexpected(guest.error());

    Step step{"compare the structs that BPF and the guest share", folder / "layouts", *bpf, {"compare-layouts"}};
    step.inputs.insert(step.inputs.end(), guest->begin(), guest->end());
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
    return runner.make(step, [&] { return compare(*bpf, *guest, rule); });
}

}  // namespace wasm_bpf::toolchain
