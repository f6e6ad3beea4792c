// A file's bytes, a Wasm module or a BPF object: what `wasm-bpf inspect` and `wasm-bpf check` do with them.

#include "inspect/check_report.hpp"
#include "inspect/contents_report.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace wasm_bpf;
    static const auto kernel = bpf::TargetKernel::described("/sys/kernel/btf/vmlinux", 0x60c00);
    const auto contents = inspect::read_contents(std::as_bytes(std::span(data, size)));
    if (!contents || !kernel) return 0;
    static_cast<void>(inspect::contents_text(*contents, "fuzzed"));
    static_cast<void>(inspect::contents_json(*contents, "fuzzed"));
    static_cast<void>(inspect::check_json(inspect::check(*contents, *kernel), "fuzzed"));
    return 0;
}
