#pragma once
// What a BPF object holds and relies on, read without loading it.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "bpf/core_names.hpp"
#include "bpf/object_code.hpp"
#include "wasm_bpf/error.hpp"

namespace wasm_bpf::bpf {

struct ProgramFacts {
    std::string name, section;
    std::uint32_t type = 0;         // enum bpf_prog_type
    std::uint32_t attach_type = 0;  // enum bpf_attach_type that the section implies; 0 where it implies none
    // Where the section says it: "tracepoint" and "sched/sched_switch", "uprobe" and "/bin/sh:readline", "fentry" and
    // the function's name. An empty kind: it says nothing.
    std::string attach_kind, attach_place;
    std::string target_needed;           // where the section does not say it: "a cgroup"; empty where it does
    bool autoload = true;                // false: loaded only if the guest asks (`SEC("?…")`)
    std::size_t instruction_count = 0;   // its subprograms' too
    std::vector<std::uint32_t> helpers;  // enum bpf_func_id; its subprograms' too
    std::vector<std::string> kfuncs;
    std::size_t function = 0;  // index in ObjectFacts::code.functions; their number where it has none
};

struct MapFacts {
    std::string name;        // global data by its section
    std::uint32_t type = 0;  // enum bpf_map_type
    std::uint32_t key_size = 0, value_size = 0, max_entries = 0, flags = 0;
    std::string struct_ops;  // for one: the kernel's type that it implements, as "tcp_congestion_ops"
};

struct ObjectFacts {
    std::string source;   // file that most of its code came from; empty where it does not say
    std::string license;  // empty where it has none
    std::vector<ProgramFacts> programs;
    std::vector<MapFacts> maps;
    std::vector<CoreUse> core;  // each once, sorted; asks_only where no relocation needs more
    ObjectCode code;
};

// EINVAL, with the reason, for what is no BPF object or a malformed one. Takes no privilege, and nothing of the kernel.
[[nodiscard]] Result<ObjectFacts> read_facts(std::span<const std::byte> elf);

}  // namespace wasm_bpf::bpf
