// Every import against wild arguments: generated from the table of the guest ABI.

#include <array>
#include <fstream>
#include <iterator>
#include <random>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include "engine/guest.hpp"
#include "guest_abi/imports.hpp"

namespace wasm_bpf::test {
namespace {

using guest_abi::Import;

// A host whose guest tells the results of its calls by the import `test`.`result`.
struct RecordingHost : host_api::Host {
    using Host::Host;
    std::vector<std::int64_t> results;
};

Result<> record(void* context, std::span<engine::Value> values) {
    static_cast<RecordingHost*>(static_cast<host_api::Host*>(context))->results.push_back(values[0].i64);
    return {};
}

std::size_t parameter_count(const Import& import) {
    std::size_t count = 0;
    while (count < std::size(import.parameters) && import.parameters[count].type != guest_abi::Type::none) count++;
    return count;
}

std::string_view wat_type(guest_abi::Type type) { return guest_abi::wasm_type(type) == 'I' ? "i64" : "i32"; }

using Arguments = std::vector<std::int64_t>;

// A guest that makes the calls one after another. Its memory is one page, full of a byte that is neither a terminator
// nor small as a size.
std::string calls(const Import& import, std::span<const Arguments> all) {
    std::string parameters, body;
    for (std::size_t i = 0; i < parameter_count(import); i++)
        parameters += fmt::format(" {}", wat_type(import.parameters[i].type));
    const std::string_view widen = wat_type(import.result) == "i64" ? "" : "i64.extend_i32_s";
    for (const Arguments& arguments : all) {
        body += "(call $record (";
        body += widen.empty() ? "call $import" : fmt::format("{} (call $import", widen);
        for (std::size_t i = 0; i < arguments.size(); i++) {
            const bool wide = wat_type(import.parameters[i].type) == "i64";
            body += wide ? fmt::format(" (i64.const {})", arguments[i])
                         : fmt::format(" (i32.const {})", static_cast<std::int32_t>(arguments[i]));
        }
        body += widen.empty() ? "))\n" : ")))\n";
    }
    return fmt::format(R"((module
        (import "{}" "{}" (func $import (param{}) (result {})))
        (import "test" "result" (func $record (param i64)))
        (memory (export "memory") 1 1) (table (export "__indirect_function_table") 2 funcref)
        (func (export "go-callback") (param i32 i32 i32) (result i32) (i32.const 0))
        (func (export "_start") (memory.fill (i32.const 0) (i32.const 0xee) (i32.const 65536)) {})))",
                       import.module, import.name, parameters, wat_type(import.result), body);
}

std::vector<std::int64_t> results_of(RecordingHost& host, const Import& import, std::span<const Arguments> all) {
    auto module = engine().compile(wat(calls(import, all))).value();
    engine::InstanceOptions options;
    options.context = static_cast<host_api::Host*>(&host);
    options.imports = host_api::host_imports();
    options.imports.push_back({"test", "result", "I:", record});
    options.checkpoint = [&] { return host.checkpoint(); };
    auto instance = engine().instantiate(*module, std::move(options)).value();
    host.instance = instance.get();
    host.memory.bind(*instance);
    const auto ending = instance->run("_start");
    EXPECT_FALSE(ending.error) << import.name << ": " << (ending.error ? ending.error->message : "");
    host.handles.close_all();  // windows lie in the instance's memory
    return std::move(host.results);
}

constexpr std::int64_t wild[] = {0,     -1,    1,       0x7fffffff, -0x80000000ll, 65535,
                                 65536, 65532, 0x10001, 0x7fff0001, -4096,         4096};
constexpr std::int64_t wide[] = {0x100000000, 0x7fffffffffffffff, -0x7fffffffffffffff - 1, 0x100000001};

