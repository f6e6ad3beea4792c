// A running plugin and its next version: what happens to it meanwhile reaches one of them, once.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <mutex>
#include <sstream>
#include <thread>

#include "library/guests.hpp"
#include "support/network_namespace.hpp"

namespace wasm_bpf::test {
namespace {

// Sends packets to the loopback, each with the next number in it.
class Sender {
public:
    Sender() : socket_(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in to{
            .sin_family = AF_INET, .sin_port = htons(4242), .sin_addr = {htonl(INADDR_LOOPBACK)}, .sin_zero = {}};
        EXPECT_EQ(connect(socket_, reinterpret_cast<sockaddr*>(&to), sizeof(to)), 0);
    }
    ~Sender() { close(socket_); }
    Sender(const Sender&) = delete;
    Sender& operator=(const Sender&) = delete;
    void send_one() {
        const std::uint64_t number = sent_ + 1;
        // ECONNREFUSED is about a packet before: nobody listens at the port.
        while (send(socket_, &number, sizeof(number), 0) != sizeof(number) && errno == ECONNREFUSED) {
        }
        sent_ = number;
    }
    [[nodiscard]] std::uint64_t sent() const { return sent_; }

private:
    int socket_;
    std::atomic<std::uint64_t> sent_ = 0;
};

struct Record {
    std::uint64_t version, number, count;
};

class Replace : public testing::Test {
protected:
    // The test's own network namespace; guests' threads are in it too.
    static void SetUpTestSuite() { enter_own_network_namespace(); }

    [[nodiscard]] GuestOptions options(std::vector<std::string> arguments) {
        return {.policy = Policy::command_default(),
                .arguments = std::move(arguments),
                .output = Output::to([this](std::string_view text) { note(text); }),
                .log = [this](LogLevel, std::string_view text) { logged_ += std::string(text) + "\n"; }};
    }
    [[nodiscard]] static Module module() {
        return shared_runtime().compile_file(std::string(TEST_GUEST_DIR) + "/v1/replaced.wasm").value();
    }
    [[nodiscard]] Guest started() {
        Guest guest = Guest::create(module(), options({"1"})).value();
        EXPECT_TRUE(guest.start());
        EXPECT_TRUE(until([&] { return lines_ > 0; })) << text_of(guest.wait_for(0ms).value_or(Ending{})) << logged_;
        return guest;
    }
    [[nodiscard]] std::vector<Record> records() {
        std::vector<Record> records;
        const std::scoped_lock lock(mutex_);
        std::istringstream lines(output_);
        for (std::string line; std::getline(lines, line);) {
            Record record{};
            std::istringstream words(line);
            if (words >> record.version >> record.number >> record.count) records.push_back(record);
        }
        return records;
    }
    // Every packet was seen, once, in order, by versions in order.
    static void expect_all(const std::vector<Record>& all, std::uint64_t sent) {
        ASSERT_EQ(all.size(), sent);
        for (std::size_t i = 0; i < all.size(); i++) {
            ASSERT_EQ(all[i].number, i + 1);
            ASSERT_EQ(all[i].count, i + 1) << "the map was not handed over";
            ASSERT_GE(all[i].version, all[i > 0 ? i - 1 : 0].version);
        }
    }
    // Each version says that it is ready.
    [[nodiscard]] bool has_all(const Sender& sender, std::size_t versions) {
        return until([&] { return lines_ >= sender.sent() + versions; });
    }

