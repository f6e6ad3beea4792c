#pragma once
// Small components for tests: core modules in WAT, made components by the command under test.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "engine/wat.hpp"
#include "run_guests.hpp"

namespace wasm_bpf::test {

class Components : public testing::Test {
protected:
    Components() {
        std::string name = (std::filesystem::temp_directory_path() / "wasm_bpf_components.XXXXXX").string();
        folder_ = mkdtemp(name.data());
    }
    ~Components() override { std::filesystem::remove_all(folder_); }

    [[nodiscard]] std::string path(const std::string& name) const { return folder_ / name; }

    std::string write(const std::string& name, std::string_view text) const {
        const std::filesystem::path file = folder_ / name;
        std::filesystem::create_directories(file.parent_path());
        std::ofstream(file, std::ios::binary) << text;
        return file;
    }

    // NAME.wasm, a component whose world has `items` ("import b; export a;"), of a core module with `functions`.
    // `interfaces`: of the package t:t of that version, which is t:t's whole.
    std::string component(const std::string& name, std::string_view interfaces, std::string_view items,
                          std::string_view functions, std::string_view version = "1.0.0") const {
        write(name + "/wit/t.wit", fmt::format("package t:t@{};\n{}\nworld w {{ {} }}\n", version, interfaces, items));
        const auto bytes = wat(fmt::format(R"((module {} (memory (export "memory") 1)))", functions));
        const std::string core =
            write(name + "/core.wasm", std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
        const std::string output = path(name + ".wasm");
        const Ran built({"build", "--component", core, "-o", output});
        EXPECT_EQ(built.exit_code, 0) << built.error;
        return output;
    }

    // What exports interface a, b or c by a function f, or imports it.
    static constexpr std::string_view interfaces =
        "interface a { f: func() -> u32; } interface b { f: func() -> u32; } interface c { f: func() -> u32; }";
    static std::string exported(std::string_view name, std::string_view version = "1.0.0") {
        return fmt::format(R"((func (export "t:t/{}@{}#f") (result i32) (i32.const 1)))", name, version);
    }
    static std::string imported(std::string_view name, std::string_view version = "1.0.0") {
        return fmt::format(R"((import "t:t/{}@{}" "f" (func (result i32))))", name, version);
    }

    std::filesystem::path folder_;
};

}  // namespace wasm_bpf::test
