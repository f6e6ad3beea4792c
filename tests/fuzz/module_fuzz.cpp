// A file's bytes, a Wasm module or a BPF object: what `wasm-bpf inspect` and `wasm-bpf check` do with them, and
// wasm-bpf-min before its engine sees them.

#include "bpf/btf_check.hpp"
#include "engine/wasm_c_api/module_shape.hpp"
#include "inspect/check_report.hpp"
#include "inspect/contents_report.hpp"
#include "wasm_file/carried_btf.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace wasm_bpf;
    static const auto kernel = bpf::TargetKernel::described("/sys/kernel/btf/vmlinux", 0x60c00);
    const auto bytes = std::as_bytes(std::span(data, size));
    static_cast<void>(engine::shape_of(bytes));
    const auto contents = inspect::read_contents(bytes);
    // What a kernel without BTF would be given.
    if (const auto carried = wasm_file::carried_btfs(bytes))
        for (const auto& each : *carried) static_cast<void>(bpf::check_raw_btf(each.btf));
    if (!contents || !kernel) return 0;
    static_cast<void>(inspect::contents_text(*contents, "fuzzed"));
    static_cast<void>(inspect::contents_json(*contents, "fuzzed"));
    static_cast<void>(inspect::check_json(inspect::check(*contents, *kernel), "fuzzed"));
    return 0;
}
