#pragma once
// What a program can be attached to, and how: a row for each kind.

#include <string>
#include <string_view>
#include <vector>

#include "bpf/link.hpp"
#include "wasm_bpf/error.hpp"

struct bpf_program;

namespace wasm_bpf::bpf {

// The program must be loaded, the target resolved (Program::resolve). Interfaces are those of the calling thread's
// network namespace. The error's text starts with the target.
Result<Link> attach_program(bpf_program* program, const AttachTarget& target);

// One place that a target names, in words: what policy::AttachPlace asks about. Empty: the kind has no such thing.
struct AttachPlaceText {
    std::string kind;
    std::string function;   // with what is added to it, as "do_unlinkat+0x10"; of an address or offset alone: "0x1234"
    std::string binary;     // path as given: the policy follows links
    std::string interface;  // name
    std::string cgroup;     // path
    std::string network_namespace;  // "self" where it is the host's own; empty: one that was opened before
    std::string device;             // path
};

// "kprobe", "kprobe_multi", …; "trace" for all that attaches by BTF. Empty for a number that is no kind.
[[nodiscard]] std::string_view attach_kind_name(AttachKind kind);

// Every place that a resolved target names: one, or one for each function of a multi probe's list. Its kind is
// attach_kind_name(), but for `trace`: there it is what the program is, "fentry", "fexit", "fmod_ret", "fsession",
// "tp_btf" or "lsm"; and for an LSM program on a cgroup: "lsm_cgroup".
[[nodiscard]] std::vector<AttachPlaceText> attach_places(const bpf_program* program, const AttachTarget& target);

}  // namespace wasm_bpf::bpf
