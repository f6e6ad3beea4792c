#include "skeleton/go_skeleton.hpp"

#include <fmt/format.h>

#include <set>
#include <string_view>
#include <vector>

#include "skeleton/go_names.hpp"
#include "skeleton/go_types.hpp"

namespace wasm_bpf::skeleton {
namespace {

using bpf::MapDescription;
using bpf::ObjectDescription;

// @ is the object's stem, "foo"; $ the same with a capital, "Foo"; % is "load", or "Load" where the stem has a capital.
constexpr std::string_view functions_template = R"(
// %$ returns what the object holds, before it is loaded.
func %$() (*ebpf.CollectionSpec, error) {
	return ebpf.LoadCollectionSpecFromBytes("@", _$Bytes)
}

// %$Objects loads the object and fills a struct with what it names:
//
//	*@Objects
//	*@Programs
//	*@Maps
//
// See ebpf.CollectionSpec.LoadAndAssign.
func %$Objects(obj any, opts *ebpf.CollectionOptions) error {
	spec, err := %$()
	if err != nil {
		return err
	}
	return spec.LoadAndAssign(obj, opts)
}

// @Specs contains programs, maps and variables before they are loaded: ebpf.CollectionSpec.Assign fills it.
type @Specs struct {
	@ProgramSpecs
	@MapSpecs
	@VariableSpecs
}

// @Objects contains programs, maps and variables once they are loaded.
type @Objects struct {
	@Programs
	@Maps
	@Variables
}

// Close gives all programs and maps up: variables are ordinary memory then.
func (o *@Objects) Close() error {
	return _$Close(&o.@Programs, &o.@Maps)
}
)";

constexpr std::string_view closing_template = R"(
func _$Close(closers ...io.Closer) error {
	for _, closer := range closers {
		if err := closer.Close(); err != nil {
			return err
		}
	}
	return nil
}
)";

std::string with_names(std::string_view text, const std::string& stem) {
    std::string result;
    const std::string load = go_function("load", stem);
    for (const char c : text) {
        if (c == '@')
            result += stem;
        else if (c == '$')
            result += load.substr(4);
        else if (c == '%')
            result += load.substr(0, 4);
        else
            result += c;
    }
    return result;
}

struct Named {
    std::string field, type, name;
};

std::string struct_of(std::string_view doc, const std::string& type, const std::vector<Named>& members) {
    std::vector<std::vector<std::string>> lines;
    for (const Named& member : members)
        lines.push_back({member.field, member.type, fmt::format("`ebpf:\"{}\"`", member.name)});
    return fmt::format("\n// {} {}\ntype {} struct {{\n{}}}\n", type, doc, type, aligned(lines));
}

std::string close_method(const std::string& stem, const std::string& type, std::string_view receiver,
                         const std::vector<Named>& members) {
    std::string closers;
    for (const Named& member : members) closers += fmt::format("\t\t{}.{},\n", receiver, member.field);
    const std::string all = members.empty() ? "" : fmt::format("\n{}\t", closers);
    return fmt::format("\n// Close gives them up.\nfunc ({} *{}) Close() error {{\n\treturn {}({})\n}}\n", receiver,
                       type, with_names("_$Close", stem), all);
}

std::vector<Named> of_type(std::vector<Named> members, std::string_view type) {
    for (Named& member : members) member.type = type;
    return members;
}

std::vector<Named> programs_of(const ObjectDescription& object) {
    std::vector<Named> result;
    std::set<std::string> taken = {"Close"};
    for (const auto& program : object.programs)
        result.push_back({unused_name(go_identifier(program.name), taken), "*ebpf.Program", program.name});
    return result;
}

// Without the maps of global variables.
std::vector<Named> maps_of(const ObjectDescription& object) {
    std::vector<Named> result;
    std::set<std::string> taken = {"Close"};
    for (const MapDescription& map : object.maps)
        if (!map.name.starts_with('.'))
            result.push_back({unused_name(go_identifier(map.name), taken), "*ebpf.Map", map.name});
    return result;
}

// Pointers to the variables themselves; to those that go on behind their type, what knows their size.
std::vector<Named> variables_of(const ObjectDescription& object, const GoTypes& types) {
    std::vector<Named> result;
    std::set<std::string> taken;
    for (const MapDescription& map : object.maps) {
        if (!map.is_global_data) continue;
        for (const auto& variable : map.variables) {
            const auto& type = object.types[variable.type];
            const bool is_whole = type.size_bytes == variable.size_bytes && type.size_bytes != 0;
            result.push_back({unused_name(go_identifier(variable.name), taken),
                              is_whole ? "*" + types.use_of(variable.type) : "*ebpf.Variable", variable.name});
        }
    }
    return result;
}

std::string imports(const GoTypes& types) {
    std::string text = "import (\n\t_ \"embed\"\n\t\"io\"\n";
    for (const std::string_view package : {"structs", "unsafe"})
        if (types.imports().contains(std::string(package))) text += fmt::format("\t\"{}\"\n", package);
    return text + "\n\t\"wasm-bpf/ebpf\"\n)\n";
}

}  // namespace

std::string go_skeleton(const SkeletonInput& input) {
    const ObjectDescription& object = input.object;
    const std::string stem = go_stem(object.name);
    GoTypes types(object, stem);
    const std::string definitions = types.definitions();
    const auto programs = programs_of(object), maps = maps_of(object), variables = variables_of(object, types);
    std::string text =
        fmt::format("// Code generated by wasm-bpf gen skeleton --lang go; DO NOT EDIT.\n\npackage {}\n\n",
                    input.package.empty() ? "main" : input.package);
    text += imports(types) + definitions + with_names(functions_template, stem);
    text += struct_of("contains programs before they are loaded.", stem + "ProgramSpecs",
                      of_type(programs, "*ebpf.ProgramSpec"));
    text += struct_of("contains maps before they are made.", stem + "MapSpecs", of_type(maps, "*ebpf.MapSpec"));
    text += struct_of("contains global variables before load: set, they are what programs start with.",
                      stem + "VariableSpecs", of_type(variables, "*ebpf.VariableSpec"));
    text += struct_of("contains programs once they are loaded.", stem + "Programs", programs);
    text += close_method(stem, stem + "Programs", "p", programs);
    text += struct_of("contains maps once they are made.", stem + "Maps", maps);
    text += close_method(stem, stem + "Maps", "m", maps);
    text += struct_of(
        "points to global variables, which programs read and write too. A store to a constant ends the "
        "guest.",
        stem + "Variables", variables);
    text += with_names(closing_template, stem);
    return text + fmt::format("\n//go:embed {}\nvar {} []byte\n", input.object_file, with_names("_$Bytes", stem));
}

}  // namespace wasm_bpf::skeleton
