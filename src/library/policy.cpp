#include "wasm_bpf/policy.hpp"

#include "policy/policy.hpp"

namespace wasm_bpf {
namespace {

Result<Policy> made(Result<policy::Policy> policy, auto make) {
    if (!policy) return std::unexpected(std::move(policy).error());
    return make(std::move(*policy));
}

}  // namespace

Policy::Policy() : policy_(std::make_unique<policy::Policy>()) {}
Policy::Policy(policy::Policy policy) : policy_(std::make_unique<policy::Policy>(std::move(policy))) {}
Policy::Policy(const Policy& other) : policy_(std::make_unique<policy::Policy>(*other.policy_)) {}
Policy& Policy::operator=(const Policy& other) {
    if (this != &other) policy_ = std::make_unique<policy::Policy>(*other.policy_);
    return *this;
}
Policy::Policy(Policy&&) noexcept = default;
Policy& Policy::operator=(Policy&&) noexcept = default;
Policy::~Policy() = default;

Policy Policy::command_default() { return Policy(policy::Policy::command_default()); }

Result<Policy> Policy::parse(std::string_view text, std::string_view source) {
    return made(policy::Policy::parse(text, source), [](policy::Policy policy) { return Policy(std::move(policy)); });
}

Result<Policy> Policy::read(const std::filesystem::path& file) {
    return made(policy::Policy::read(file), [](policy::Policy policy) { return Policy(std::move(policy)); });
}

Result<> Policy::allow(std::string_view text) { return policy_->allow(text); }
Result<> Policy::deny(std::string_view text) { return policy_->deny(text); }

void Policy::on_denial(OnDenial on_denial) {
    policy_->on_denial(on_denial == OnDenial::end_guest ? policy::Policy::OnDenial::end_guest
                                                        : policy::Policy::OnDenial::fail_call);
}

}  // namespace wasm_bpf
