#include "runtime/module_cache.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

namespace wasm_bpf::runtime {
namespace {

namespace fs = std::filesystem;

std::vector<std::byte> bytes_of(std::string_view text) {
    const auto* first = reinterpret_cast<const std::byte*>(text.data());
    return {first, first + text.size()};
}

struct FakeModule final : engine::Module {
    explicit FakeModule(std::vector<std::byte> bytes) : code(std::move(bytes)) {}
    Result<std::vector<std::byte>> serialize() const override { return code; }
    std::vector<std::byte> code;
};

// "Compiles" to the engine's version and the module's bytes.
struct FakeEngine final : engine::Engine {
    std::string version() const override { return version_text; }
    Result<std::unique_ptr<engine::Module>> compile(std::span<const std::byte> wasm) override {
        compiled++;
        if (wasm.empty()) return fail(EINVAL, "empty", ErrorKind::bad_module);
        auto code = bytes_of(version_text);
        code.insert(code.end(), wasm.begin(), wasm.end());
        return std::make_unique<FakeModule>(std::move(code));
    }
    Result<std::unique_ptr<engine::Module>> load_compiled(std::span<const std::byte> code,
                                                          engine::ModuleKind) override {
        loaded++;
        return std::make_unique<FakeModule>(std::vector(code.begin(), code.end()));
    }
    Result<std::unique_ptr<engine::Instance>> instantiate(const engine::Module&, engine::InstanceOptions) override {
        return fail(ENOSYS, "never");
    }
    void interrupt() noexcept override {}

    std::string version_text = "fake 1";
    int compiled = 0, loaded = 0;
};

struct ModuleCacheTest : testing::Test {
    ModuleCacheTest() {
        std::string name = (fs::temp_directory_path() / "wasm_bpf_cache.XXXXXX").string();
        parent = mkdtemp(name.data());
    }
    ~ModuleCacheTest() override { fs::remove_all(parent); }
    [[nodiscard]] fs::path folder() const { return parent / "modules"; }
    // Takes the module from the cache: what its code is.
    std::string get(std::string_view wasm = "module") {
        const auto cache = CacheFolder::open(folder()).value();
        auto module = compile_or_look_up(engine, bytes_of(wasm), cache).value();
        const auto code = module->serialize().value();
        return {reinterpret_cast<const char*>(code.data()), code.size()};
    }
    [[nodiscard]] std::vector<fs::path> entries() const {
        return {fs::directory_iterator(folder()), fs::directory_iterator()};
    }
    [[nodiscard]] std::string content() const {
        std::ifstream file(entries().at(0), std::ios::binary);
        return {std::istreambuf_iterator(file), {}};
    }
    void replace(std::string_view text) const {
        std::ofstream(entries().at(0), std::ios::binary | std::ios::trunc) << text;
    }

