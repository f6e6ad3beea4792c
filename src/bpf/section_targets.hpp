#pragma once
// The sections whose name does not say where their programs attach, and how one string names the place for each: what
// version 0's attach call takes.

#include <string>
#include <string_view>

#include "bpf/link.hpp"
#include "wasm_bpf/error.hpp"

namespace wasm_bpf::bpf {

struct SectionTarget {
    std::string_view section;
    enum Match { alone, with_suffix } match;  // `with_suffix`: also "section/anything"
    const char* needs;                        // what the target must be, for a person
    // Reads the string; null where no string can name such a target.
    Result<AttachTarget> (*read)(std::string_view section, const std::string& text);
};

// Null where the section's name says it all, or where libbpf alone knows the section.
[[nodiscard]] const SectionTarget* find_section_target(std::string_view section);

// What a program of that section is attached to by `target`, said in full: kind `automatic` becomes what the section's
// name says, `by_section` what `target.path` means to the section (one that needs none takes no notice of it, as in the
// older runtimes), and others are what they are. EINVAL, with what it must be, where one is missing or malformed.
Result<AttachTarget> resolve_target(std::string_view section, const AttachTarget& target);

}  // namespace wasm_bpf::bpf
