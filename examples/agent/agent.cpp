// A small agent: runs every NAME.wasm of a folder as a plugin, under the policy in NAME.toml beside it, and follows what
// happens to the files: a new one is started, a changed one replaced with no event lost, a removed one ended. One that
// dies is started again, later and later. SIGINT or SIGTERM ends all.

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <string>

#include "plugin.hpp"

namespace agent {
namespace {

namespace fs = std::filesystem;

class Agent {
public:
    Agent(wasm_bpf::Runtime runtime, fs::path folder, const PluginOptions& options)
        : runtime_(std::move(runtime)), folder_(std::move(folder)), options_(options) {
        sigset_t signals;
        sigemptyset(&signals);
        for (const int number : {SIGINT, SIGTERM}) sigaddset(&signals, number);
        sigprocmask(SIG_BLOCK, &signals, nullptr);
        signals_ = signalfd(-1, &signals, SFD_CLOEXEC);
        ended_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        files_ = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    }
    Agent(const Agent&) = delete;
    Agent& operator=(const Agent&) = delete;
    ~Agent() {
        metrics_.reset();
        plugins_.clear();  // they write to ended_
        for (const int fd : {signals_, ended_, files_}) ::close(fd);
    }

    // Serves what is measured of all plugins.
    wasm_bpf::Result<> serve_metrics(const std::string& address) {
        auto server = wasm_bpf::MetricsServer::start(address, [this] { return metrics(); });
        if (!server) return std::unexpected(server.error());
        metrics_.emplace(std::move(*server));
        say("agent", "serves metrics at " + metrics_->url());
        return {};
    }

    int run() {
        // Watched before it is read: what comes meanwhile is seen twice, and not missed.
        if (inotify_add_watch(files_, folder_.c_str(), IN_CLOSE_WRITE | IN_MOVED_TO | IN_DELETE | IN_MOVED_FROM) < 0) {
            std::fprintf(stderr, "agent: watch %s: %s\n", folder_.c_str(), std::strerror(errno));
            return 1;
        }
        {
            const std::scoped_lock lock(mutex_);
            for (const auto& entry : fs::directory_iterator(folder_)) follow(entry.path().filename());
        }
        say("agent", "watches " + folder_.string());
        while (wait_once()) {
        }
        say("agent", "ends");
        return 0;
    }

private:
    static bool is_module(const fs::path& name) { return name.extension() == ".wasm" && !name.string().starts_with('.'); }

    // A file is there, or another one under its name.
    void follow(fs::path name) {
        if (name.extension() == ".toml") name.replace_extension(".wasm");  // another policy: the plugin anew
        if (!is_module(name) || !fs::exists(folder_ / name)) return;
        auto& plugin = plugins_[name];
        if (!plugin)
            plugin = std::make_unique<Plugin>(folder_ / name, options_, [fd = ended_] { eventfd_write(fd, 1); });
        plugin->load(runtime_);
    }

    void read_changes() {
        alignas(inotify_event) char room[16384];
        for (ssize_t size; (size = ::read(files_, room, sizeof(room))) > 0;)
            for (const char* at = room; at < room + size;) {
                const auto* event = reinterpret_cast<const inotify_event*>(at);
                at += sizeof(*event) + event->len;
                const fs::path name = event->len > 0 ? event->name : "";
                if ((event->mask & (IN_DELETE | IN_MOVED_FROM)) != 0 && is_module(name))
                    plugins_.erase(name);
                else
                    follow(name);
            }
    }

    [[nodiscard]] int milliseconds_until_due() const {
        int least = -1;
        for (const auto& [name, plugin] : plugins_) {
            if (!plugin->due()) continue;
            const auto left = std::chrono::ceil<std::chrono::milliseconds>(*plugin->due() - Plugin::Clock::now());
            const int bounded = static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 1'000'000));
            least = least < 0 ? bounded : std::min(least, bounded);
        }
        return least;
    }

    // False at a signal.
    bool wait_once() {
        pollfd watched[] = {{signals_, POLLIN, 0}, {ended_, POLLIN, 0}, {files_, POLLIN, 0}};
        if (::poll(watched, 3, milliseconds_until_due()) < 0) return errno == EINTR;
        if (watched[0].revents != 0) return false;
        const std::scoped_lock lock(mutex_);
        if (watched[2].revents != 0) read_changes();
        eventfd_t count = 0;
        eventfd_read(ended_, &count);
        for (auto& [name, plugin] : plugins_) {
            plugin->look();
            if (plugin->due() && *plugin->due() <= Plugin::Clock::now()) plugin->restart();
        }
        return true;
    }

    std::vector<wasm_bpf::MetricFamily> metrics() {
        const std::scoped_lock lock(mutex_);
        std::vector<wasm_bpf::MetricFamily> all;
        for (const auto& [name, plugin] : plugins_) wasm_bpf::merge_metrics(all, plugin->metrics());
        return all;
    }

    wasm_bpf::Runtime runtime_;
    fs::path folder_;
    const PluginOptions& options_;
    int signals_ = -1, ended_ = -1, files_ = -1;
    std::mutex mutex_;  // between the agent's thread and the server's
    std::map<fs::path, std::unique_ptr<Plugin>> plugins_;
    std::optional<wasm_bpf::MetricsServer> metrics_;
};

}  // namespace
}  // namespace agent

int main(int argc, char** argv) {
    agent::PluginOptions options;
    std::string metrics_address;
    int at = 1;
    for (; at + 1 < argc && argv[at][0] == '-'; at += 2) {
        const std::string option = argv[at];
        if (option == "--back-off")
            options.first_back_off = std::chrono::milliseconds(std::max(1, std::atoi(argv[at + 1])));
        else if (option == "--metrics")
            metrics_address = argv[at + 1];
        else
            break;
    }
    if (at + 1 != argc || argv[at][0] == '-') {
        std::fprintf(stderr, "Usage: agent [--metrics ADDRESS] [--back-off MILLISECONDS] FOLDER\n"
                             "Runs every NAME.wasm of FOLDER as a plugin, under the policy in NAME.toml.\n");
        return 2;
    }
    auto runtime = wasm_bpf::Runtime::create(
        {.log = [](wasm_bpf::LogLevel, std::string_view text) { agent::say("agent", text); }});
    if (!runtime) {
        std::fprintf(stderr, "agent: %s\n", runtime.error().message.c_str());
        return 1;
    }
    agent::Agent agent(std::move(*runtime), argv[at], options);
    if (!metrics_address.empty())
        if (auto served = agent.serve_metrics(metrics_address); !served) {
            std::fprintf(stderr, "agent: %s\n", served.error().message.c_str());
            return 1;
        }
    return agent.run();
}
