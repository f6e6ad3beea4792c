#pragma once
// BPF tokens: what a process in a user namespace of its own loads programs and makes maps by (Linux 6.9). A BPF file
// system gives them, as far as its mount options say (delegate_cmds, delegate_maps, delegate_progs, delegate_attachs).

#include <cstdint>
#include <filesystem>
#include <map>
#include <string_view>

#include "bpf/fd.hpp"
#include "wasm_bpf/error.hpp"

struct bpf_program;

namespace wasm_bpf::bpf {

// A token of the BPF file system that is mounted at `place`. The error says whether it is the place, the kernel or this
// process that does not have what it takes.
[[nodiscard]] Result<Fd> create_token(const std::filesystem::path& place);

// Who is to give the token: `named`, else what the environment names, as for libbpf. Empty where neither does.
[[nodiscard]] std::filesystem::path token_place(const std::filesystem::path& named);

// Tokens by place, each made when it is first asked for. Not thread-safe.
class Tokens {
public:
    // -1 where no place is named and /sys/fs/bpf gives none.
    Result<int> of(const std::filesystem::path& named);

private:
    std::map<std::filesystem::path, Fd> tokens_;
};

// What the kernel refuses (EPERM) although a token was shown to it: programs of a type, or `null` and maps.
[[nodiscard]] Error refused_by_token(const bpf_program* program);

}  // namespace wasm_bpf::bpf
