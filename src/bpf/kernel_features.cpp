#include "bpf/kernel_features.hpp"

#include <bpf/libbpf.h>
#include <linux/bpf.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <iterator>

#include "bpf/feature_versions.hpp"
#include "bpf/kernel_btf.hpp"
#include "bpf/privilege.hpp"

namespace wasm_bpf::bpf {
namespace {

#define HELPER_NAME(name, ...) #name,
constexpr const char* helper_names[] = {___BPF_FUNC_MAPPER(HELPER_NAME)};
#undef HELPER_NAME

std::string type_name(std::string prefix, const char* name, std::uint32_t number) {
    if (!name) return prefix + std::to_string(number);
    std::ranges::transform(std::string_view(name), std::back_inserter(prefix),
                           [](unsigned char c) { return std::toupper(c); });
    return prefix;
}

// The verifier's words for a helper that its kernel has no number for (kernel/bpf/verifier.c: check_helper_call).
std::string missing_helper(std::string_view verifier_log) {
    constexpr std::string_view words = "invalid func unknown#";
    const std::size_t at = verifier_log.find(words);
    if (at == verifier_log.npos) return {};
    const std::string_view digits = verifier_log.substr(at + words.size());
    std::uint32_t helper = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), helper);
    const std::string name = helper_name(helper);
    return no_feature(name.empty() ? "helper number " + std::to_string(helper) : "helper " + name,
                      helper_since(helper));
}

// Who takes a BPF token cannot probe: the probes have none. The kernel's BTF then says what it has a name for.
bool kernel_has_name(const std::string& enumerator) {
    const auto known =
        ask_kernel_btf({.about = BtfQuestion::About::enumerator, .name = {}, .member = enumerator, .module = {}});
    return known || known.error().errno_code != ENOENT;
}

std::string missing_program_type(const bpf_program* program) {
    const bpf_prog_type type = bpf_program__type(program);
    if (type == BPF_PROG_TYPE_UNSPEC) return {};
    const std::string name = type_name("BPF_PROG_TYPE_", libbpf_bpf_prog_type_str(type), type);
    const bool known =
        in_initial_user_namespace() ? libbpf_probe_bpf_prog_type(type, nullptr) != 0 : kernel_has_name(name);
    return known ? "" : no_feature(name, program_type_since(type));
}

// By the kernel's BTF: nothing else says why it refused.
std::string missing_attach_type(const bpf_program* program) {
    const bpf_attach_type type = bpf_program__expected_attach_type(program);
    const std::string since = attach_type_since(type);
    if (since.empty()) return {};
    const std::string name = type_name("BPF_", libbpf_bpf_attach_type_str(type), type);
    return kernel_has_name(name) ? "" : no_feature(name, since);
}

std::string missing_map_type_of(const bpf_object* object) {
    const bpf_map* map = nullptr;
    bpf_object__for_each_map(map, object) {
        if (!bpf_map__autocreate(map)) continue;
        if (std::string missing = missing_map_type(bpf_map__type(map)); !missing.empty()) return missing;
    }
    return {};
}

}  // namespace

std::string helper_name(std::uint32_t helper) {
    return helper < std::size(helper_names) ? std::string("bpf_") + helper_names[helper] : "";
}

std::string missing_map_type(std::uint32_t number) {
    const auto type = static_cast<bpf_map_type>(number);
    if (type == BPF_MAP_TYPE_UNSPEC) return {};
    const std::string name = type_name("BPF_MAP_TYPE_", libbpf_bpf_map_type_str(type), type);
    const bool known =
        in_initial_user_namespace() ? libbpf_probe_bpf_map_type(type, nullptr) != 0 : kernel_has_name(name);
    return known ? "" : no_feature(name, map_type_since(type));
}

std::string no_feature(std::string_view feature, std::string_view first_kernel) {
    std::string text = std::string("this kernel has no ").append(feature);
    if (!first_kernel.empty()) text.append(" (it came with Linux ").append(first_kernel).append(")");
    return text;
}

std::string missing_feature(const bpf_object* object, const bpf_program* refused, std::string_view verifier_log) {
    // Whoever got as far as the verifier's log has a type that the kernel knows, if not what it attaches to.
    std::string missing = !verifier_log.empty() ? missing_helper(verifier_log)
                          : refused             ? missing_program_type(refused)
                                                : missing_map_type_of(object);
    return missing.empty() && refused ? missing_attach_type(refused) : missing;
}

}  // namespace wasm_bpf::bpf
