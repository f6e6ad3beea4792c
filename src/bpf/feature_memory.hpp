#pragma once
// What the running kernel has, remembered: libbpf tries out about fifteen features at each process's first load, by
// loading small programs, maps and types (docs/decisions/0006-remembered-btf.md).

#include <cstdint>

#include "bpf/answer_store.hpp"

namespace wasm_bpf::bpf {

// While it lives, libbpf on this thread does not try again what it once found on this kernel. What it did not find, it
// tries each time: that may have been for want of a privilege or of memory.
class FeatureMemory {
public:
    // A null store, which must outlive this, remembers nothing.
    explicit FeatureMemory(const AnswerStore* store);
    ~FeatureMemory();
    FeatureMemory(const FeatureMemory&) = delete;
    FeatureMemory& operator=(const FeatureMemory&) = delete;

    // Whether the kernel has a feature, by libbpf's own number of it. To be called by its hook.
    [[nodiscard]] bool has(std::uint32_t feature, bool (*try_out)(std::uint32_t feature));

    // Of the calling thread; null where there is none.
    [[nodiscard]] static FeatureMemory* current();

private:
    [[nodiscard]] AnswerStore::Question question() const;
    void recall();

    const AnswerStore* store_;
    std::string key_;               // the kernel and libbpf; empty before the first question
    std::uint64_t remembered_ = 0;  // a bit a feature
    std::uint64_t found_ = 0;       // of them and since
    FeatureMemory* outer_;
};

}  // namespace wasm_bpf::bpf
