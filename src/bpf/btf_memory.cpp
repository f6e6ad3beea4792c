#include "bpf/btf_memory.hpp"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include <algorithm>
#include <cstring>
#include <string_view>

#include <fmt/format.h>

namespace wasm_bpf::bpf {
namespace {

// Changes with what is asked, how it is answered, and what libbpf asks for: entries of another are never used.
constexpr std::string_view format_version = "wasm-bpf kernel types 1, libbpf ";

thread_local BtfMemory* current_memory = nullptr;

// What libbpf puts before a section's name to get the name in BTF (libbpf.c: btf_get_kernel_prefix_kind).
NamedType attach_name(bpf_attach_type type, const char* name) {
    switch (type) {
        case BPF_TRACE_RAW_TP: return {BTF_KIND_TYPEDEF, std::string("btf_trace_") + name};
        case BPF_LSM_MAC:
        case BPF_LSM_CGROUP: return {BTF_KIND_FUNC, std::string("bpf_lsm_") + name};
        case BPF_TRACE_ITER: return {BTF_KIND_FUNC, std::string("bpf_iter_") + name};
        default: return {BTF_KIND_FUNC, name};
    }
}

// What the programs that are loaded attach to by BTF.
std::vector<NamedType> attach_names(const bpf_object* object) {
    std::vector<NamedType> names;
    bpf_program* program = nullptr;
    bpf_object__for_each_program(program, object) {
        const bpf_prog_type type = bpf_program__type(program);
        if (!bpf_program__autoload(program) || (type != BPF_PROG_TYPE_TRACING && type != BPF_PROG_TYPE_LSM)) continue;
        const char* name = std::strchr(bpf_program__section_name(program), '/');
        if (name != nullptr) names.push_back(attach_name(bpf_program__expected_attach_type(program), name + 1));
    }
    return names;
}

// Kernel functions and typed variables of the kernel are named in instructions by their numbers, and struct_ops are
// copied by the kernel's layout: those take the kernel's own types.
bool needs_all(const bpf_object* object) {
    bpf_map* map = nullptr;
    bpf_object__for_each_map(map, object) if (bpf_map__type(map) == BPF_MAP_TYPE_STRUCT_OPS) return true;
    bpf_program* program = nullptr;
    bpf_object__for_each_program(program,
                                 object) if (bpf_program__type(program) == BPF_PROG_TYPE_STRUCT_OPS) return true;
    const btf* types = bpf_object__btf(object);
    for (std::uint32_t id = 1; types != nullptr && id < btf__type_cnt(types); id++) {
        const btf_type* type = btf__type_by_id(types, id);
        if (!btf_is_datasec(type)) continue;
        const char* name = btf__str_by_offset(types, type->name_off);
        if (name != nullptr && std::strcmp(name, ".ksyms") == 0) return true;
    }
    return false;
}

}  // namespace

BtfMemory::BtfMemory(const AnswerStore* store, const bpf_object* object, std::span<const std::byte> btf_ext)
    : store_(store), object_(object), btf_ext_(btf_ext), outer_(current_memory) {
    current_memory = this;
}

BtfMemory::~BtfMemory() { current_memory = outer_; }

BtfMemory* BtfMemory::current() { return current_memory; }

btf* BtfMemory::kernel_types(btf* (*read)()) {
    const std::string kernel = store_ != nullptr && !needs_all(object_) ? kernel_identity() : std::string();
    if (kernel.empty()) return read();
    named_ = attach_names(object_);
    key_ = std::string(format_version) + libbpf_version_string() + "\n" + kernel;
    for (const NamedType& each : named_) key_ += fmt::format("\n{} {}", each.kind, each.name);
    if (const auto answer = store_->find(question())) {
        if (btf* remembered = use(*answer)) return remembered;
    } else if (btf* all = read()) {
        remember(all);
        return all;
    }
    return read();
}

AnswerStore::Question BtfMemory::question() const {
    const btf* types = bpf_object__btf(object_);
    std::uint32_t size = 0;
    const auto* raw = types != nullptr ? static_cast<const std::byte*>(btf__raw_data(types, &size)) : nullptr;
    return {std::as_bytes(std::span(key_)), {raw, size}, btf_ext_};
}

// An answer: as many numbers as there are names, and the trimmed BTF; nothing where the whole BTF is needed.
btf* BtfMemory::use(std::span<const std::byte> answer) {
    std::vector<TrimmedBtf::Number> numbers(named_.size());
    const std::size_t numbers_size = numbers.size() * sizeof(numbers[0]);
    if (answer.size() <= numbers_size) return nullptr;
    if (numbers_size > 0) std::memcpy(numbers.data(), answer.data(), numbers_size);
    const auto bytes = answer.subspan(numbers_size);
    btf* remembered = btf__new(bytes.data(), static_cast<std::uint32_t>(bytes.size()));
    if (remembered != nullptr) numbers_ = std::move(numbers);
    return remembered;
}

void BtfMemory::remember(const btf* all) const {
    const btf* types = bpf_object__btf(object_);
    BtfNeeds needs{types, {}, named_};
    if (types != nullptr) needs.relocations = core_relocations(types, btf_ext_);
    const auto trimmed = trim_btf(all, {&needs, 1});
    if (!trimmed) return;
    std::vector<std::byte> answer;
    if (trimmed->complete && !trimmed->numbers_used) {
        const auto numbers = std::as_bytes(std::span(trimmed->numbers));
        answer.assign(numbers.begin(), numbers.end());
        answer.insert(answer.end(), trimmed->bytes.begin(), trimmed->bytes.end());
    }
    store_->keep(question(), answer);
}

std::uint32_t BtfMemory::kernel_number(std::uint32_t trimmed) const {
    const auto number = std::ranges::find(numbers_, trimmed, &TrimmedBtf::Number::trimmed);
    return number != numbers_.end() ? number->kernel : trimmed;
}

}  // namespace wasm_bpf::bpf