    fs::path parent;
    FakeEngine engine;
};

TEST_F(ModuleCacheTest, CompilesOnce) {
    EXPECT_EQ(get(), "fake 1module");
    EXPECT_EQ(get(), "fake 1module");
    EXPECT_EQ(engine.compiled, 1);
    EXPECT_EQ(engine.loaded, 1);
    EXPECT_EQ(entries().size(), 1u);
}

TEST_F(ModuleCacheTest, CompilesAChangedModuleAnew) {
    get("one");
    EXPECT_EQ(get("two"), "fake 1two");
    EXPECT_EQ(engine.compiled, 2);
}

TEST_F(ModuleCacheTest, CompilesAnewForAnotherEngine) {
    get();
    engine.version_text = "fake 2";
    EXPECT_EQ(get(), "fake 2module");
    EXPECT_EQ(engine.loaded, 0);
}

TEST_F(ModuleCacheTest, ReplacesABrokenEntry) {
    get();
    const std::string sound = content();
    std::vector<std::string> broken{"", "x", sound.substr(0, 20), sound.substr(0, sound.size() - 1), sound + "x"};
    for (std::size_t at = 0; at < sound.size(); at++) {  // every byte of it counts
        broken.push_back(sound);
        broken.back()[at] ^= 1;
    }
    for (const std::string& text : broken) {
        replace(text);
        engine.compiled = engine.loaded = 0;
        EXPECT_EQ(get(), "fake 1module");
        EXPECT_EQ(engine.compiled, 1);
        EXPECT_EQ(engine.loaded, 0) << "nothing of a broken entry reaches the engine";
        EXPECT_EQ(content(), sound);
    }
}

TEST_F(ModuleCacheTest, DoesNotUseTheEntryOfAnotherModule) {
    get("one");
    const fs::path one = entries().at(0);
    const std::string of_one = content();
    fs::remove(one);
    get("two");
    replace(of_one);
    EXPECT_EQ(get("two"), "fake 1two");
}

TEST_F(ModuleCacheTest, RefusesAnEntryThatOthersCanWrite) {
    get();
    for (const auto mode : {fs::perms::group_write, fs::perms::others_write}) {
        fs::permissions(entries().at(0), mode, fs::perm_options::add);
        engine.loaded = 0;
        EXPECT_EQ(get(), "fake 1module");
        EXPECT_EQ(engine.loaded, 0);
        EXPECT_EQ(fs::status(entries().at(0)).permissions() & mode, fs::perms::none) << "it was replaced";
    }
}

TEST_F(ModuleCacheTest, RefusesAnEntryOfAnotherUser) {
    get();
    if (chown(entries().at(0).c_str(), 1, 1) != 0) {
        ASSERT_EQ(errno, EPERM);
        GTEST_SKIP() << "this user cannot give files away";
    }
    engine.loaded = 0;
    EXPECT_EQ(get(), "fake 1module");
    EXPECT_EQ(engine.loaded, 0);
    struct stat status;
    ASSERT_EQ(stat(entries().at(0).c_str(), &status), 0);
    EXPECT_EQ(status.st_uid, 0U) << "it was replaced";
}

TEST_F(ModuleCacheTest, RefusesAnEntryThatIsALink) {
    get();
    const fs::path entry = entries().at(0);
    fs::rename(entry, parent / "elsewhere");
    fs::create_symlink(parent / "elsewhere", entry);
    EXPECT_EQ(get(), "fake 1module");
    EXPECT_EQ(engine.loaded, 0);
    EXPECT_FALSE(fs::is_symlink(entry)) << "it was replaced";
}

TEST_F(ModuleCacheTest, MakesAFolderForItsOwnerAlone) {
    get();
    EXPECT_EQ(fs::status(folder()).permissions(), fs::perms::owner_all);
}

TEST_F(ModuleCacheTest, RefusesAFolderThatOthersCanWrite) {
    fs::create_directory(folder());
    for (const auto mode : {fs::perms::group_write, fs::perms::others_write}) {
        fs::permissions(folder(), fs::perms::owner_all | mode);
        const auto cache = CacheFolder::open(folder());
        ASSERT_FALSE(cache);
        EXPECT_EQ(cache.error().errno_code, EPERM);
        EXPECT_NE(cache.error().message.find(folder().string()), std::string::npos) << cache.error().message;
    }
}

TEST_F(ModuleCacheTest, RefusesAFolderThatIsALink) {
    fs::create_directory(parent / "other");
    fs::create_directory_symlink(parent / "other", folder());
    EXPECT_FALSE(CacheFolder::open(folder()));
}

TEST_F(ModuleCacheTest, RefusesAFolderInAFolderThatOthersCanWrite) {
    fs::permissions(parent, fs::perms::all);
    const auto cache = CacheFolder::open(folder());
    ASSERT_FALSE(cache);
    EXPECT_NE(cache.error().message.find(parent.string()), std::string::npos) << cache.error().message;
    fs::permissions(parent, fs::perms::all | fs::perms::sticky_bit);
    EXPECT_TRUE(CacheFolder::open(folder())) << "a folder like /tmp lets nobody replace another's";
}

TEST_F(ModuleCacheTest, TellsQuestionsApartByTheirParts) {
    const auto cache = CacheFolder::open(folder()).value();
    const auto one = bytes_of("one"), two = bytes_of("two"), both = bytes_of("onetwo");
    const std::vector<bpf::AnswerStore::Question> questions{{one, two}, {two, one}, {both}, {both, {}}, {{}, both}, {}};
    for (std::size_t i = 0; i < questions.size(); i++) {
        EXPECT_FALSE(cache.find(questions[i])) << i;
        cache.keep(questions[i], std::vector(i, std::byte{7}));
    }
    for (std::size_t i = 0; i < questions.size(); i++) EXPECT_EQ(cache.find(questions[i]).value().size(), i);
    // However the names collide.
    const auto all = entries();
    for (std::size_t i = 1; i < all.size(); i++) fs::copy_file(all[0], all[i], fs::copy_options::overwrite_existing);
    int found = 0;
    for (const auto& question : questions) found += cache.find(question).has_value();
    EXPECT_EQ(found, 1);
}

TEST_F(ModuleCacheTest, TellsWhatDoesNotCompile) {
    const auto cache = CacheFolder::open(folder()).value();
    EXPECT_FALSE(compile_or_look_up(engine, {}, cache));
    EXPECT_TRUE(entries().empty());
}

TEST_F(ModuleCacheTest, IsWhereTheEnvironmentSays) {
    const auto with = [](const char* name, const char* value) {
        for (const char* variable : {"WASM_BPF_CACHE", "XDG_CACHE_HOME", "HOME"}) unsetenv(variable);
        if (name != nullptr) setenv(name, value, 1);
        return CacheFolder::default_folder("modules").string();
    };
    const char* home = getenv("HOME");
    const std::string saved = home != nullptr ? home : "";
    EXPECT_EQ(with("WASM_BPF_CACHE", "/c"), "/c/modules");
    EXPECT_EQ(with("XDG_CACHE_HOME", "/x"), "/x/wasm-bpf/modules");
    EXPECT_EQ(with("HOME", "/h"), "/h/.cache/wasm-bpf/modules");
    EXPECT_EQ(with("HOME", ""), "");
    EXPECT_EQ(with(nullptr, ""), "");
    setenv("HOME", saved.c_str(), 1);
}

}  // namespace
}  // namespace wasm_bpf::runtime
