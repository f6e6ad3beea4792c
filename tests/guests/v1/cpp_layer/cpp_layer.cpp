// The C++ layer: who owns what, and what comes back.
#include <linux/types.h>

#include <utility>
#include <vector>

#include <wasm_bpf/bpf.hpp>

#include "check.h"
#include "cpp_layer.h"
#include "cpp_layer.skel.h"

namespace {

using tool = bpf::skeleton<cpp_layer_bpf>;

void emit(const tool& tool, __u32 count) {
    bpf_test_run_opts run{};
    run.sz = sizeof(run);
    run.ctx_in = &count;
    run.ctx_size_in = sizeof(count);
    CHECK(bpf_prog_test_run_opts(bpf_program__fd(tool->progs.emit), &run) == 0);
}

void check_map(const tool& tool) {
    bpf::map table = tool->maps.table;
    CHECK(!strcmp(table.name(), "table"));
    CHECK(!table.lookup<record>(__u32{1}));
    CHECK(table.lookup<record>(__u32{1}).error().code() == ENOENT);
    CHECK(table.lookup<record>(__u32{1}).value_or(record{7, 7}).number == 7);
    for (__u32 key = 0; key < 5; key++) CHECK(!table.update(key, record{key * 10, key}));
    auto found = table.lookup<record>(__u32{3});
    CHECK(found && found->number == 30 && (*found).ring == 3);
    CHECK(table.update(__u32{3}, record{}, BPF_NOEXIST).code() == EEXIST);
    CHECK(table.update(__u32{3}, __u64{}).code() == EINVAL);
    CHECK(table.lookup<__u32>(__u32{3}).error().code() == EINVAL);
    CHECK(table.erase(__u64{3}).code() == EINVAL);
    CHECK(!table.erase(__u32{3}) && table.erase(__u32{3}).code() == ENOENT);
    CHECK(strcmp(table.erase(__u32{3}).message(), strerror(ENOENT)) == 0);

    __u64 sum = 0;
    __u32 count = 0;
    CHECK(!(table.for_each<__u32, record>([&](__u32 key, const record& value) {
        CHECK(value.number == key * 10);
        sum += key;
        count++;
    })));
    CHECK(count == 4 && sum == 0 + 1 + 2 + 4);
    CHECK((table.for_each<__u64, record>([](__u64, const record&) {}).code() == EINVAL));
    auto taken = table.lookup_and_erase<record>(__u32{4});
    CHECK(taken && taken->number == 40 && !table.lookup<record>(__u32{4}));
}

void check_rings(const tool& tool) {
    std::vector<__u64> typed;
    std::size_t short_records = 0;
    auto opened = bpf::ring::open<record>(tool->maps.first, [&](const record& record) {
        CHECK(record.ring == 1);
        typed.push_back(record.number);
    });
    CHECK(opened);
    bpf::ring ring = std::move(*opened);  // while it is in use
    CHECK(!ring.add(tool->maps.second, [&, last = __u64{0}](const void* data, std::size_t size) mutable {
        CHECK(size == sizeof(record));
        last = static_cast<const record*>(data)->number;
        return last == 99 + 13 ? -EPROTO : 0;
    }));
    CHECK(ring.consume() && *ring.consume() == 0);
    CHECK(*ring.poll(0) == 0);
    emit(tool, 3);
    auto count = ring.poll(1000);
    while (typed.size() < 3 && count) count = ring.poll(1000);
    CHECK(count && typed == (std::vector<__u64>{99, 100, 101}));
    CHECK(tool->bss->runs == 1);
    CHECK(ring.consume());

    emit(tool, 14);  // the last of them makes the second callback fail
    bpf::error failure;
    for (int tries = 0; tries < 10 && !failure; tries++) failure = ring.poll(1000).error();
    CHECK(failure.code() == EPROTO);

    ring = bpf::ring();
    CHECK(!ring.raw());
    auto raw = bpf::ring::open(tool->maps.first, [&](const void*, std::size_t size) { short_records += size == 4; });
    CHECK(raw);
    emit(tool, 0);
    CHECK(raw->consume() && short_records >= 1);
    CHECK(bpf::ring::open(tool->maps.table, [](const void*, std::size_t) {}).error().code() == EINVAL);
}

void check_links(const tool& tool) {
    bpf::program program = tool->progs.on_call;
    CHECK(!strcmp(program.name(), "on_call") && program.fd() > 0);
    auto link = program.attach();
    CHECK(link && link->raw());
    bpf::link other = std::move(*link);
    CHECK(!link->raw() && other.raw());
    CHECK(!other.destroy() && !other.raw());
    CHECK(!bpf::program(tool->progs.emit).attach());
    bpf::link let_go = bpf::link(bpf_program__attach(tool->progs.on_call));
    bpf_link* kept = let_go.release();
    CHECK(kept && !let_go.raw() && !bpf_link__destroy(kept));
}

void check_object() {
    std::size_t size;
    const void* elf = cpp_layer_bpf::elf_bytes(&size);
    auto object = bpf::object::open(elf, size);
    CHECK(object);
    CHECK(object->map("nothing").error().code() == ENOENT && object->program("nothing").error().code() == ENOENT);
    int programs = 0;
    object->for_each_program([&](bpf::program program) {
        CHECK(!program.set_autoload(strcmp(program.name(), "emit") == 0));
        programs++;
    });
    CHECK(programs == 2);
    CHECK(!object->map("table")->set_max_entries(1));
    CHECK(!object->load());
    auto table = object->map("table");
    CHECK(table && !table->update(__u32{1}, record{}) && table->update(__u32{2}, record{}).code() == E2BIG);
    CHECK(object->program("emit")->fd() > 0);

    CHECK(!bpf::object::open("no object", 9));
    CHECK(bpf::object::open("/nonexistent.o").error());
}

}  // namespace

int main() {
    auto opened = tool::open();
    CHECK(opened);
    tool owner = std::move(*opened);
    CHECK(!opened->raw());
    owner->rodata->start_at = 99;
    CHECK(!owner.load());
    check_map(owner);
    check_rings(owner);
    check_links(owner);
    check_object();
    bpf_program__set_autoattach(owner->progs.emit, false);
    CHECK(!owner.attach());
    CHECK(owner->links.on_call);
    owner.detach();
    CHECK(!owner->links.on_call);
    std::puts("ok");
    return 0;
}
