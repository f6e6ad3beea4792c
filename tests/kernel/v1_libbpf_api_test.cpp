// libbpf's API as guests have it, where no other test has the functions.

#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "v1_guest.hpp"

namespace wasm_bpf::test {
namespace {

namespace fs = std::filesystem;

// A kernel module with BTF of its own, or "-".
std::string module_with_btf() {
    for (const auto& entry : fs::directory_iterator("/sys/kernel/btf"))
        if (entry.path().filename() != "vmlinux") return entry.path().filename();
    return "-";
}

TEST(LibbpfApi, ReadsAndMakesBtf) {
    std::string folder = ::testing::TempDir() + "wasm-bpf-btf-XXXXXX";
    ASSERT_NE(::mkdtemp(folder.data()), nullptr);
    const std::string object_folder = std::string(TEST_GUEST_DIR) + "/v1/.wasm-bpf/btf_api";
    expect_passes("btf_api", {module_with_btf(), "/object/btf_api.bpf.o", "/made"},
                  {"--dir", object_folder + "::/object:ro", "--dir", folder + "::/made"});
    fs::remove_all(folder);
}

TEST(LibbpfApi, HasTheLowLevelCalls) {
    const fs::path folder = "/sys/fs/bpf/wasm_bpf_calls_" + std::to_string(::getpid());
    expect_passes("libbpf_calls", {folder}, {"--allow", "pins=" + folder.string() + "/**"});
    std::error_code ignored;
    fs::remove_all(folder, ignored);
}

}  // namespace
}  // namespace wasm_bpf::test
