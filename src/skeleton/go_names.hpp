#pragma once
// Names as Go has them, by the rules of bpf2go, and text as gofmt has it.

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace wasm_bpf::skeleton {

// "pkt_count" -> "PktCount", "MAX_PKTS" -> "MAX_PKTS": what Go calls exported.
[[nodiscard]] std::string go_identifier(std::string_view name);

// The part of an object's name that its types have: "live_config_bpf" -> "liveConfig", "Foo" -> "Foo".
[[nodiscard]] std::string go_stem(std::string_view object_name);

// "foo" + "Objects" is exported where "Foo" would be: "loadFoo" of "foo", "LoadFoo" of "Foo".
[[nodiscard]] std::string go_function(std::string_view verb, const std::string& stem, std::string_view rest = "");

// `name`, or with underscores behind it where that is taken; taken from now on.
[[nodiscard]] std::string unused_name(std::string name, std::set<std::string>& taken);

// Lines of cells, one tab before each, as gofmt aligns the fields of a struct.
[[nodiscard]] std::string aligned(const std::vector<std::vector<std::string>>& lines);

}  // namespace wasm_bpf::skeleton