// All parameters the same, and random mixtures.
std::vector<Arguments> wild_calls(const Import& import, std::size_t mixtures,
                                  std::span<const std::int64_t> extra = {}) {
    std::vector<std::int64_t> values(std::begin(wild), std::end(wild));
    values.insert(values.end(), std::begin(wide), std::end(wide));
    for (int weight = 0; weight < 4; weight++) values.insert(values.end(), extra.begin(), extra.end());
    std::vector<Arguments> all;
    for (const std::int64_t value : values) all.emplace_back(parameter_count(import), value);
    std::mt19937 random(42);
    for (std::size_t i = 0; i < mixtures; i++) {
        Arguments arguments;
        for (std::size_t parameter = 0; parameter < parameter_count(import); parameter++) {
            const auto& type = import.parameters[parameter];
            std::int64_t value = values[random() % values.size()];
            // Waiting for ever is what a negative timeout asks for.
            if (type.name.starts_with("timeout_")) value = 0;
            arguments.push_back(value);
        }
        all.push_back(std::move(arguments));
    }
    for (Arguments& arguments : all)
        for (std::size_t i = 0; i < arguments.size(); i++)
            if (import.parameters[i].name.starts_with("timeout_")) arguments[i] = 0;
    return all;
}

class Imports : public testing::TestWithParam<const Import*> {};

// Those that can succeed without a handle and without memory.
bool may_succeed(const Import& import, std::int64_t result) {
    for (const std::string_view name :
         {"error_text", "error_name", "interface_name", "interface_xdp", "kernel_symbol_at", "log_keep", "log_next",
          "host_number", "host_name", "local_time", "btf_read", "feature_probe", "network_namespace_open",
          "signal_action"})
        if (import.name == name) return true;
    return import.name == "wasm_load_bpf_object" && result == 0;
}

TEST_P(Imports, AnswerWildArgumentsWithAnError) {
    const Import& import = *GetParam();
    const auto all = wild_calls(import, 200);
    RecordingHost host({.policy = policy::Policy::command_default(),
                        .log = [](LogLevel, std::string_view) {},
                        .btf_path = {},
                        .token_path = {},
                        .btf_store = {}});
    const auto results = results_of(host, import, all);
    ASSERT_EQ(results.size(), all.size());
    for (std::size_t i = 0; i < all.size(); i++) {
        const bool fine =
            may_succeed(import, results[i]) || (parameter_count(import) == 0 ? results[i] > 0 : results[i] < 0);
        EXPECT_TRUE(fine) << fmt::format("{}({}) = {}", import.name, fmt::join(all[i], ", "), results[i]);
        EXPECT_GT(results[i], -4096) << "no errno";
    }
}

TEST_P(Imports, SurviveWildArgumentsWithLiveHandles) {
    const Import& import = *GetParam();
    RecordingHost host({.policy = policy::Policy::command_default(),
                        .log = [](LogLevel, std::string_view) {},
                        .btf_path = {},
                        .token_path = {},
                        .btf_store = {}});
    std::ifstream file(TEST_ENGINE_OBJECT, std::ios::binary);
    const std::string elf{std::istreambuf_iterator(file), {}};
    std::vector<std::int64_t> handles;
    for (int i = 0; i < 2; i++) {
        auto object = host.open_object(std::as_bytes(std::span(elf)), "");
        ASSERT_TRUE(object) << object.error().message;
        const auto handle = host.handles.add(std::move(*object));
        handles.push_back(handle);
        bpf::Object& opened = *host.handles.object(handle)->object;
        for (bpf::Map& map : opened.maps()) handles.push_back(host.handles.handle_of(handle, &map));
        for (bpf::Program& program : opened.programs()) handles.push_back(host.handles.handle_of(handle, &program));
    }
    handles.push_back(host.handles.add(host_api::RingSet::open(host.interrupts).value()));
    EXPECT_FALSE(results_of(host, import, wild_calls(import, 200, handles)).empty());
}

// Those of signals end the guest or wait for ever if it asks for that, or take any argument (host_hostile_*_test.cpp).
bool takes_any(const Import& import) {
    return import.name.starts_with("signal_") && import.name != "signal_action" && import.name != "signal_wait";
}

std::vector<const Import*> every_import() {
    std::vector<const Import*> all;
    for (const Import& import : guest_abi::imports())
        if (!takes_any(import)) all.push_back(&import);
    return all;
}

INSTANTIATE_TEST_SUITE_P(Every, Imports, testing::ValuesIn(every_import()), [](const auto& import) {
    return std::string(import.param->module == guest_abi::version_0_named_callback ? "named_" : "") +
           std::string(import.param->name);
});

}  // namespace
}  // namespace wasm_bpf::test
