#include "skeleton/c_skeleton.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <string_view>

#include "skeleton/c_types.hpp"

namespace wasm_bpf::skeleton {
namespace {

using bpf::MapDescription;
using bpf::ObjectDescription;

// In these the object's name stands for every @.
constexpr std::string_view functions_template = R"(
static inline struct @ *@__open(void)
{
	return @__open_opts(NULL);
}

static inline int @__load(struct @ *obj)
{
	return wasm_bpf_skeleton_load(obj);
}

static inline int @__attach(struct @ *obj)
{
	return wasm_bpf_skeleton_attach(obj);
}

static inline void @__detach(struct @ *obj)
{
	wasm_bpf_skeleton_detach(obj);
}

static inline void @__destroy(struct @ *obj)
{
	wasm_bpf_skeleton_destroy(obj);
}

static inline struct @ *@__open_and_load(void)
{
	struct @ *obj = @__open();

	if (obj && @__load(obj)) {
		int saved = errno;
		@__destroy(obj);
		errno = saved;
		return NULL;
	}
	return obj;
}
)";

std::string with_name(std::string_view text, const std::string& name) {
    std::string result;
    for (const char c : text) {
        if (c == '@')
            result += name;
        else
            result += c;
    }
    return result;
}

// One string literal over several lines: compilers read it much faster than an array of numbers.
std::string string_literal(std::span<const std::byte> bytes) {
    constexpr std::size_t line_length = 110;
    std::string text = "\t\t\"";
    std::size_t line_start = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (text.size() - line_start > line_length) {
            text += "\"\n";
            line_start = text.size();
            text += "\t\t\"";
        }
        const auto c = std::to_integer<unsigned char>(bytes[i]);
        const bool digit_follows =
            i + 1 < bytes.size() && std::isdigit(std::to_integer<unsigned char>(bytes[i + 1])) != 0;
        const bool plain = c >= ' ' && c <= '~' && c != '"' && c != '\\' && c != '?';  // ?: no trigraphs
        if (plain)
            text += static_cast<char>(c);
        else
            text += digit_follows ? fmt::format("\\{:03o}", c) : fmt::format("\\{:o}", c);
    }
    return text + "\"";
}

// "\tstruct { struct bpf_map *a; … } maps;", nothing where there are none: C has no empty structs.
template <typename Names>
std::string pointers(std::string_view type, std::string_view member, const Names& names) {
    std::string text;
    for (const auto& named : names)
        if (!named.empty()) text += fmt::format("\t\tstruct {} *{};\n", type, named);
    return text.empty() ? text : fmt::format("\tstruct {{\n{}\t}} {};\n", text, member);
}

std::vector<std::string> map_names(const ObjectDescription& object) {
    std::vector<std::string> names;
    for (const MapDescription& map : object.maps) names.push_back(c_identifier(map.identifier));
    return names;
}

std::vector<std::string> program_names(const ObjectDescription& object) {
    std::vector<std::string> names;
    for (const auto& program : object.programs) names.push_back(c_identifier(program.name));
    return names;
}

bool has_variables(const MapDescription& map) { return (map.is_global_data || map.is_arena) && !map.variables.empty(); }

// As bpftool does, a link for every struct_ops map too.
std::vector<std::string> link_names(const ObjectDescription& object) {
    std::vector<std::string> names = program_names(object);
    for (const MapDescription& map : object.maps)
        if (map.is_struct_ops) names.push_back(c_identifier(map.identifier));
    return names;
}

std::string skeleton_struct(const ObjectDescription& object) {
    std::string text = fmt::format(
        "struct {} {{\n\tconst struct wasm_bpf_skeleton *skeleton;\n\tstruct bpf_object *obj;\n", object.name);
    text += pointers("bpf_map", "maps", map_names(object));
    text += pointers("bpf_program", "progs", program_names(object));
    text += pointers("bpf_link", "links", link_names(object));
    for (const MapDescription& map : object.maps)
        if (has_variables(map))
            text += fmt::format("\tstruct {0}__{1} *{1};\n", object.name, c_identifier(map.identifier));
    for (const MapDescription& map : object.maps)
        if (map.is_arena) text += fmt::format("\tvoid *{}__window;\n", c_identifier(map.identifier));
    return text + "};\n\n";
}

struct Table {
    std::string rows;
    int count = 0;
};

Table map_table(const ObjectDescription& object) {
    Table table;
    for (const MapDescription& map : object.maps) {
        if (map.identifier.empty()) continue;
        const std::string name = c_identifier(map.identifier);
        table.rows += fmt::format("\t\t{{ .name = \"{}\", .map_offset = offsetof(struct {}, maps.{})", map.name,
                                  object.name, name);
        const auto add = [&](std::string_view field, const std::string& member) {
            table.rows += fmt::format(",\n\t\t  .{} = offsetof(struct {}, {})", field, object.name, member);
        };
        if (has_variables(map)) add("data_offset", name);
        if (map.is_arena) add("window_offset", name + "__window");
        if (map.is_struct_ops) add("link_offset", "links." + name);
        table.rows += " },\n";
        ++table.count;
    }
    return table;
}

