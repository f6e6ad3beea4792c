#include "toolchain/compile_commands.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <nlohmann/json.hpp>
#include <system_error>

#include "toolchain/step.hpp"

namespace wasm_bpf::toolchain {

namespace fs = std::filesystem;
using nlohmann::json;

Result<> update_compile_commands(const fs::path& file, const std::vector<CompileCommand>& commands) {
    std::error_code error;
    const std::string before = fs::exists(file, error) ? read_file(file).value_or("") : "[]";
    json entries = json::parse(before, nullptr, /*allow_exceptions=*/false);
    if (!entries.is_array())
        return fail(EINVAL, fmt::format("\"{}\" is no list of compile commands: remove it", file.string()));
    const fs::path here = fs::current_path(error);
    for (const CompileCommand& command : commands) {
        const std::string source = fs::absolute(command.source, error).lexically_normal();
        json entry = {{"directory", here.string()},
                      {"file", source},
                      {"output", command.output.string()},
                      {"arguments", command.arguments}};
        const auto is_same = [&](const json& other) {
            return other.is_object() && other.contains("file") && other["file"] == source;
        };
        if (const auto known = std::find_if(entries.begin(), entries.end(), is_same); known != entries.end())
            *known = std::move(entry);
        else
            entries.push_back(std::move(entry));
    }
    std::string text = entries.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
    if (text == before) return {};
    return write_file(file, text);
}

}  // namespace wasm_bpf::toolchain
