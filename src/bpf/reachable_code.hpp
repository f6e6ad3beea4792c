#pragma once
// Which instructions the verifier would come to, given what the kernel has: it takes only one way from a branch whose
// outcome is known, so that a program may hold code for what another kernel has.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <set>
#include <utility>

#include "bpf/object_code.hpp"

namespace wasm_bpf::bpf {

// What an instruction loads once it is relocated.
struct LoadedValue {
    enum class Kind {
        unknown,
        constant,
        not_null,        // some address
        kernel_version,  // the address of LINUX_KERNEL_VERSION
    } kind = Kind::unknown;
    std::uint64_t number = 0;

    friend bool operator==(const LoadedValue&, const LoadedValue&) = default;
};

struct KernelAnswers {
    // Of an instruction with a CO-RE relocation; of a load of a name that the kernel resolves.
    std::function<LoadedValue(const CoreRelocation&)> core;
    std::function<LoadedValue(const ExternSymbol&)> external;
    std::uint32_t version = 0;  // 0: not known
};

using CodePlace = std::pair<std::size_t, std::size_t>;  // function, instruction

// All that are reached from the begin of `function`, in what it calls too. What runs depends on is not followed: an
// argument of a subprogram, or what is in memory, may be anything.
[[nodiscard]] std::set<CodePlace> reachable_code(const ObjectCode& code, std::size_t function,
                                                 const KernelAnswers& answers);

}  // namespace wasm_bpf::bpf
