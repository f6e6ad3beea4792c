#pragma once
// A folder with a small libbpf program, for tests of `wasm-bpf build`. TEST_COMMAND is the command's path
// (tests/CMakeLists.txt).

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace wasm_bpf {

namespace fs = std::filesystem;

struct Outcome {
    int exit_code;
    std::string output;  // of both streams
};

inline Outcome shell(const std::string& command) {
    FILE* pipe = popen((command + " 2>&1").c_str(), "r");
    std::string output;
    std::array<char, 4096> buffer;
    for (std::size_t count; (count = fread(buffer.data(), 1, buffer.size(), pipe)) > 0;)
        output.append(buffer.data(), count);
    return {WEXITSTATUS(pclose(pipe)), output};
}

inline std::string content(const fs::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

inline bool mentions(const std::string& text, const std::string& part) { return text.find(part) != text.npos; }

inline constexpr const char* bpf_source = R"(#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include "tiny.h"
struct seen seen;
SEC("tp/sched/sched_switch") int on_switch(void *context) { seen.count++; return 0; }
char LICENSE[] SEC("license") = "GPL";
)";

inline constexpr const char* guest_source = R"(#include <stdio.h>
#include <string.h>
#include "tiny.h"
#include "tiny.skel.h"
int main(void) {
    size_t size;
    return memcmp(tiny_bpf__elf_bytes(&size), "\177ELF", 4) || printf("%zu bytes of seen\n", sizeof(struct tiny_bpf__seen)) < 0;
}
)";

// A program whose loading takes the kernel's types, or the module's.
inline constexpr const char* core_bpf_source = R"(#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
struct task_struct { int tgid; } __attribute__((preserve_access_index));
int offset;
SEC("raw_tp/sys_enter") int on_call(void *context)
{
    struct task_struct *task = 0;
    offset = (long)__builtin_preserve_access_index(&task->tgid);
    return 0;
}
char LICENSE[] SEC("license") = "GPL";
)";

class Build : public testing::Test {
protected:
    Build() {
        std::string name = (fs::temp_directory_path() / "wasm_bpf_build.XXXXXX").string();
        folder_ = mkdtemp(name.data());
        write("tiny.h", "struct seen { long long count; };\n");
        write("tiny.bpf.c", bpf_source);
        write("tiny.c", guest_source);
    }
    ~Build() override { fs::remove_all(folder_); }

    void write(const std::string& name, const std::string& text) { std::ofstream(folder_ / name) << text; }

    [[nodiscard]] Outcome build(const std::string& arguments, const std::string& environment = "") const {
        return shell(fmt::format("cd {} && {} {} build {}", folder_.string(), environment, TEST_COMMAND, arguments));
    }
    [[nodiscard]] Outcome run(const std::string& module) const {
        return shell(fmt::format("cd {} && {} run {}", folder_.string(), TEST_COMMAND, module));
    }

    fs::path folder_;
};

}  // namespace wasm_bpf
