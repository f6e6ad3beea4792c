#pragma once
// The kinds of attachment that policies know, and what each must say of its place.

#include <span>
#include <string_view>

#include "policy/rules.hpp"

namespace wasm_bpf::policy {

struct AttachPlace;

// A part of a place that a rule is about.
struct PlacePart {
    std::string_view AttachPlace::* text;
    RuleId rule;
    // `when_given`: the kind does without; of the others what is not given counts as any.
    enum Need : unsigned char { always, when_given } need = always;
};

struct AttachKindRow {
    std::string_view name;
    std::span<const PlacePart> parts;
};

[[nodiscard]] std::span<const AttachKindRow> attach_kind_rows();
[[nodiscard]] std::span<const std::string_view> attach_kinds();
// Null for an unknown one.
[[nodiscard]] const AttachKindRow* find_attach_kind(std::string_view name);

}  // namespace wasm_bpf::policy