    std::atomic<std::size_t> lines_ = 0;
    std::string logged_;

private:
    void note(std::string_view text) {
        const std::scoped_lock lock(mutex_);
        output_ += text;
        lines_ += static_cast<std::size_t>(std::ranges::count(text, '\n'));
    }
    std::mutex mutex_;
    std::string output_;
};

TEST_F(Replace, LosesNoEventBetweenVersions) {
    Guest guest = started();
    Sender sender;
    std::atomic<bool> enough = false;
    std::thread traffic([&] {
        while (!enough) {
            // Not so many that the ring buffer is full before they are printed.
            if (sender.sent() < lines_ + 5000) sender.send_one();
        }
    });
    constexpr int versions = 10;
    for (int version = 2; version <= versions; version++) {
        const std::uint64_t before = sender.sent();
        ASSERT_TRUE(until([&] { return sender.sent() > before + 50; }));
        const auto replaced = guest.replace(module(), options({std::to_string(version)}));
        EXPECT_TRUE(replaced) << replaced.error().message << logged_;
        EXPECT_EQ(guest.state(), Guest::State::running);
    }
    const std::uint64_t before = sender.sent();
    EXPECT_TRUE(until([&] { return sender.sent() > before + 50; }));
    enough = true;
    traffic.join();
    EXPECT_TRUE(has_all(sender, versions)) << records().size() << " of " << sender.sent();
    const auto all = records();
    expect_all(all, sender.sent());
    EXPECT_EQ(all.back().version, std::uint64_t{versions});
    EXPECT_EQ(logged_, "");
}

TEST_F(Replace, ByAVersionThatFailsChangesNothing) {
    Guest guest = started();
    Sender sender;
    const auto refused = [&](std::vector<std::string> arguments, std::chrono::milliseconds time = 10s) {
        sender.send_one();
        const auto replaced = guest.replace(module(), options(std::move(arguments)), time);
        sender.send_one();
        return replaced ? Error{0, "it was replaced"} : replaced.error();
    };
    EXPECT_EQ(refused({"2", "trap"}).kind, ErrorKind::trap);
    EXPECT_NE(refused({"3", "leave"}).message.find("with exit code 7"), std::string::npos);
    EXPECT_EQ(refused({"4", "spin"}, 200ms).errno_code, ETIMEDOUT);
    GuestOptions denied = options({"5"});
    denied.policy = Policy();
    EXPECT_EQ(guest.replace(module(), std::move(denied)).error().kind, ErrorKind::denied);
    const Module other = module_of(R"((module (import "own" "missing" (func)) (memory (export "memory") 1)))");
    EXPECT_EQ(guest.replace(other, {}).error().kind, ErrorKind::bad_module);
    sender.send_one();
    EXPECT_TRUE(has_all(sender, 1)) << records().size() << " of " << sender.sent();
    const auto all = records();
    ASSERT_EQ(all.size(), sender.sent());
    for (std::size_t i = 0; i < all.size(); i++) EXPECT_EQ(all[i].number, i + 1);
    EXPECT_EQ(all.back().version, 1U);
    EXPECT_EQ(all.back().count, sender.sent());
    ASSERT_TRUE(guest.replace(module(), options({"6"}))) << "and the next may succeed";
    sender.send_one();
    EXPECT_TRUE(has_all(sender, 2));
    EXPECT_EQ(records().back().version, 6U);
}

TEST_F(Replace, ByAMapOfAnotherShapeIsSaid) {
    Guest guest = started();
    Sender sender;
    sender.send_one();
    ASSERT_TRUE(guest.replace(module(), options({"2", "resize"})));
    sender.send_one();
    EXPECT_TRUE(has_all(sender, 2));
    EXPECT_EQ(records().back().count, 1U) << "a new map begins anew";
    EXPECT_NE(logged_.find("map \"counts\" is not taken over from the version before"), std::string::npos) << logged_;
    EXPECT_EQ(logged_.find("\"records\""), std::string::npos) << logged_;
}

TEST_F(Replace, EndsAreToldOfTheVersionThatRan) {
    std::vector<int> ended;
    std::mutex mutex;
    const auto telling = [&](int version, std::vector<std::string> more = {}) {
        more.insert(more.begin(), std::to_string(version));
        GuestOptions made = options(std::move(more));
        made.on_end = [&ended, &mutex, version](const Ending&) {
            const std::scoped_lock lock(mutex);
            ended.push_back(version);
        };
        return made;
    };
    {
        Guest guest = Guest::create(module(), telling(1)).value();
        ASSERT_TRUE(guest.start());
        ASSERT_TRUE(until([&] { return lines_ > 0; }));
        EXPECT_FALSE(guest.replace(module(), telling(2, {"trap"})));
        EXPECT_FALSE(guest.replace(module(), telling(3, {"spin"}), 100ms));
        EXPECT_TRUE(guest.replace(module(), telling(4)));
        guest.stop();
    }
    EXPECT_EQ(ended, (std::vector<int>{4}));
}

TEST_F(Replace, WantsARunningGuest) {
    Guest guest = Guest::create(module(), options({"1"})).value();
    EXPECT_EQ(guest.replace(module(), options({"2"})).error().errno_code, ESRCH);
    Guest running = started();
    ASSERT_TRUE(running.pause());
    EXPECT_EQ(running.replace(module(), options({"2"})).error().errno_code, EALREADY);
    running.stop();
    EXPECT_TRUE(end_of(running).error);
}

TEST_F(Replace, LeavesAGuestThatIsStoppedAsUsual) {
    Guest guest = started();
    ASSERT_TRUE(guest.replace(module(), options({"2"})));
    guest.stop();
    EXPECT_EQ(end_of(guest).error->kind, ErrorKind::stopped);
    ASSERT_TRUE(guest.start()) << "the new version, from its beginning";
    Sender sender;
    ASSERT_TRUE(until([&] {
        sender.send_one();
        return !records().empty();
    }));
    EXPECT_EQ(records().front().version, 2U);
}

}  // namespace
}  // namespace wasm_bpf::test
