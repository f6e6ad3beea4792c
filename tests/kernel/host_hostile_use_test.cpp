// What hostile guests do with what is theirs: close it while it is in use, call on from callbacks, die there, corrupt
// what they share with the kernel, ask for too much, and try for what belongs to others.

#include <bpf/btf.h>
#include <linux/bpf.h>
#include <sys/resource.h>

#include <cerrno>

#include "bpf/program.hpp"
#include "kernel/hostile_calls.hpp"

namespace wasm_bpf::test {
namespace {

constexpr auto version_0 = guest_abi::version_0;

std::int64_t poll(Things& on, std::uint32_t data, std::uint32_t size, std::string_view map = "ring") {
    return on.guest.call("wasm_bpf_buffer_poll", {on.object, on.map(map), 0, 0, data, size, 0}, version_0);
}

void produce(Things& on, std::uint32_t count, std::uint32_t size = 8) {
    EXPECT_EQ(on.guest.run_program(on.program("produce"), count, size), 0) << on.guest.host.last_error;
}

// --- re-entrancy ---

struct HostileCallback : testing::TestWithParam<const ValidCall*> {};

TEST_P(HostileCallback, MayCallEverything) {
    with_things([&](Things& on) {
        const std::uint32_t data = on.guest.room(64);
        const Arguments arguments = GetParam()->arguments(on);
        produce(on, 3);
        int records = 0;
        on.guest.callback = [&](std::int32_t) -> Result<std::int32_t> {
            // Only the first can succeed for most; what counts is that each answers.
            if (records++ < 3) std::ignore = on.guest.call(GetParam()->name, arguments, GetParam()->module);
            return 0;
        };
        EXPECT_GE(poll(on, data, 64), 0) << on.guest.host.last_error;
        EXPECT_GT(records, 0);
        EXPECT_FALSE(on.guest.ended) << on.guest.ended->message;
    });
}

std::vector<const ValidCall*> every_call() {
    std::vector<const ValidCall*> all;
    for (const ValidCall& call : valid_calls()) all.push_back(&call);
    return all;
}

INSTANTIATE_TEST_SUITE_P(From, HostileCallback, testing::ValuesIn(every_call()), [](const auto& call) {
    return std::string(call.param->name) + (call.param->variant.empty() ? "" : "_") + std::string(call.param->variant);
});

TEST(HostileCallbacks, MayNotPollTheirOwnBufferButAnother) {
    with_things([](Things& on) {
        const std::uint32_t data = on.guest.room(64);
        produce(on, 2);
        std::vector<std::int64_t> inner;
        on.guest.callback = [&](std::int32_t) -> Result<std::int32_t> {
            inner.push_back(poll(on, data, 64));
            inner.push_back(poll(on, data, 64, "perf"));
            return 0;
        };
        EXPECT_EQ(poll(on, data, 64), 2);
        EXPECT_EQ(inner, (std::vector<std::int64_t>{-EBUSY, 0, -EBUSY, 0}));
    });
}

TEST(HostileCallbacks, MayCloseTheObjectThatIsPolled) {
    with_things([](Things& on) {
        const std::uint32_t data = on.guest.room(64);
        for (const std::string_view close : {"close", "wasm_close_bpf_object"}) {
            Things other = on;
            other.object = on.guest.load("hostile");
            produce(other, 3);
            int records = 0;
            on.guest.callback = [&](std::int32_t) -> Result<std::int32_t> {
                const std::int64_t result =
                    on.guest.call(close, {other.object}, close == "close" ? guest_abi::version_1 : version_0);
                EXPECT_EQ(result, records++ == 0 ? 0 : close == "close" ? -EBADF : -EINVAL);
                return 0;
            };
            EXPECT_EQ(poll(other, data, 64), 3);
            EXPECT_EQ(records, 3);
        }
    });
}

TEST(HostileCallbacks, MayCloseLinksAndRings) {
    with_things([](Things& on) {
        const std::uint32_t data = on.guest.room(64);
        produce(on, 1);
        on.guest.callback = [&](std::int32_t) -> Result<std::int32_t> {
            for (const auto& [kind, handle] : on.kinds)
                EXPECT_EQ(on.guest.call("close", {handle}), kind == "map" || kind == "program" ? -EINVAL
                                                            : kind == "object"                 ? 0
                                                                                               : 0)
                    << kind;
            return 0;
        };
        on.kinds.erase("map");  // ends with the object, which may come first
        on.kinds.erase("program");
        EXPECT_EQ(poll(on, data, 64), 1);
    });
}

TEST(HostileCallbacks, MayDie) {
    for (const ErrorKind kind : {ErrorKind::trap, ErrorKind::stopped})
        with_things([&](Things& on) {
            const std::uint32_t data = on.guest.room(64);
            produce(on, 3);
            int records = 0;
            on.guest.callback = [&](std::int32_t) -> Result<std::int32_t> {
                records++;
                return fail(EFAULT, "dies in its callback", kind);
            };
            EXPECT_EQ(poll(on, data, 64), INT64_MIN);
            ASSERT_TRUE(on.guest.ended);
            EXPECT_EQ(static_cast<int>(on.guest.ended->kind), static_cast<int>(kind));
            EXPECT_EQ(records, 1) << "it is not called again";
            on.guest.ended.reset();
        });
}

// --- closing what is in use ---

TEST(HostileCloses, AnObjectWhoseRingsAreInASet) {
    with_things([](Things& on) {
        const std::int32_t set = on.copied_rings();
        const std::uint32_t window = on.guest.pages(4), perf = on.guest.pages(2), data = on.guest.room(64);
        const std::int32_t other = on.guest.ok("ring_open", {});
        on.guest.ok("ring_add", {other, on.map("ring"), window, 4 * page});
        on.guest.ok("perf_ring_add", {other, on.map("perf"), on.sized(wasm_bpf_perf_ring_options{}), perf, 2 * page});
        produce(on, 3);
        EXPECT_EQ(on.guest.call("close", {on.object}), 0);
        for (const std::int32_t each : {set, other}) {
            EXPECT_EQ(on.guest.call("ring_wait", {each, 0}), 0);
            EXPECT_EQ(on.guest.call("ring_read", {each, 0, data, 64}), -ENOENT);
            EXPECT_EQ(on.guest.call("ring_info", {each, 1, data, 24}), -ENOENT);
            EXPECT_EQ(on.guest.call("ring_write", {each, 1, data, 64}), -ENOENT);
        }
        std::memset(on.guest.memory().data() + window, 1, 4 * page);  // ordinary memory again
        std::memset(on.guest.memory().data() + perf, 1, 2 * page);
        EXPECT_FALSE(on.guest.host.faults.seen);
    });
}

TEST(HostileCloses, AMapOfItsOwnThatIsInASetAndHasAWindow) {
    with_things([](Things& on) {
        const std::int32_t map = on.guest.make_map({.type = BPF_MAP_TYPE_RINGBUF, .max_entries = 4096});
        const std::int32_t array = on.guest.make_map({.type = BPF_MAP_TYPE_ARRAY,
                                                      .key_size = 4,
                                                      .value_size = 8,
                                                      .max_entries = 512,
                                                      .map_flags = BPF_F_MMAPABLE});
        const std::uint32_t ring_window = on.guest.pages(4), array_window = on.guest.pages(1);
        const std::int32_t set = on.guest.ok("ring_open", {});
        on.guest.ok("ring_add", {set, map, ring_window, 4 * page});
        on.guest.ok("map_window", {array, array_window, page});
        EXPECT_EQ(on.guest.call("close", {map}), 0);
        EXPECT_EQ(on.guest.call("close", {array}), 0);
        EXPECT_EQ(on.guest.call("ring_wait", {set, 0}), 0);
        std::memset(on.guest.memory().data() + ring_window, 1, 5 * page);
        EXPECT_FALSE(on.guest.host.faults.seen);
        EXPECT_EQ(on.guest.call("map_info", {map, on.guest.room(144), 144}), -EBADF);
    });
}

TEST(HostileCloses, TheLinkOfAStreamThatIsRead) {
    with_things([](Things& on) {
        const std::uint32_t data = on.guest.room(64);
        const std::int32_t link = on.guest.attach(on.program("dump"), {.kind = WASM_BPF_ATTACH_ITERATOR});
        const std::int32_t stream = on.guest.ok("iterator_open", {link});
        EXPECT_GT(on.guest.call("stream_read", {stream, data, 6}), 0);
        EXPECT_EQ(on.guest.call("close", {link}), 0);
        EXPECT_GT(on.guest.call("stream_read", {stream, data, 6}), 0);
        EXPECT_EQ(on.guest.call("close", {on.object}), 0);
        EXPECT_GE(on.guest.call("stream_read", {stream, data, 6}), 0);
        EXPECT_EQ(on.guest.call("close", {stream}), 0);
        EXPECT_EQ(on.guest.call("stream_read", {stream, data, 6}), -EBADF);
    });
}

// A handler of a signal that came in before the read runs within it. What takes the handle's place, and the room of the
// whole table, which grows, must not be read by the old handle.
TEST(HostileCloses, AStreamInAHandlerThatRunsWithinItsRead) {
    with_things([](Things& on) {
        for (const bool grow : {false, true}) {
            const std::uint32_t data = on.guest.room(64);
            const std::int32_t link = on.guest.attach(on.program("dump"), {.kind = WASM_BPF_ATTACH_ITERATOR});
            const std::int32_t stream = on.guest.ok("iterator_open", {link});
            int handled = 0;
            on.guest.callback = [&](std::int32_t) -> Result<std::int32_t> {
                handled++;
                on.guest.ok("close", {stream});
                on.guest.ok("iterator_open", {link});
                for (int i = 0; grow && i < 300; i++) on.guest.ok("ring_open", {});
                return 0;
            };
            on.guest.ok("signal_action", {SIGUSR1, WASM_BPF_SIGNAL_HANDLE, 0, 1});
            on.guest.host.interrupts.signal(SIGUSR1);
            EXPECT_EQ(on.guest.call("stream_read", {stream, data, 6}), -EBADF) << on.guest.host.last_error;
            EXPECT_EQ(handled, 1);
            EXPECT_FALSE(on.guest.ended);
        }
    });
}

// libbpf keeps the number of the target's fd until load: by then it may be another guest's program.
TEST(HostileCloses, TheTargetOfAProgramThatIsNotLoaded) {
    with_things([](Things& on) {
        const std::int32_t target = on.guest.load("hostile");
        const bpf::Program* program = on.guest.host.handles.program(on.guest.program(target, "filter"));
        const std::string id = "prog_id: " + std::to_string(program->id());
        EXPECT_EQ(on.guest.call("program_set_attach_target",
                                joined({on.guest.program(on.fresh, "dump"), on.guest.program(target, "filter")},
                                       text_of(on.guest, "filter"))),
                  0)
            << on.guest.host.last_error;
        on.guest.ok("close", {target});
        EXPECT_TRUE(held_ids().contains(id)) << "what the fd's number means until load";
        on.guest.ok("close", {on.fresh});
        EXPECT_FALSE(held_ids().contains(id));
    });
}

// --- corrupted positions and headers ---

TEST(HostilePositions, OfAConsumerDoNotLeadVersion0OutOfTheBuffer) {
    with_things([](Things& on) {
        const std::uint32_t window = on.guest.pages(4), data = on.guest.room(page * 16);
        const std::int32_t set = on.guest.ok("ring_open", {});
        on.guest.ok("ring_add", {set, on.map("ring"), window, 4 * page});
        on.guest.callback = [&](std::int32_t size) -> Result<std::int32_t> {
            EXPECT_LE(size, 4096) << "no record is longer than the ring";
            return 0;
        };
        produce(on, 8, 248);
        // In the middle of a record, whose bytes look like a header of a record of a gigabyte.
        for (const std::uint64_t position : {16ull, 13ull, 4096ull, ~7ull, 1ull << 40, ~0ull}) {
            on.guest.set(window, position);
            const std::int64_t result = poll(on, data, page * 16);
            EXPECT_TRUE(result == -EBADMSG || result >= 0) << result;
            EXPECT_FALSE(on.guest.ended);
            produce(on, 8, 248);
        }
    });
}

TEST(HostilePositions, DoNotLeadReadsAndWritesOutOfTheBuffer) {
    with_things([](Things& on) {
        const std::uint32_t window = on.guest.pages(4), user_window = on.guest.pages(4),
                            data = on.guest.room(page * 16);
        const std::int32_t windows = on.guest.ok("ring_open", {}), set = on.copied_rings();
        on.guest.ok("ring_add", {windows, on.map("ring"), window, 4 * page});
        on.guest.ok("ring_add", {windows, on.map("user"), user_window, 4 * page});
        const std::uint32_t record[] = {8, 0, 1, 2};
        std::memcpy(on.guest.memory().data() + data, record, sizeof(record));
        produce(on, 8, 248);
        for (const std::uint64_t position : {16ull, 13ull, 4096ull, ~7ull, 1ull << 40, ~0ull}) {
            on.guest.set(window, position);
            on.guest.set(user_window + page, position);
            const std::int64_t read = on.guest.call("ring_read", {set, 0, data + page, page});
            EXPECT_TRUE(read == -EBADMSG || (read >= 0 && read <= page)) << read;
            const std::int64_t written = on.guest.call("ring_write", {set, 1, data, sizeof(record)});
            EXPECT_TRUE(written == -EBADMSG || written == 0 || written == sizeof(record)) << written;
            EXPECT_GE(on.guest.call("ring_wait", {windows, 0}), 0);
            EXPECT_GE(on.guest.call("ring_wait", {set, 0}), 0);
            std::ignore = on.guest.run_program(on.program("drain"), 0, 0);  // the kernel's own check
        }
        // Headers of the guest's own making.
        for (const std::uint32_t header : {0xffffffffu, 0x3fffffffu, 0x80000008u, 4096u, 4089u}) {
            on.guest.set(data, header);
            EXPECT_LE(on.guest.call("ring_write", {set, 1, data, page}), 0) << header;
            on.guest.set(user_window + 2 * page, header);
            on.guest.set<std::uint64_t>(user_window + page, 8);
            std::ignore = on.guest.run_program(on.program("drain"), 0, 0);
        }
        EXPECT_FALSE(on.guest.ended);
    });
}

TEST(HostilePositions, OfPerfBuffersAreTheGuestsAlone) {
    with_things([](Things& on) {
        const std::uint32_t window = on.guest.pages(2), data = on.guest.room(page);
        const std::int32_t set = on.guest.ok("ring_open", {});
        on.guest.ok("perf_ring_add", {set, on.map("perf"), on.sized(wasm_bpf_perf_ring_options{}), window, 2 * page});
        EXPECT_EQ(poll(on, data, 64, "perf"), 0);  // takes the same element
        std::memset(on.guest.memory().data() + window, 0xff, page);
        EXPECT_GE(on.guest.call("ring_wait", {set, 0}), 0);
        EXPECT_GE(on.guest.call("ring_info", {set, 0, data, 24}), 0);
        EXPECT_EQ(on.guest.call("ring_read", {set, 0, data, page}), -EINVAL);
        EXPECT_EQ(poll(on, data, 64, "perf"), 0);
        EXPECT_EQ(on.guest.call("close", {set}), 0);
    });
}

// --- too much ---

TEST(HostileSizes, OfBatchesAreRefused) {
    with_things([](Things& on) {
        for (const std::uint32_t count :
             {0xffffffffu, 0x80000000u, 0x20000001u, 0x40000000u, HostileHost::memory_bytes}) {
            const std::uint32_t counted = on.number(count), keys = on.guest.room(64), values = on.guest.room(64);
            const std::int32_t table = on.map("table");
            EXPECT_EQ(on.guest.call("map_lookup_batch", {table, 0, keys, keys, values, counted, 0, 0}), -EFAULT);
            EXPECT_EQ(on.guest.call("map_lookup_and_delete_batch", {table, 0, keys, keys, values, counted, 0, 0}),
                      -EFAULT);
            EXPECT_EQ(on.guest.call("map_update_batch", {table, keys, values, counted, 0, 0}), -EFAULT);
            EXPECT_EQ(on.guest.call("map_delete_batch", {table, keys, counted, 0, 0}), -EFAULT);
            EXPECT_EQ(on.guest.get<std::uint32_t>(counted), count);
        }
    });
}

TEST(HostileSizes, OfMapsAreRefused) {
    HostileHost guest;
    for (std::uint32_t type = 0; type < 64; type++)
        for (const std::uint32_t size : {0xffffffffu, 0x80000000u, 0xfffffff9u}) {
            wasm_bpf_map_create_options options{};
            options.size = sizeof(options);
            options.type = type;
            options.key_size = type == BPF_MAP_TYPE_ARRAY ? 4 : size;
            options.value_size = size;
            options.max_entries = size;
            EXPECT_LT(guest.call("map_create", {guest.put(options)}), 0) << type;
        }
    EXPECT_FALSE(guest.ended);
}

TEST(HostileSizes, OfRunsAndReadsAreRefused) {
    with_things([](Things& on) {
        constexpr std::uint32_t end = HostileHost::memory_bytes;
        wasm_bpf_test_run_options options{};
        options.size = sizeof(options);
        options.data_in_size = options.data_out_size = options.context_in_size = options.context_out_size = end;
        EXPECT_LT(on.guest.call("program_test_run", {on.program("filter"), on.guest.put(options)}), 0);
        EXPECT_GE(on.guest.call("stream_read", {on.kinds["stream"], 0, end}), 0);
        EXPECT_GE(on.guest.call("program_log", {on.program("filter"), 0, end}), 0);
        EXPECT_LT(on.guest.call("map_read", {on.map("shared"), 0, 0, end}), 0);
        EXPECT_LT(on.guest.call("map_read", {on.map("shared"), -1, 0, 8}), 0);
        EXPECT_LT(on.guest.call("map_write", {on.map("shared"), -8, 0, 16}), 0);
        for (const std::uint32_t pages : {0xffffffffu, 0x7fffffffu, 0x80000000u, 3u})
            EXPECT_LT(on.guest.call("perf_ring_add", {on.kinds["ring"], on.map("perf"),
                                                      on.sized(wasm_bpf_perf_ring_options{.pages = pages}), 0, 0}),
                      0);
        EXPECT_FALSE(on.guest.ended) << on.guest.ended->message;
    });
}

// Opened and never loaded: no map's memory yet, but the host's.
TEST(HostileSizes, OfObjectsAndTheirGlobalDataAreRefused) {
    HostileHost guest;
    ASSERT_TRUE(guest.host.options.policy.allow("objects.bytes=1MB"));
    const auto elf = bpf::test::read_object("hostile");
    const std::uint32_t place = guest.room(static_cast<std::uint32_t>(elf.size()));
    std::memcpy(guest.memory().data() + place, elf.data(), elf.size());
    std::vector<std::int64_t> objects;
    std::int64_t last = 0;
    while ((last = guest.call("object_open", {place, static_cast<std::int64_t>(elf.size()), 0})) > 0)
        objects.push_back(last);
    EXPECT_EQ(last, -EPERM);
    EXPECT_NE(guest.host.last_error.find("denied by the policy: objects.bytes: "), std::string::npos)
        << guest.host.last_error;
    EXPECT_LE(objects.size() * elf.size(), 1u << 20);
    for (std::size_t i = 1; i < objects.size(); i++) guest.ok("close", {objects[i]});
    const std::int32_t data = guest.map(static_cast<std::int32_t>(objects.front()), ".data");
    EXPECT_EQ(guest.call("map_set", {data, WASM_BPF_MAP_VALUE_SIZE, 1 << 20}), -EPERM);
    EXPECT_EQ(guest.call("map_set", {data, WASM_BPF_MAP_VALUE_SIZE, 0xffffffff}), -EPERM);
    EXPECT_EQ(guest.call("map_set", {data, WASM_BPF_MAP_VALUE_SIZE, 512 << 10}), 0) << guest.host.last_error;
    EXPECT_EQ(guest.call("map_set", {data, WASM_BPF_MAP_VALUE_SIZE, 4096}), 0) << guest.host.last_error;
    guest.ok("object_open", {place, static_cast<std::int64_t>(elf.size()), 0});
}

TEST(HostileCounts, OfHandlesEndAtTheTablesSize) {
    with_things([](Things& on) {
        host_api::HandleTable& table = on.guest.host.handles;
        table.set_limit(UINT64_MAX);
        bpf::Program* program = table.program(on.program("filter"));
        host_api::Handle last = 0;
        for (std::size_t count = 0; count < host_api::HandleTable::most() && last >= 0; count++)
            last = table.add(program, on.object);
        EXPECT_EQ(last, -EMFILE);
        const auto ids = held_ids();
        EXPECT_EQ(on.guest.call("ring_open", {}), -EMFILE);
        EXPECT_EQ(on.guest.call("iterator_open", {on.kinds["link"]}), -EINVAL);
        wasm_bpf_attach_options options{};
        options.size = sizeof(options);
        options.kind = WASM_BPF_ATTACH_ITERATOR;
        EXPECT_EQ(on.guest.call("program_attach", {on.program("dump"), on.guest.put(options)}), -EMFILE);
        wasm_bpf_map_create_options map{sizeof(map), BPF_MAP_TYPE_HASH, 4, 8, 8};
        EXPECT_EQ(on.guest.call("map_create", {on.guest.put(map)}), -EMFILE);
        EXPECT_EQ(ids, held_ids()) << "what got no handle has ended";
        on.guest.ok("close", {on.object});
        on.guest.ok("ring_open", {});
    });
}

TEST(HostileCounts, OfHandlesEndAtThePolicysLimit) {
    HostileHost guest;
    ASSERT_TRUE(guest.host.options.policy.allow("handles=20"));
    guest.host.options.policy.on_denial(policy::Policy::OnDenial::fail_call);
    guest.host.handles.set_limit(20);
    std::vector<std::int64_t> rings;
    std::int64_t last = 0;
    while ((last = guest.call("ring_open", {})) > 0) rings.push_back(last);
    EXPECT_TRUE(last == -EPERM || last == -EMFILE) << last;
    EXPECT_EQ(rings.size(), 20u);
    guest.ok("close", {rings.back()});
    guest.ok("ring_open", {});
}

TEST(HostileCounts, OfFileDescriptorsEndAtTheProcesssLimit) {
    rlimit before{};
    getrlimit(RLIMIT_NOFILE, &before);
    HostileHost guest;
    const auto elf = bpf::test::read_object("maps");
    std::memcpy(guest.memory().data() + page, elf.data(), elf.size());
    const rlimit few{64, before.rlim_max};
    setrlimit(RLIMIT_NOFILE, &few);
    std::vector<std::int64_t> rings;
    std::int64_t last = 0;
    while ((last = guest.call("ring_open", {})) > 0) rings.push_back(last);
    EXPECT_EQ(last, -EMFILE);
    EXPECT_LT(guest.call("object_open", {page, static_cast<std::int64_t>(elf.size()), 0}), 0);
    EXPECT_FALSE(guest.ended);
    for (const std::int64_t ring : rings) guest.ok("close", {ring});
    setrlimit(RLIMIT_NOFILE, &before);
    guest.ok("ring_open", {});
}

// --- what belongs to others ---

TEST(HostileNumbers, AreNoFileDescriptorsOfTheHost) {
    with_things([](Things& on) {
        const std::int32_t inner = on.kinds["own map"];
        struct {
            std::uint32_t type;
            std::uint32_t key_size;
            std::uint32_t value_size;
        } const kinds[] = {{BPF_MAP_TYPE_PROG_ARRAY, 4, 4},
                           {BPF_MAP_TYPE_PERF_EVENT_ARRAY, 4, 4},
                           {BPF_MAP_TYPE_CGROUP_ARRAY, 4, 4},
                           {BPF_MAP_TYPE_ARRAY_OF_MAPS, 4, 4},
                           {BPF_MAP_TYPE_HASH_OF_MAPS, 4, 4},
                           {BPF_MAP_TYPE_SOCKMAP, 4, 4},
                           {BPF_MAP_TYPE_SOCKMAP, 4, 8},
                           {BPF_MAP_TYPE_SOCKHASH, 4, 4},
                           {BPF_MAP_TYPE_SOCKHASH, 4, 8},
                           {BPF_MAP_TYPE_XSKMAP, 4, 4},
                           {BPF_MAP_TYPE_REUSEPORT_SOCKARRAY, 4, 4},
                           {BPF_MAP_TYPE_REUSEPORT_SOCKARRAY, 4, 8},
                           {BPF_MAP_TYPE_DEVMAP, 4, 8},
                           {BPF_MAP_TYPE_DEVMAP_HASH, 4, 8},
                           {BPF_MAP_TYPE_CPUMAP, 4, 8}};
        for (const auto& kind : kinds) {
            const bool nested = kind.type == BPF_MAP_TYPE_ARRAY_OF_MAPS || kind.type == BPF_MAP_TYPE_HASH_OF_MAPS;
            const std::int32_t map = on.guest.make_map({.type = kind.type,
                                                        .key_size = kind.key_size,
                                                        .value_size = kind.value_size,
                                                        .max_entries = 1,
                                                        .inner = nested ? inner : 0});
            const std::uint32_t key = on.number(0), value = on.guest.room(8);
            const bool device = kind.value_size == 8 && kind.type != BPF_MAP_TYPE_SOCKMAP &&
                                kind.type != BPF_MAP_TYPE_SOCKHASH && kind.type != BPF_MAP_TYPE_REUSEPORT_SOCKARRAY;
            for (std::uint32_t fd = device ? 1 : 0; fd < 200; fd++) {
                on.guest.set<std::uint64_t>(value, device ? std::uint64_t{fd} << 32 | 1 : fd);
                EXPECT_EQ(on.guest.call("map_update", {map, key, value, 0}), -EBADF)
                    << "type " << kind.type << ", " << fd;
                EXPECT_LT(on.guest.call("map_update_batch", {map, key, value, on.number(1), 0, 0}), 0)
                    << "type " << kind.type << ", " << fd;
                if (fd % 50 != 0) continue;
                EXPECT_EQ(
                    on.guest.call("wasm_bpf_map_operate", {map, BPF_MAP_UPDATE_ELEM, key, value, 0, 0}, version_0),
                    -EBADF);
            }
            on.guest.ok("close", {map});
        }
    });
}

// Nor where they are keys. (Of tasks the key is a process's id.)
TEST(HostileNumbers, AreNoKeysOfStorage) {
    const std::unique_ptr<btf, void (*)(btf*)> types(btf__parse(TEST_BPF_DIR "/hostile.bpf.o", nullptr), btf__free);
    ASSERT_TRUE(types);
    const auto type_id = [&](const char* name) {
        const int id = btf__find_by_name_kind(types.get(), name, BTF_KIND_INT);
        EXPECT_GT(id, 0) << name;
        return static_cast<std::uint32_t>(id);
    };
    with_things([&](Things& on) {
        for (const std::uint32_t type :
             {std::uint32_t{BPF_MAP_TYPE_SK_STORAGE}, std::uint32_t{BPF_MAP_TYPE_INODE_STORAGE}, 32u}) {
            const std::int32_t map = on.guest.make_map({.type = type,
                                                        .key_size = 4,
                                                        .value_size = 4,
                                                        .map_flags = BPF_F_NO_PREALLOC,
                                                        .btf_object = on.object,
                                                        .btf_key_type_id = type_id("int"),
                                                        .btf_value_type_id = type_id("unsigned int")});
            const std::uint32_t key = on.number(0), value = on.guest.room(8), one = on.number(1);
            std::vector<std::int32_t> wrong = {-1, 0x7fffffff, on.object, map, on.kinds["program"], on.kinds["ring"]};
            if (type != BPF_MAP_TYPE_INODE_STORAGE) wrong.push_back(on.kinds["file"]);
            for (std::int32_t fd = 0; fd < 200; fd++) wrong.push_back(fd);
            for (const std::int32_t fd : wrong) {
                on.guest.set(key, fd);
                EXPECT_EQ(on.guest.call("map_update", {map, key, value, 0}), -EBADF) << "type " << type << ", " << fd;
                EXPECT_EQ(on.guest.call("map_lookup", {map, key, value, 0}), -EBADF) << "type " << type << ", " << fd;
                EXPECT_EQ(on.guest.call("map_lookup_and_delete", {map, key, value, 0}), -EBADF)
                    << "type " << type << ", " << fd;
                EXPECT_EQ(on.guest.call("map_delete", {map, key, 0}), -EBADF) << "type " << type << ", " << fd;
                EXPECT_LT(on.guest.call("map_update_batch", {map, key, value, one, 0, 0}), 0);
                EXPECT_LT(on.guest.call("map_delete_batch", {map, key, one, 0, 0}), 0);
                EXPECT_LT(on.guest.call("map_next_key", {map, key, value}), 0);
            }
            on.guest.ok("close", {map});
        }
    });
}

TEST(HostileGuests, DoNotReachAnothersObjects) {
    with_things([](Things& on) {
        HostileHost other;
        const std::uint32_t info = other.room(232);
        // Every number that names something for the one names nothing for the other.
        for (const auto& [kind, handle] : on.kinds) {
            EXPECT_EQ(other.call("close", {handle}), -EBADF) << kind;
            EXPECT_EQ(other.call("map_info", {handle, info, 144}), -EBADF) << kind;
            EXPECT_EQ(other.call("program_info", {handle, info, 232}), -EBADF) << kind;
            EXPECT_EQ(other.call("link_info", {handle, info, 232}), -EBADF) << kind;
        }
        // The same number for each is each one's own.
        const std::int32_t own = other.load("maps");
        const std::int32_t table = other.map(own, "table");
        const std::uint32_t key = other.put(std::uint32_t{1}), value = other.room(8);
        EXPECT_EQ(other.call("map_lookup", {table, key, value, 0}), -ENOENT) << "the other's has this key";
        other.ok("close", {own});
        EXPECT_EQ(on.guest.ok("object_name", {on.object, on.guest.room(64), 64}), 6);
        // Ids are the whole system's: no import takes one for an object of its own.
        const bpf::Program* program = on.guest.host.handles.program(on.program("filter"));
        EXPECT_EQ(other.call("program_info", {static_cast<std::int64_t>(program->id()), info, 232}), -EBADF);
        other.host.handles.close_all();
    });
}

TEST(HostileArena, IsNotMappedWhereItsObjectSays) {
    constexpr std::uint64_t asked = 0x7e0000000000;
    const auto mapped = [] {
        std::ifstream maps("/proc/self/maps");
        for (std::string line; std::getline(maps, line);)
            if (std::stoull(line, nullptr, 16) == asked) return true;
        return false;
    };
    // What is there, the host's own memory, must stay.
    void* const there = mmap(reinterpret_cast<void*>(asked), 2 * page, PROT_READ | PROT_WRITE,
                             MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    ASSERT_NE(there, MAP_FAILED);
    std::memset(there, 0x5a, 2 * page);
    {
        HostileHost guest;
        const std::int32_t object = guest.open("hostile_arena");
        const std::int32_t arena = guest.map(object, "arena");
        std::ignore = guest.call("map_set", {arena, WASM_BPF_MAP_EXTRA, asked});
        std::ignore = guest.call("object_load", {object});
        wasm_bpf_map_create_options options{};
        options.size = sizeof(options);
        options.type = 33;  // BPF_MAP_TYPE_ARENA
        options.max_entries = 2;
        options.map_flags = BPF_F_MMAPABLE;
        options.map_extra = asked;
        std::ignore = guest.call("map_create", {guest.put(options)});
        EXPECT_EQ(*static_cast<const std::uint8_t*>(there), 0x5a);
    }
    EXPECT_TRUE(mapped());
    EXPECT_EQ(static_cast<const std::uint8_t*>(there)[2 * page - 1], 0x5a);
    munmap(there, 2 * page);
}

}  // namespace
}  // namespace wasm_bpf::test
