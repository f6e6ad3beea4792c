// The C API: versions, errors, option structs, modules, policies.

#include <cerrno>
#include <cstring>

#include "library/c_api/c_api.hpp"

namespace wasm_bpf::test::c {
namespace {

constexpr std::string_view empty = R"((module (memory (export "memory") 1) (func (export "_start"))))";

TEST(CApi, SaysItsVersion) {
    EXPECT_EQ(wasm_bpf_api_version(), static_cast<std::uint32_t>(WASM_BPF_API_VERSION));
    EXPECT_STREQ(wasm_bpf_version(), "0.1.0");
}

TEST(CApi, GivesErrorsToWhoeverWantsThem) {
    wasm_bpf_module* module = nullptr;
    const Outcome bad = call(wasm_bpf_module_compile, shared_runtime(), "none", 4, "x", &module);
    EXPECT_EQ(bad.code, -EINVAL);
    EXPECT_EQ(bad.kind, static_cast<wasm_bpf_error_kind>(WASM_BPF_ERROR_BAD_MODULE));
    EXPECT_TRUE(bad.message.starts_with("x: ")) << bad.message;
    EXPECT_EQ(wasm_bpf_module_compile(shared_runtime(), "none", 4, "x", &module, nullptr), -EINVAL);
    EXPECT_EQ(module, nullptr);
    EXPECT_EQ(call(wasm_bpf_module_compile_file, shared_runtime(), "/none.wasm", &module).code, -ENOENT);
}

TEST(CApi, RefusesNull) {
    wasm_bpf_module* module = nullptr;
    EXPECT_EQ(call(wasm_bpf_module_compile, nullptr, "", 0, "x", &module).code, -EINVAL);
    EXPECT_EQ(call(wasm_bpf_module_compile, shared_runtime(), nullptr, 0, "x", &module).code, -EINVAL);
    EXPECT_EQ(call(wasm_bpf_module_compile, shared_runtime(), "", 0, nullptr, &module).code, -EINVAL);
    EXPECT_EQ(call(wasm_bpf_module_compile, shared_runtime(), "", 0, "x", nullptr).code, -EINVAL);
    EXPECT_EQ(call(wasm_bpf_guest_start, nullptr).code, -EINVAL);
    EXPECT_EQ(call(wasm_bpf_guest_call, nullptr, "f", nullptr, 0, nullptr, 0, nullptr).code, -EINVAL);
    EXPECT_EQ(call(wasm_bpf_policy_allow, nullptr, "x").code, -EINVAL);
    wasm_bpf_runtime_free(nullptr);
    wasm_bpf_module_free(nullptr);
    wasm_bpf_policy_free(nullptr);
    wasm_bpf_guest_free(nullptr);
    wasm_bpf_ending_free(nullptr);
    wasm_bpf_error_free(nullptr);
    wasm_bpf_free(nullptr);
}

TEST(CApi, MakesErrorsOfItsCallers) {
    const Error error(wasm_bpf_error_create(EPERM, WASM_BPF_ERROR_DENIED, "not for you"));
    EXPECT_EQ(wasm_bpf_error_code(error.get()), EPERM);
    EXPECT_EQ(wasm_bpf_error_kind_of(error.get()), static_cast<wasm_bpf_error_kind>(WASM_BPF_ERROR_DENIED));
    EXPECT_STREQ(wasm_bpf_error_message(error.get()), "not for you");
    const Error plain(wasm_bpf_error_create(ENOENT, 77, nullptr));
    EXPECT_STREQ(wasm_bpf_error_message(plain.get()), "No such file or directory");
    EXPECT_EQ(wasm_bpf_error_kind_of(plain.get()), static_cast<wasm_bpf_error_kind>(WASM_BPF_ERROR_FAILED));
    const Error odd(wasm_bpf_error_create(123456, WASM_BPF_ERROR_FAILED, nullptr));
    EXPECT_STRNE(wasm_bpf_error_message(odd.get()), "");
    const Error memory(wasm_bpf_error_create(ENOMEM, WASM_BPF_ERROR_FAILED, nullptr));  // the one that is never freed
    EXPECT_EQ(wasm_bpf_error_code(memory.get()), ENOMEM);
}

// Of a later header, with one member more.
struct NewerOptions {
    wasm_bpf_guest_options known;
    std::uint64_t more;
};

Outcome create(const Module& module, const void* options) {
    wasm_bpf_guest* guest = nullptr;
    const Outcome outcome =
        call(wasm_bpf_guest_create, module.get(), static_cast<const wasm_bpf_guest_options*>(options), &guest);
    wasm_bpf_guest_free(guest);
    return outcome;
}

TEST(CApiOptions, OfOtherVersionsOfTheHeaderAreTakenAsFarAsTheyAreKnown) {
    const Module module = module_of(empty);
    EXPECT_EQ(create(module, nullptr).code, 0);
    // A member beyond an older struct's size is not looked at.
    wasm_bpf_guest_options options = guest_options();
    options.input = 77;
    EXPECT_EQ(create(module, &options).code, -EINVAL);
    options.size = offsetof(wasm_bpf_guest_options, input);
    EXPECT_EQ(create(module, &options).code, 0);

    NewerOptions newer{.known = guest_options(), .more = 0};
    newer.known.size = sizeof(newer);
    EXPECT_EQ(create(module, &newer).code, 0);
    newer.more = std::uint64_t{1} << 63;
    EXPECT_EQ(create(module, &newer).code, -E2BIG);
    newer.known.size = sizeof(newer.known);
    EXPECT_EQ(create(module, &newer).code, 0);
    for (const std::size_t size : {std::size_t{0}, std::size_t{7}, std::size_t{4097}, ~std::size_t{0}}) {
        newer.known.size = size;
        EXPECT_EQ(create(module, &newer).code, -EINVAL) << size;
    }
}

TEST(CApiOptions, InArraysAreAsFarApartAsTheFirstSays) {
    struct Newer {
        wasm_bpf_directory known;
        std::uint64_t more;
    };
    const Module module = module_of(empty);
    const Folder folder;
    const std::string path = folder.path();
    const wasm_bpf_directory known{.size = sizeof(Newer), .host_path = path.c_str(), .guest_path = "/x", .flags = 0};
    std::vector<Newer> directories(3, Newer{known, 0});
    wasm_bpf_guest_options options = guest_options();
    options.directories = &directories[0].known;
    options.directory_count = directories.size();
    EXPECT_EQ(create(module, &options).code, 0);
    directories[2].more = 1;
    EXPECT_EQ(create(module, &options).code, -E2BIG);
    directories[2] = directories[0];
    directories[1].known.host_path = "/no/such/folder";
    EXPECT_EQ(create(module, &options).code, -ENOENT);
    directories[1] = directories[0];
    directories[1].known.size = sizeof(wasm_bpf_directory);
    EXPECT_EQ(create(module, &options).code, -EINVAL);
    directories[1] = directories[0];
    directories[1].known.flags = 2;
    EXPECT_EQ(create(module, &options).code, -EINVAL);
    options.directories = nullptr;
    EXPECT_EQ(create(module, &options).code, -EINVAL);
}

TEST(CApiOptions, ThatAreWrongAreNamed) {
    const Module module = module_of(empty);
    const auto message = [&](auto change) {
        wasm_bpf_guest_options options = guest_options();
        change(options);
        const Outcome outcome = create(module, &options);
        EXPECT_EQ(outcome.code, -EINVAL);
        return outcome.message;
    };
    using Options = wasm_bpf_guest_options;
    EXPECT_EQ(message([](Options& options) { options.flags = 4; }),
              "test: a flag that this version of the library does not know");
    EXPECT_EQ(message([](Options& options) { options.output.kind = 4; }), "test: no kind of output: 4");
    EXPECT_EQ(message([](Options& options) { options.error_output.kind = WASM_BPF_OUTPUT_CALLBACK; }),
              "test: an output by callback, and no callback");
    EXPECT_EQ(message([](Options& options) {
                  options.input = WASM_BPF_INPUT_FD;
                  options.input_fd = -1;
              }),
              "test: input_fd is no file descriptor");
    EXPECT_EQ(message([](Options& options) { options.argument_count = 1; }), "test: argument 0 is NULL");
    static const char* const variables[] = {"A=", "=B"};
    EXPECT_EQ(message([](Options& options) {
                  options.environment = variables;
                  options.environment_count = 2;
              }),
              "test: the environment's \"=B\" is not NAME=VALUE");
    static const wasm_bpf_function function{sizeof(function), "own", "f", "i32 -> i16", nullptr, nullptr};
    EXPECT_EQ(message([](Options& options) {
                  options.functions = &function;
                  options.function_count = 1;
              }),
              "test: host function own.f: its type is to be as \"i32 i64 -> f64\", not \"i32 -> i16\"");
}

TEST(CApiModule, SaysWhatItIs) {
    const Module module = module_of(empty);
    EXPECT_STREQ(wasm_bpf_module_name(module.get()), "test");
    EXPECT_EQ(wasm_bpf_module_is_component(module.get()), 0);
    const std::string path = std::string(TEST_EXAMPLES_DIR) + "/bootstrap/bootstrap.wasm";
    const Module file = made<Module>(wasm_bpf_module_compile_file, shared_runtime(), path.c_str());
    EXPECT_STREQ(wasm_bpf_module_name(file.get()), "bootstrap");
}

TEST(CApiRuntime, MayEndBeforeItsGuests) {
    wasm_bpf_runtime_options options{};
    options.size = sizeof(options);
    options.cache_folder = "";
    options.flags = WASM_BPF_RUNTIME_NO_WINDOWS | WASM_BPF_RUNTIME_COMPILE_ON_CALLER;
    Runtime runtime = made<Runtime>(wasm_bpf_runtime_create, &options);
    constexpr unsigned char smallest[] = {0, 'a', 's', 'm', 1, 0, 0, 0};
    Module module = made<Module>(wasm_bpf_module_compile, runtime.get(), smallest, sizeof(smallest), "small");
    runtime.reset();
    Guest guest = made<Guest>(wasm_bpf_guest_create, module.get(), nullptr);
    module.reset();
    EXPECT_EQ(call(wasm_bpf_guest_start, guest.get()).code, 0);
    wasm_bpf_guest_stop(guest.get());
    EXPECT_EQ(wasm_bpf_error_kind_of(wasm_bpf_ending_error(end_of(guest).get())),
              static_cast<wasm_bpf_error_kind>(WASM_BPF_ERROR_STOPPED));
    options.flags = 4;
    wasm_bpf_runtime* none = nullptr;
    EXPECT_EQ(call(wasm_bpf_runtime_create, &options, &none).code, -EINVAL);
}

TEST(CApiPolicy, IsReadAndChanged) {
    const Policy policy = made<Policy>(wasm_bpf_policy_create);
    EXPECT_EQ(call(wasm_bpf_policy_allow, policy.get(), "maps.types=hash").code, 0);
    EXPECT_EQ(call(wasm_bpf_policy_deny, policy.get(), "programs=xdp").code, 0);
    const Outcome unknown = call(wasm_bpf_policy_allow, policy.get(), "nonsense=1");
    EXPECT_EQ(unknown.code, -EINVAL);
    EXPECT_NE(unknown.message.find("nonsense"), std::string::npos) << unknown.message;
    EXPECT_EQ(call(wasm_bpf_policy_deny, policy.get(), "memory").code, -EINVAL);
    EXPECT_EQ(call(wasm_bpf_policy_on_denial, policy.get(), WASM_BPF_DENIAL_FAILS_CALL).code, 0);
    EXPECT_EQ(call(wasm_bpf_policy_on_denial, policy.get(), 2).code, -EINVAL);

    wasm_bpf_policy* none = nullptr;
    const std::string text = "on_denial = \"end\"\nnonsense = 1\n";
    const Outcome read = call(wasm_bpf_policy_create_from_text, text.data(), text.size(), "mine", &none);
    EXPECT_EQ(read.code, -EINVAL);
    EXPECT_TRUE(read.message.starts_with("mine:2:")) << read.message;
    EXPECT_EQ(call(wasm_bpf_policy_create_from_file, "/no/such/policy", &none).code, -ENOENT);
}

}  // namespace
}  // namespace wasm_bpf::test::c
