#include "toolchain/carried_types.hpp"

#include <sys/utsname.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "bpf/btf_trim.hpp"
#include "toolchain/step.hpp"
#include "wasm_file/carried_btf.hpp"

namespace wasm_bpf::toolchain {
namespace {

namespace fs = std::filesystem;

// Folders of archives of BTF, and what uname calls these machines.
constexpr std::pair<std::string_view, std::string_view> machines[] = {
    {"x86_64", "x86_64"},   {"amd64", "x86_64"}, {"aarch64", "aarch64"}, {"arm64", "aarch64"},
    {"riscv64", "riscv64"}, {"s390x", "s390x"},  {"ppc64le", "ppc64le"}, {"loongarch64", "loongarch64"},
};

utsname this_machine() {
    utsname names{};
    ::uname(&names);
    return names;
}

std::string release_by_name(const fs::path& file) {
    std::error_code ignored;
    if (fs::weakly_canonical(file, ignored) == "/sys/kernel/btf/vmlinux") return this_machine().release;
    std::string name = file.filename();
    if (name.ends_with(".btf")) return name.substr(0, name.size() - 4);
    constexpr std::string_view image = "vmlinux-", debug = ".debug";
    if (!name.starts_with(image)) return "";
    name.erase(0, image.size());
    return name.ends_with(debug) ? name.substr(0, name.size() - debug.size()) : name;
}

std::string machine_by_folder(const fs::path& file) {
    std::error_code ignored;
    for (fs::path folder = fs::absolute(file, ignored).parent_path(); folder.has_relative_path();
         folder = folder.parent_path())
        for (const auto& [name, machine] : machines)
            if (folder.filename() == name) return std::string(machine);
    return this_machine().machine;
}

Result<KernelTypes> describe(const fs::path& file, std::string release, std::string machine) {
    if (release.empty()) release = release_by_name(file);
    if (release.empty())
        return fail(EINVAL, fmt::format("\"{0}\": its name does not say of which kernel it is: name it RELEASE.btf, or "
                                        "say so by {0}::RELEASE",
                                        file.string()));
    if (machine.empty()) machine = machine_by_folder(file);
    return KernelTypes{file, std::move(release), std::move(machine)};
}

Result<> add_folder(const fs::path& folder, const std::string& machine, std::vector<KernelTypes>& found) {
    std::vector<fs::path> files;
    std::error_code error;
    for (fs::recursive_directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error))
        if (entry->path().extension() == ".btf" && entry->is_regular_file(error)) files.push_back(entry->path());
    if (error) return std::unexpected(errno_error(error.value(), fmt::format("read \"{}\"", folder.string())));
    if (files.empty()) return fail(ENOENT, fmt::format("\"{}\" has no RELEASE.btf in it", folder.string()));
    std::ranges::sort(files);
    for (const fs::path& file : files) {
        auto kernel = describe(file, "", machine);
        if (!kernel) return std::unexpected(std::move(kernel).error());
        found.push_back(std::move(*kernel));
    }
    return {};
}

}  // namespace

Result<std::vector<KernelTypes>> find_kernel_types(const std::vector<std::string>& texts) {
    constexpr std::string_view colons = "::";
    std::vector<KernelTypes> found;
    for (const std::string& text : texts) {
        std::string parts[3];
        std::size_t start = 0;
        for (std::string& part : parts) {
            const std::size_t end = &part == &parts[2] ? text.npos : text.find(colons, start);
            part = text.substr(start, end == text.npos ? end : end - start);
            if (end == text.npos) break;
            start = end + colons.size();
        }
        std::error_code ignored;
        if (parts[1].empty() && fs::is_directory(parts[0], ignored)) {
            if (auto added = add_folder(parts[0], parts[2], found); !added)
                return std::unexpected(std::move(added).error());
            continue;
        }
        auto kernel = describe(parts[0], std::move(parts[1]), std::move(parts[2]));
        if (!kernel) return std::unexpected(std::move(kernel).error());
        found.push_back(std::move(*kernel));
    }
    return found;
}

Result<std::vector<std::byte>> carry_kernel_types(std::span<const std::byte> module,
                                                  std::span<const std::span<const std::byte>> objects,
                                                  std::span<const KernelTypes> kernels) {
    std::vector<std::vector<std::byte>> trimmed;
    std::vector<wasm_file::CarriedBtf> carried;
    trimmed.reserve(kernels.size());
    if (bpf::has_core_relocations(objects)) {
        for (const KernelTypes& kernel : kernels) {
            auto btf = bpf::min_btf(objects, kernel.file);
            if (!btf) return std::unexpected(std::move(btf).error());
            carried.push_back({kernel.release, kernel.machine, trimmed.emplace_back(std::move(*btf))});
        }
    }
    return wasm_file::with_carried_btfs(module, carried);
}

Result<std::string> carry_kernel_types(const fs::path& module, const std::vector<fs::path>& objects,
                                       std::span<const KernelTypes> kernels) {
    auto module_text = read_file(module);
    if (!module_text) return module_text;
    std::vector<std::string> texts;
    for (const fs::path& object : objects) {
        auto text = read_file(object);
        if (!text) return text;
        texts.push_back(std::move(*text));
    }
    std::vector<std::span<const std::byte>> contents;
    for (const std::string& text : texts) contents.push_back(std::as_bytes(std::span(text)));
    const auto carrying = carry_kernel_types(std::as_bytes(std::span(*module_text)), contents, kernels);
    if (!carrying) return std::unexpected(Error(carrying.error()).in(fmt::format("\"{}\"", module.string())));
    return std::string(reinterpret_cast<const char*>(carrying->data()), carrying->size());
}

}  // namespace wasm_bpf::toolchain
