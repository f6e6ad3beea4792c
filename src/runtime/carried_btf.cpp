#include "runtime/carried_btf.hpp"

#include <sys/utsname.h>

#include <algorithm>

#include <fmt/format.h>

#include "bpf/btf_check.hpp"
#include "wasm_file/carried_btf.hpp"

namespace wasm_bpf::runtime {
namespace {

Result<ReadableFile> file_of(const wasm_file::CarriedBtf& carried) {
    if (auto sound = bpf::check_raw_btf(carried.btf); !sound) return std::unexpected(std::move(sound).error());
    return ReadableFile::copy_of(carried.btf);
}

}  // namespace

CarriedKernelTypes carried_kernel_types(std::span<const std::byte> module) {
    const auto all = wasm_file::carried_btfs(module);
    if (!all) return {{}, "what the module carries cannot be read: " + all.error().message};
    if (all->empty()) return {{}, "the module carries none"};
    utsname names{};
    ::uname(&names);
    const wasm_file::CarriedBtf running{names.release, names.machine, {}};
    const auto found = std::ranges::find_if(*all, [&](const auto& each) { return each.same_kernel(running); });
    if (found == all->end())
        return {{},
                fmt::format("the module carries that of {} only, not of {} ({})", wasm_file::kernels_text(*all),
                            names.release, names.machine)};
    auto file = file_of(*found);
    if (!file) return {{}, "what the module carries for it cannot be used: " + file.error().message};
    return {std::move(*file), ""};
}

}  // namespace wasm_bpf::runtime
