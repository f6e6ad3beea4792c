// Trimmed BTF, and loading by what is remembered of the kernel's.

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <linux/bpf.h>

#include <cstring>
#include <map>
#include <optional>

#include "bpf/btf_file.hpp"
#include "bpf/btf_memory.hpp"
#include "bpf/btf_trim.hpp"
#include "bpf/fixture.hpp"
#include "bpf/instructions.hpp"
#include "bpf/kernel_btf.hpp"
#include "engine/folder.hpp"
#include "support/command.hpp"

namespace wasm_bpf::bpf::test {
namespace {

constexpr const char* kernel_btf = "/sys/kernel/btf/vmlinux";

// Every instruction of the object's programs once it is relocated against the BTF in that file.
std::map<std::string, std::vector<std::uint64_t>> relocated(std::span<const std::byte> elf, const std::string& btf) {
    bpf_object_open_opts options{};
    options.sz = sizeof(options);
    options.btf_custom_path = btf.c_str();
    const std::unique_ptr<bpf_object, void (*)(bpf_object*)> object(
        bpf_object__open_mem(elf.data(), elf.size(), &options), bpf_object__close);
    std::map<std::string, std::vector<std::uint64_t>> result;
    EXPECT_EQ(bpf_object__prepare(object.get()), 0) << btf;
    bpf_program* program = nullptr;
    bpf_object__for_each_program(program, object.get()) {
        auto& instructions = result[bpf_program__name(program)];
        instructions.resize(bpf_program__insn_cnt(program));
        std::memcpy(instructions.data(), bpf_program__insns(program), instructions.size() * sizeof(bpf_insn));
    }
    return result;
}

TrimmedBtf trimmed_for(std::span<const std::byte> elf, std::vector<NamedType> named = {}) {
    BtfPointer types;
    BtfNeeds needs;
    each_section(elf, BTF_ELF_SEC, [&](std::span<const std::byte> bytes) {
        types.reset(btf__new(bytes.data(), static_cast<std::uint32_t>(bytes.size())));
    });
    each_section(elf, ".BTF.ext",
                 [&](std::span<const std::byte> bytes) { needs.relocations = core_relocations(types.get(), bytes); });
    needs.types = types.get();
    needs.named = std::move(named);
    const BtfPointer all(btf__load_vmlinux_btf());
    auto trimmed = trim_btf(all.get(), {&needs, 1});
    EXPECT_TRUE(trimmed) << trimmed.error().message;
    return std::move(*trimmed);
}

std::string_view text_of(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

TEST(TrimmedBtf, RelocatesAsTheKernelsOwn) {
    const wasm_bpf::test::Folder folder;
    for (const char* name : {"core", "core_kinds", "core_attach", "core_missing"}) {
        SCOPED_TRACE(name);
        const auto elf = read_object(name);
        const auto trimmed = trimmed_for(elf);
        const std::string file = folder.write("trimmed.btf", text_of(trimmed.bytes));
        const auto expected = relocated(elf, kernel_btf);
        EXPECT_EQ(relocated(elf, file), expected);

        // And as bpftool's, which leaves candidates out that do not fit.
        const std::string bpftools = folder.path() / "bpftool.btf";
        const std::string object = std::string(TEST_BPF_DIR) + "/" + name + ".bpf.o";
        wasm_bpf::test::Command bpftool({"bpftool", "gen", "min_core_btf", kernel_btf, bpftools, object});
        ASSERT_EQ(bpftool.wait(), 0) << bpftool.error();
        EXPECT_EQ(relocated(elf, bpftools), expected);
        EXPECT_LT(trimmed.bytes.size(), 2 * std::filesystem::file_size(bpftools) + 256);
    }
}

TEST(TrimmedBtf, SaysWhatItCannotStandFor) {
    EXPECT_TRUE(trimmed_for(read_object("core_kinds")).complete);
    EXPECT_FALSE(trimmed_for(read_object("core_missing")).complete) << "a module may have it";
    EXPECT_FALSE(trimmed_for(read_object("core_kinds")).numbers_used);
    EXPECT_TRUE(trimmed_for(read_object("core_number")).numbers_used);
    EXPECT_FALSE(trimmed_for(read_object("core"), {{BTF_KIND_FUNC, "no_such_function"}}).complete);
    EXPECT_FALSE(trimmed_for(read_object("core"), {{BTF_KIND_TYPEDEF, "bpf_iter_task"}}).complete) << "a function";
}

TEST(TrimmedBtf, KnowsTheKernelsNumbers) {
    const auto trimmed = trimmed_for(read_object("core"), {{BTF_KIND_FUNC, "bpf_iter_task"}});
    ASSERT_EQ(trimmed.numbers.size(), 1U);
    const BtfPointer types(btf__new(trimmed.bytes.data(), static_cast<std::uint32_t>(trimmed.bytes.size())));
    EXPECT_EQ(btf__find_by_name_kind(types.get(), "bpf_iter_task", BTF_KIND_FUNC),
              static_cast<int>(trimmed.numbers[0].trimmed));
    EXPECT_EQ(ask_kernel_btf({BtfQuestion::About::function, 0, "bpf_iter_task", "", ""})->type_id,
              trimmed.numbers[0].kernel);
}

// Keeps answers about types in memory, and counts; FeatureMemory's questions have none.
struct Store final : AnswerStore {
    static bool about_types(const Question& question) {
        return text_of(question[0]).starts_with("wasm-bpf kernel types");
    }
    static std::string key(const Question& question) {
        std::string key;
        for (const auto part : question) key.append(text_of(part)).append("|");
        return key;
    }
    std::optional<std::vector<std::byte>> find(const Question& question) const override {
        if (!about_types(question)) return {};
        const auto found = answers.find(key(question));
        (found != answers.end() ? found_count : missed_count)++;
        return found != answers.end() ? std::optional(found->second) : std::nullopt;
    }
    void keep(const Question& question, std::span<const std::byte> answer) const override {
        if (about_types(question)) answers[key(question)].assign(answer.begin(), answer.end());
    }
    mutable std::map<std::string, std::vector<std::byte>> answers;
    mutable int found_count = 0, missed_count = 0;
};

struct BtfMemoryTest : testing::Test {
    std::unique_ptr<Object> open(std::string_view name) {
        ObjectOptions options;
        options.btf_store = store;
        return open_object(name, std::move(options));
    }
    Result<> load(std::string_view name) { return open(name)->load(); }
    std::shared_ptr<Store> store = std::make_shared<Store>();
};

std::uint32_t attached_to(const Program& program) {
    bpf_prog_info info{};
    std::uint32_t size = sizeof(info);
    EXPECT_EQ(bpf_prog_get_info_by_fd(program.fd(), &info, &size), 0);
    return info.attach_btf_id;
}

TEST_F(BtfMemoryTest, SecondLoadIsTheSameByLess) {
    const auto first = open("core_attach");
    ASSERT_TRUE(first->load());
    ASSERT_EQ(store->answers.size(), 1U);
    EXPECT_LT(store->answers.begin()->second.size(), 1000U);
    const auto second = open("core_attach");
    const auto loaded = second->load();
    ASSERT_TRUE(loaded) << loaded.error().message;
    EXPECT_EQ(store->found_count, 1);
    for (const char* program : {"on_switch", "each_task"}) {
        EXPECT_NE(attached_to(*first->find_program(program)), 0U);
        EXPECT_EQ(attached_to(*second->find_program(program)), attached_to(*first->find_program(program)));
    }
    for (Object* object : {first.get(), second.get()}) {
        TestRun run;
        ASSERT_TRUE(object->find_program("offset")->test_run(run));
        std::uint32_t key = 0, offset = 0;
        ASSERT_EQ(object->find_map(".bss")->lookup(&key, &offset, 0), 0);
        EXPECT_EQ(offset * 8, ask_kernel_btf({BtfQuestion::About::field, 0, "task_struct", "tgid", ""})->bit_offset);
    }
}

// That it is what libbpf gets: with an answer of another BTF, the load comes out by that.
TEST_F(BtfMemoryTest, SecondLoadTakesNothingFromTheKernel) {
    ASSERT_TRUE(load("core"));
    ASSERT_EQ(store->answers.size(), 1U);
    const BtfPointer other(btf__new_empty());
    const int number = btf__add_int(other.get(), "int", 4, BTF_INT_SIGNED);
    btf__add_struct(other.get(), "task_struct", 1000);
    btf__add_field(other.get(), "tgid", number, 400 * 8, 0);
    std::uint32_t size = 0;
    const auto* bytes = static_cast<const std::byte*>(btf__raw_data(other.get(), &size));
    store->answers.begin()->second.assign(bytes, bytes + size);
    const auto object = open("core");
    ASSERT_TRUE(object->load());
    const Program& program = *object->find_program("offset_of_tgid");
    TestRun run;
    ASSERT_TRUE(program.test_run(run));
    EXPECT_EQ(run.return_value, 400U);
}

TEST_F(BtfMemoryTest, AsksAnewForAnotherSelection) {
    ASSERT_TRUE(load("core_attach"));
    const auto object = open("core_attach");
    ASSERT_TRUE(object->find_program("each_task")->set_autoload(false));
    ASSERT_TRUE(object->load());
    ASSERT_TRUE(load("core"));
    EXPECT_EQ(store->found_count, 0);
    EXPECT_EQ(store->answers.size(), 3U);
}

TEST_F(BtfMemoryTest, LeavesWhatNeedsTheWholeBtfToLibbpf) {
    for (int i = 0; i < 2; i++)
        for (const char* name : {"core_missing", "core_number"}) {
            SCOPED_TRACE(name);
            const auto object = open(name);
            ASSERT_TRUE(object->load());
            if (name != std::string_view("core_number")) continue;
            TestRun run;
            ASSERT_TRUE(object->find_program("number_of_task")->test_run(run));
            std::uint32_t key = 0;
            std::uint64_t number = 0;
            ASSERT_EQ(object->find_map(".bss")->lookup(&key, &number, 0), 0);
            EXPECT_EQ(number,
                      ask_kernel_btf({BtfQuestion::About::type, BTF_KIND_STRUCT, "task_struct", "", ""})->type_id);
        }
    EXPECT_EQ(store->found_count, 2) << "that it does is remembered too";
    for (const auto& [question, answer] : store->answers) EXPECT_TRUE(answer.empty());
}

TEST_F(BtfMemoryTest, IsNotAskedWhereNoTypesAreNeeded) {
    ASSERT_TRUE(load("maps"));
    EXPECT_EQ(store->missed_count, 0);
}

TEST_F(BtfMemoryTest, IsNotAskedWithABtfFile) {
    ObjectOptions options;
    options.btf_store = store;
    options.btf_path = kernel_btf;
    ASSERT_TRUE(open_object("core", options)->load());
    EXPECT_EQ(store->missed_count, 0);
}

TEST_F(BtfMemoryTest, SurvivesAnAnswerThatIsNone) {
    ASSERT_TRUE(load("core_attach"));
    for (const std::size_t size : {1UL, 7UL, 16UL, 17UL, 60UL}) {
        store->answers.begin()->second.assign(size, std::byte{0x55});
        const auto loaded = load("core_attach");
        EXPECT_TRUE(loaded) << size << ": " << loaded.error().message;
    }
}

TEST_F(BtfMemoryTest, QuestionNamesTheKernel) {
    ASSERT_TRUE(load("core"));
    const std::string kernel = kernel_identity();
    EXPECT_NE(store->answers.begin()->first.find(kernel), std::string::npos);
    wasm_bpf::test::Command uname({"uname", "-r"});
    ASSERT_EQ(uname.wait(), 0);
    EXPECT_TRUE(kernel.starts_with(uname.output().substr(0, uname.output().size() - 1) + " ")) << kernel;
    const auto build_id = kernel.substr(kernel.rfind(' ') + 1);
    EXPECT_EQ(build_id.size(), 40U) << kernel;
}

}  // namespace
}  // namespace wasm_bpf::bpf::test
