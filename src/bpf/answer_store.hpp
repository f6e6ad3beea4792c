#pragma once
// What the running kernel answered once, kept for the next time (docs/decisions/0006-remembered-btf.md).

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace wasm_bpf::bpf {

// Where answers are kept, by the whole of their questions. What it gives back is trusted. Must be thread-safe.
class AnswerStore {
public:
    using Question = std::vector<std::span<const std::byte>>;  // its parts
    virtual ~AnswerStore() = default;
    [[nodiscard]] virtual std::optional<std::vector<std::byte>> find(const Question& question) const = 0;
    // Failures are its own business.
    virtual void keep(const Question& question, std::span<const std::byte> answer) const = 0;
};

// Tells the running kernel's build from every other; empty where it does not say which one it is, or has no BTF. For
// questions.
[[nodiscard]] const std::string& kernel_identity();

}  // namespace wasm_bpf::bpf