Table program_table(const ObjectDescription& object) {
    Table table;
    for (const auto& program : object.programs) {
        table.rows +=
            fmt::format("\t\t{{ \"{0}\", offsetof(struct {1}, progs.{2}), offsetof(struct {1}, links.{2}) }},\n",
                        program.name, object.name, c_identifier(program.name));
        ++table.count;
    }
    return table;
}

std::string definition(const Table& table, std::string_view type, std::string_view name) {
    if (table.count == 0) return {};
    return fmt::format("\tstatic const struct {} {}[] = {{\n{}\t}};\n", type, name, table.rows);
}

std::string open_function(const ObjectDescription& object) {
    const Table maps = map_table(object);
    const Table programs = program_table(object);
    return fmt::format(
        "static inline struct {0} *{0}__open_opts(const struct bpf_object_open_opts *opts)\n{{\n{1}{2}"
        "\tstatic const struct wasm_bpf_skeleton skeleton = {{\n"
        "\t\t.name = \"{0}\",\n\t\t.struct_size = sizeof(struct {0}),\n\t\t.elf_bytes = {0}__elf_bytes,\n"
        "\t\t.maps = {3},\n\t\t.map_count = {4},\n\t\t.programs = {5},\n\t\t.program_count = {6},\n{7}\t}};\n\n"
        "\treturn (struct {0} *)wasm_bpf_skeleton_open(&skeleton, opts);\n}}\n",
        object.name, definition(maps, "wasm_bpf_map_skeleton", "maps"),
        definition(programs, "wasm_bpf_program_skeleton", "programs"), maps.count == 0 ? "NULL" : "maps", maps.count,
        programs.count == 0 ? "NULL" : "programs", programs.count,
        std::ranges::any_of(object.maps, &MapDescription::is_struct_ops) ? "\t\t.attach_map = wasm_bpf_map_attach,\n"
                                                                         : "");
}

std::string elf_function(const ObjectDescription& object, std::span<const std::byte> elf) {
    return fmt::format(
        "static inline const void *{}__elf_bytes(size_t *sz)\n{{\n"
        "\tstatic const char elf[] __attribute__((aligned(8))) =\n{};\n\n"
        "\t*sz = {};\n\treturn elf;\n}}\n\n",
        object.name, string_literal(elf), elf.size());
}

}  // namespace

std::string object_name(const std::filesystem::path& object_file) {
    const std::filesystem::path name = object_file.filename();
    return c_identifier(name.extension() == ".o" ? name.stem().string() : name.string());
}

std::string c_skeleton(const ObjectDescription& object, std::span<const std::byte> elf) {
    std::string guard = object.name;
    std::ranges::transform(guard, guard.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    CTypes types(object);
    std::string text = fmt::format(
        "/* Generated by wasm-bpf gen skeleton: do not edit.\n"
        " * To use a type of a header of yours in place of one declared here, define its name before including this:\n"
        " *\t#define {0}__event event\n"
        " * The assertions then check that yours has BPF's layout. */\n"
        "#ifndef __{1}_SKEL_H__\n#define __{1}_SKEL_H__\n\n"
        "#include <stdbool.h>\n#include <stddef.h>\n#include <stdint.h>\n\n#include <wasm_bpf/skeleton.h>\n\n"
        "#ifndef WASM_BPF_SKELETON_PLACE\n"
        "#define WASM_BPF_SKELETON_OFFSET(type, member, offset) \\\n"
        "\tWASM_BPF_STATIC_ASSERT(offsetof(type, member) == offset, \"BPF has \" #member \" of \" #type \" "
        "elsewhere\")\n"
        "#define WASM_BPF_SKELETON_PLACE(type, member, offset, size) \\\n"
        "\tWASM_BPF_STATIC_ASSERT(offsetof(type, member) == offset && sizeof(((type *)0)->member) == size, \\\n"
        "\t\t\t       \"BPF has \" #member \" of \" #type \" elsewhere\")\n"
        "#endif\n\n",
        object.name, guard);
    text += types.definitions();
    for (const MapDescription& map : object.maps)
        if (has_variables(map)) text += types.section(map);
    text += skeleton_struct(object);
    text += elf_function(object, elf);
    text += open_function(object);
    text += with_name(functions_template, object.name);
    return text + "\n#endif\n";
}

}  // namespace wasm_bpf::skeleton
