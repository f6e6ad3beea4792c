// What a guest can ask about the running kernel.

#include <algorithm>

#include "bpf/feature_probe.hpp"
#include "bpf/kernel.hpp"
#include "bpf/kernel_btf.hpp"
#include "bpf/kernel_symbols.hpp"
#include "guest_abi/imports.hpp"
#include "host_api/binding.hpp"
#include "host_api/version_1.hpp"
#include "sdk/c/include/wasm_bpf/abi_types.h"

namespace wasm_bpf::host_api {
namespace {

using I32 = Result<std::int32_t>;

I32 kernel_version(Host&) { return static_cast<std::int32_t>(bpf::kernel_version()); }

I32 interface_name(Host& host, std::int32_t index, std::uint32_t name, std::uint32_t size) {
    const auto found = bpf::interface_name(index);
    if (!found) return std::unexpected(found.error());
    if (auto written = host.memory.write_text(name, size, *found, "interface_name"); !written)
        return std::unexpected(std::move(written).error());
    return static_cast<std::int32_t>(found->size());
}

Result<> interface_xdp(Host& host, std::int32_t index, std::uint32_t info, std::uint32_t size) {
    const auto found = bpf::interface_xdp(index);
    if (!found) return std::unexpected(found.error());
    const wasm_bpf_interface_xdp result{.features = found->features,
                                        .zero_copy_max_segments = found->zero_copy_max_segments,
                                        .attach_mode = found->attach_mode};
    return host.memory.write(info, size, result, "interface_xdp");
}

Result<bpf::BtfQuestion> btf_question(const Host& host, const wasm_bpf_btf_query& query) {
    using enum bpf::BtfQuestion::About;
    bpf::BtfQuestion question{};
    switch (query.kind) {
        case WASM_BPF_BTF_TYPE: question.about = type; break;
        case WASM_BPF_BTF_FIELD: question.about = field; break;
        case WASM_BPF_BTF_FUNCTION: question.about = function; break;
        case WASM_BPF_BTF_ENUM_VALUE: question.about = enumerator; break;
        default: return fail(EINVAL, fmt::format("btf_query: this host knows no kind {}", query.kind));
    }
    question.type_kind = query.type_kind;
    auto name = host.memory.text(query.name, query.name_size, "btf_query name");
    if (!name) return std::unexpected(std::move(name).error());
    auto member = host.memory.text(query.member, query.member_size, "btf_query member");
    if (!member) return std::unexpected(std::move(member).error());
    auto module = host.memory.text(query.module, query.module_size, "btf_query module");
    if (!module) return std::unexpected(std::move(module).error());
    question.name = std::move(*name);
    question.member = std::move(*member);
    question.module = std::move(*module);
    return question;
}

Result<> btf_query(Host& host, std::uint32_t offset) {
    auto query = host.memory.sized_struct<wasm_bpf_btf_query>(offset, "btf_query");
    if (!query) return std::unexpected(std::move(query).error());
    const auto question = btf_question(host, *query);
    if (!question) return std::unexpected(question.error());
    const auto answer = bpf::ask_kernel_btf(*question);
    if (!answer) return std::unexpected(answer.error());
    query->type_id = answer->type_id;
    query->found_kind = answer->kind;
    query->bit_offset = answer->bit_offset;
    query->bit_size = answer->bit_size;
    query->byte_size = answer->byte_size;
    query->value = answer->value;
    return host.memory.write(offset, query->size, *query, "btf_query");
}

I32 btf_read(Host& host, Handle handle, std::uint32_t module, std::uint32_t module_size, std::uint32_t data,
             std::uint32_t size) {
    auto name = host.memory.text(module, module_size, "btf_read module");
    if (!name) return std::unexpected(std::move(name).error());
    auto room = host.memory.bytes(data, size, "btf_read data");
    if (!room) return std::unexpected(std::move(room).error());
    if (handle == 0) {
        const auto full_size = bpf::read_kernel_btf(*name, *room);
        if (!full_size) return std::unexpected(full_size.error());
        return static_cast<std::int32_t>(*full_size);
    }
    const HostObject* object = host.handles.object(handle);
    if (object == nullptr) return fail(EBADF, fmt::format("{} is no object of this guest's", handle));
    if (!name->empty()) return fail(EINVAL, "btf_read: an object's BTF is no module's");
    const auto types = object->object->btf();
    if (types.empty()) return fail(ENOENT, "the object has no BTF");
    std::ranges::copy(types.first(std::min(types.size(), room->size())), room->begin());
    return static_cast<std::int32_t>(types.size());
}

I32 feature_probe(Host&, std::uint32_t kind, std::uint32_t type, std::uint32_t helper) {
    bpf::Feature feature{};
    switch (kind) {
        case WASM_BPF_FEATURE_PROGRAM_TYPE: feature = bpf::Feature::program_type; break;
        case WASM_BPF_FEATURE_MAP_TYPE: feature = bpf::Feature::map_type; break;
        case WASM_BPF_FEATURE_HELPER: feature = bpf::Feature::helper; break;
        default: return fail(EINVAL, fmt::format("feature_probe: this host knows no kind {}", kind));
    }
    const auto found = bpf::probe_feature(feature, type, helper);
    if (!found) return std::unexpected(found.error());
    return *found ? 1 : 0;
}

Result<> kernel_symbol(Host& host, std::uint32_t name, std::uint32_t name_size, std::uint32_t address) {
    auto text = host.memory.text(name, name_size, "kernel_symbol");
    if (!text) return std::unexpected(std::move(text).error());
    if (auto allowed = host.options.policy.check_kernel_symbols(); !allowed) return allowed;
    const auto found = bpf::kernel_symbol(*text);
    if (!found) return std::unexpected(found.error());
    return host.memory.write(address, sizeof(found->address), found->address, "kernel_symbol");
}

Result<> kernel_symbol_at(Host& host, std::uint64_t address, std::uint32_t symbol, std::uint32_t size) {
    if (auto allowed = host.options.policy.check_kernel_symbols(); !allowed) return allowed;
    const auto found = bpf::kernel_symbol_at(address);
    if (!found) return std::unexpected(found.error());
    wasm_bpf_kernel_symbol result{};
    result.address = found->address;
    found->name.copy(result.name, sizeof(result.name) - 1);
    found->module.copy(result.module, sizeof(result.module) - 1);
    return host.memory.write(symbol, size, result, "kernel_symbol_at");
}

}  // namespace

std::vector<engine::HostImport> kernel_fact_imports() {
    constexpr auto module = guest_abi::version_1;
    return {
        bind<kernel_version>(module, "kernel_version"),
        bind<interface_name>(module, "interface_name"),
        bind<interface_xdp>(module, "interface_xdp"),
        bind<btf_query>(module, "btf_query"),
        bind<btf_read>(module, "btf_read"),
        bind<feature_probe>(module, "feature_probe"),
        bind<kernel_symbol>(module, "kernel_symbol"),
        bind<kernel_symbol_at>(module, "kernel_symbol_at"),
    };
}

}  // namespace wasm_bpf::host_api