// The linker leads libbpf's calls of NAME to __wrap_NAME, and ours of __real_NAME to libbpf (ld: --wrap;
// src/CMakeLists.txt). With a shared libbpf its own calls stay inside of it: nothing is remembered, and nothing else
// changes.
// NOLINTBEGIN(bugprone-reserved-identifier)
extern "C" {
btf* __real_btf__load_vmlinux_btf();
int __real_bpf_prog_load(bpf_prog_type type, const char* name, const char* license, const bpf_insn* instructions,
                         std::size_t count, bpf_prog_load_opts* options);

btf* __wrap_btf__load_vmlinux_btf() {
    auto* memory = wasm_bpf::bpf::BtfMemory::current();
    return memory != nullptr ? memory->kernel_types(__real_btf__load_vmlinux_btf) : __real_btf__load_vmlinux_btf();
}

int __wrap_bpf_prog_load(bpf_prog_type type, const char* name, const char* license, const bpf_insn* instructions,
                         std::size_t count, bpf_prog_load_opts* options) {
    const auto* memory = wasm_bpf::bpf::BtfMemory::current();
    const bool by_kernel_types = memory != nullptr && options != nullptr && options->sz == sizeof(*options) &&
                                 options->attach_btf_id != 0 && options->attach_btf_obj_fd == 0 &&
                                 options->attach_prog_fd == 0;
    if (!by_kernel_types) return __real_bpf_prog_load(type, name, license, instructions, count, options);
    // libbpf comes back with the same options where it wants to know why the kernel refused the program.
    bpf_prog_load_opts numbered = *options;
    numbered.attach_btf_id = memory->kernel_number(options->attach_btf_id);
    const int result = __real_bpf_prog_load(type, name, license, instructions, count, &numbered);
    options->log_true_size = numbered.log_true_size;
    return result;
}
}
// NOLINTEND(bugprone-reserved-identifier)
