#include "bpf/feature_memory.hpp"

#include <bpf/libbpf.h>

#include <cstring>
#include <string_view>

#include <fmt/format.h>

namespace wasm_bpf::bpf {
namespace {

// Changes with how it is answered; the numbers of the features are libbpf's own, of one version.
constexpr std::string_view format_version = "wasm-bpf kernel features 1, libbpf ";

thread_local FeatureMemory* current_memory = nullptr;

}  // namespace

FeatureMemory::FeatureMemory(const AnswerStore* store) : store_(store), outer_(current_memory) {
    current_memory = this;
}

FeatureMemory::~FeatureMemory() {
    if (found_ != remembered_) store_->keep(question(), std::as_bytes(std::span(&found_, 1)));
    current_memory = outer_;
}

FeatureMemory* FeatureMemory::current() { return current_memory; }

AnswerStore::Question FeatureMemory::question() const { return {std::as_bytes(std::span(key_))}; }

void FeatureMemory::recall() {
    key_ = fmt::format("{}{}\n{}", format_version, libbpf_version_string(), kernel_identity());
    const auto answer = store_->find(question());
    if (answer && answer->size() == sizeof(remembered_)) std::memcpy(&remembered_, answer->data(), sizeof(remembered_));
    found_ = remembered_;
}

bool FeatureMemory::has(std::uint32_t feature, bool (*try_out)(std::uint32_t feature)) {
    if (store_ == nullptr || feature >= 64 || kernel_identity().empty()) return try_out(feature);
    if (key_.empty()) recall();
    const std::uint64_t bit = std::uint64_t{1} << feature;
    if ((found_ & bit) == 0 && try_out(feature)) found_ |= bit;
    return (found_ & bit) != 0;
}

}  // namespace wasm_bpf::bpf

// libbpf's question by one of its files to another, as in btf_memory.cpp. One with a cache of its own is for an object
// with a token. NOLINTBEGIN(bugprone-reserved-identifier)
extern "C" {
struct kern_feature_cache;
bool __real_feat_supported(kern_feature_cache* cache, std::uint32_t feature);

bool __wrap_feat_supported(kern_feature_cache* cache, std::uint32_t feature) {
    auto* memory = cache == nullptr ? wasm_bpf::bpf::FeatureMemory::current() : nullptr;
    if (memory == nullptr) return __real_feat_supported(cache, feature);
    return memory->has(feature, [](std::uint32_t each) { return __real_feat_supported(nullptr, each); });
}
}
// NOLINTEND(bugprone-reserved-identifier)
