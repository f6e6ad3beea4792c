#pragma once
// Uses of BPF's memory by types that are smaller in a guest than in BPF, which no struct of both sides shows: a single
// `unsigned long` as a map's value, a struct that the guest alone declares.

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "toolchain/bpf_memory_uses.hpp"
#include "toolchain/debug_types.hpp"
#include "toolchain/shared_layouts.hpp"

namespace wasm_bpf::toolchain {

struct MapSizes {
    std::string name;  // global data by its section: ".bss"
    std::size_t key_bytes = 0;
    std::size_t value_bytes = 0;  // 0: set before load, or the map has none
};

// One text for each use that reads or writes other memory than BPF does, as layout_conflicts() has them. `guest`: the
// types of the source whose uses they are; `maps`: those of all BPF objects. A use of a map that is not to be told from
// the others is held against each of them.
[[nodiscard]] std::vector<std::string> memory_use_conflicts(std::span<const BpfMemoryUse> uses, const DebugTypes& guest,
                                                            std::span<const MapSizes> maps,
                                                            const SharedTypesRule& rule);

}  // namespace wasm_bpf::toolchain
