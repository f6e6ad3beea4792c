#pragma once
// What an object's loading found in the running kernel's BTF, remembered: libbpf reads, checks and searches megabytes
// of types at each load, of which an object needs a few (docs/decisions/0006-remembered-btf.md).

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "bpf/answer_store.hpp"
#include "bpf/btf_trim.hpp"

struct bpf_object;

namespace wasm_bpf::bpf {

// While it lives, libbpf on this thread is given the trimmed BTF that an earlier load of the same object on the same
// kernel needed, in the place of the kernel's; where there is none, one is made of the kernel's for the next time.
class BtfMemory {
public:
    // `btf_ext` is the object's section. All must outlive it. A null store remembers nothing.
    BtfMemory(const AnswerStore* store, const bpf_object* object, std::span<const std::byte> btf_ext);
    ~BtfMemory();
    BtfMemory(const BtfMemory&) = delete;
    BtfMemory& operator=(const BtfMemory&) = delete;

    // What libbpf asks for: the kernel's types. To be called by its hook.
    [[nodiscard]] btf* kernel_types(btf* (*read)());
    // The kernel's own number of a type that libbpf knows by one of ours.
    [[nodiscard]] std::uint32_t kernel_number(std::uint32_t trimmed) const;

    // Of the calling thread; null where there is none.
    [[nodiscard]] static BtfMemory* current();

private:
    [[nodiscard]] AnswerStore::Question question() const;
    btf* use(std::span<const std::byte> answer);
    void remember(const btf* all) const;

    const AnswerStore* store_;
    const bpf_object* object_;
    std::span<const std::byte> btf_ext_;
    std::string key_;  // the kernel, and what is looked up by name
    std::vector<NamedType> named_;
    std::vector<TrimmedBtf::Number> numbers_;
    BtfMemory* outer_;
};

}  // namespace wasm_bpf::bpf
