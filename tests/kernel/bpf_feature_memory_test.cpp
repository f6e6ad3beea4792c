#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "bpf/feature_memory.hpp"

namespace wasm_bpf::bpf {
namespace {

struct Store final : AnswerStore {
    static std::string key(const Question& question) {
        std::string key;
        for (const auto part : question) key.append(reinterpret_cast<const char*>(part.data()), part.size());
        return key;
    }
    std::optional<std::vector<std::byte>> find(const Question& question) const override {
        const auto found = answers.find(key(question));
        return found != answers.end() ? std::optional(found->second) : std::nullopt;
    }
    void keep(const Question& question, std::span<const std::byte> answer) const override {
        answers[key(question)].assign(answer.begin(), answer.end());
        kept++;
    }
    mutable std::map<std::string, std::vector<std::byte>> answers;
    mutable int kept = 0;
};

struct FeatureMemoryTest : testing::Test {
    FeatureMemoryTest() { tried.clear(); }

    // A kernel with the even features.
    static bool try_out(std::uint32_t feature) {
        tried.push_back(feature);
        return feature % 2 == 0;
    }
    void ask(std::vector<std::uint32_t> features) {
        tried.clear();
        FeatureMemory memory(&store);
        for (const std::uint32_t feature : features)
            EXPECT_EQ(memory.has(feature, try_out), feature % 2 == 0) << feature;
    }
    static inline std::vector<std::uint32_t> tried;
    Store store;
};
using Numbers = std::vector<std::uint32_t>;

TEST_F(FeatureMemoryTest, TriesOutOnceWhatIsThere) {
    ask({2, 4, 2});
    EXPECT_EQ(tried, (Numbers{2, 4}));
    ask({4, 2, 6});
    EXPECT_EQ(tried, (Numbers{6}));
    ask({6, 4, 2});
    EXPECT_EQ(tried, Numbers{});
    EXPECT_EQ(store.kept, 2) << "nothing new, nothing written";
}

// It may come with a privilege.
TEST_F(FeatureMemoryTest, TriesOutEachTimeWhatIsMissing) {
    ask({1, 2});
    ask({1, 2});
    EXPECT_EQ(tried, (Numbers{1}));
}

TEST_F(FeatureMemoryTest, TakesNoAnswerThatIsNone) {
    ask({2});
    for (const std::size_t size : {0UL, 7UL, 9UL}) {
        store.answers.begin()->second.assign(size, std::byte{0xff});
        ask({2, 3});
        EXPECT_EQ(tried, (Numbers{2, 3}));
    }
}

TEST_F(FeatureMemoryTest, LeavesNumbersBeyondItsAnswerToLibbpf) {
    ask({64, 1000});
    ask({64, 1000});
    EXPECT_EQ(tried, (Numbers{64, 1000}));
}

TEST_F(FeatureMemoryTest, QuestionNamesTheKernel) {
    ask({2});
    ASSERT_FALSE(kernel_identity().empty());
    EXPECT_NE(store.answers.begin()->first.find(kernel_identity()), std::string::npos);
}

TEST_F(FeatureMemoryTest, WithoutAStoreRemembersNothing) {
    FeatureMemory memory(nullptr);
    for (int i = 0; i < 2; i++) EXPECT_TRUE(memory.has(2, try_out));
    EXPECT_EQ(tried, (Numbers{2, 2}));
}

}  // namespace
}  // namespace wasm_bpf::bpf
