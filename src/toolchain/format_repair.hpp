#pragma once
// printf and scanf formats that suit BPF's types, where `long` has 8 bytes, and not a guest's, where it has 4: "%lx" of
// a uint64_t, "%ld" of a time_t. Natively they are right; in a guest the arguments after them would be read from wrong
// places.

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "toolchain/step.hpp"

namespace wasm_bpf::toolchain {

// The length of one conversion to be changed: columns, from 1, of one line of a file.
struct FormatFix {
    std::filesystem::path file;
    std::size_t line, begin, end;
    std::string text;  // what is to stand there
};

// From what clang says with -fdiagnostics-parseable-fixits.
[[nodiscard]] std::vector<FormatFix> format_fixes(std::string_view messages);

// A source with those of the fixes that change the length of an integer's conversion and nothing else; all others are
// the user's matter.
[[nodiscard]] std::string with_formats_repaired(std::string_view source, const std::vector<FormatFix>& fixes);

// clang's description of a file system in which the files (absolute paths) have other contents.
[[nodiscard]] std::string overlay(const std::map<std::filesystem::path, std::filesystem::path>& contents);

struct FormatCheck {
    std::filesystem::path source;
    std::vector<std::string> command;  // the compiler's, with format_check_flags()
};

[[nodiscard]] const std::vector<std::string>& format_check_flags();

// Asks the compiler, puts repaired copies into `folder`, and returns what makes it read them in the place of the
// originals: nothing where all formats suit. Where a source does not compile, it is silent: whoever compiles it next
// will say so.
[[nodiscard]] BuildResult<std::vector<std::string>> repair_formats(const std::vector<FormatCheck>& checks,
                                                                   const std::filesystem::path& folder,
                                                                   StepRunner& runner);

}  // namespace wasm_bpf::toolchain
