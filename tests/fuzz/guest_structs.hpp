#pragma once
// What the fuzzer of the imports needs to get past the first checks: texts that name something, and option structs that
// make sense.

#include <linux/bpf.h>
#include <linux/perf_event.h>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "sdk/c/include/wasm_bpf/abi_types.h"

namespace wasm_bpf {

// Of tests/kernel/bpf/hostile.bpf.c, the kernel, and the fuzzer's own file systems.
inline constexpr std::string_view guest_texts[] = {
    "table",
    "ring",
    "user",
    "perf",
    "shared",
    "sockets",
    "nested",
    ".data",
    ".bss",
    ".rodata",
    "filter",
    "pass",
    "dump",
    "drain",
    "produce",
    "lo",
    "sock",
    "sk_family",
    "bpf_map",
    "/mnt/a",
    "/mnt/b",
    "/mnt/c/d",
    "/mnt",
    "/proc/self/ns/net",
    "/bin/true",
    "main",
    "bpf_prog_put",
    "CONFIG_HZ=100\n",
    "/sys/kernel/btf/vmlinux",
    "10.0.0.0/8",
    "libc",
    "",
};

struct GuestStruct {
    std::string_view import;
    std::string_view parameter;
    std::uint32_t size;
    struct Member {
        std::size_t offset;
        std::uint32_t value;
    };
    std::vector<Member> members;
};

#define MEMBER(type, member) offsetof(wasm_bpf_##type, member)

// Those of one import are neighbours.
inline const GuestStruct guest_structs[] = {
    {"btf_query", "query", sizeof(wasm_bpf_btf_query), {{MEMBER(btf_query, kind), WASM_BPF_BTF_TYPE}}},
    {"btf_query", "query", sizeof(wasm_bpf_btf_query), {{MEMBER(btf_query, kind), WASM_BPF_BTF_FIELD}}},
    {"object_open", "options", sizeof(wasm_bpf_object_options), {}},
    {"map_create",
     "options",
     sizeof(wasm_bpf_map_create_options),
     {{MEMBER(map_create_options, type), BPF_MAP_TYPE_HASH},
      {MEMBER(map_create_options, key_size), 4},
      {MEMBER(map_create_options, value_size), 8},
      {MEMBER(map_create_options, max_entries), 8}}},
    {"map_create",
     "options",
     sizeof(wasm_bpf_map_create_options),
     {{MEMBER(map_create_options, type), BPF_MAP_TYPE_ARRAY},
      {MEMBER(map_create_options, key_size), 4},
      {MEMBER(map_create_options, value_size), 8},
      {MEMBER(map_create_options, max_entries), 512},
      {MEMBER(map_create_options, map_flags), BPF_F_MMAPABLE}}},
    {"map_create",
     "options",
     sizeof(wasm_bpf_map_create_options),
     {{MEMBER(map_create_options, type), BPF_MAP_TYPE_RINGBUF}, {MEMBER(map_create_options, max_entries), 4096}}},
    {"map_create",
     "options",
     sizeof(wasm_bpf_map_create_options),
     {{MEMBER(map_create_options, type), 33 /* BPF_MAP_TYPE_ARENA */},
      {MEMBER(map_create_options, max_entries), 2},
      {MEMBER(map_create_options, map_flags), BPF_F_MMAPABLE}}},
    {"map_create",
     "options",
     sizeof(wasm_bpf_map_create_options),
     {{MEMBER(map_create_options, type), BPF_MAP_TYPE_HASH_OF_MAPS},
      {MEMBER(map_create_options, key_size), 4},
      {MEMBER(map_create_options, value_size), 4},
      {MEMBER(map_create_options, max_entries), 4}}},
    {"program_test_run", "options", sizeof(wasm_bpf_test_run_options), {{MEMBER(test_run_options, repeat), 1}}},
    {"program_test_run",
     "options",
     sizeof(wasm_bpf_test_run_options),
     {{MEMBER(test_run_options, context_in), 0x1000}, {MEMBER(test_run_options, context_in_size), 8}}},
    {"program_test_run",
     "options",
     sizeof(wasm_bpf_test_run_options),
     {{MEMBER(test_run_options, data_in), 0x1000},
      {MEMBER(test_run_options, data_in_size), 64},
      {MEMBER(test_run_options, data_out), 0x2000},
      {MEMBER(test_run_options, data_out_size), 64}}},
    {"socket_open",
     "options",
     sizeof(wasm_bpf_socket_options),
     {{MEMBER(socket_options, family), 2}, {MEMBER(socket_options, type), 2}}},
    {"socket_open",
     "options",
     sizeof(wasm_bpf_socket_options),
     {{MEMBER(socket_options, family), 17}, {MEMBER(socket_options, type), 3}}},
    {"perf_ring_add", "options", sizeof(wasm_bpf_perf_ring_options), {{MEMBER(perf_ring_options, pages), 1}}},
    {"perf_ring_add", "options", sizeof(wasm_bpf_perf_ring_options), {}},
    {"perf_event_open",
     "attr",
     sizeof(perf_event_attr),
     {{offsetof(perf_event_attr, type), PERF_TYPE_SOFTWARE},
      {offsetof(perf_event_attr, size), sizeof(perf_event_attr)},
      {offsetof(perf_event_attr, config), PERF_COUNT_SW_DUMMY}}},
    {"program_attach", "options", sizeof(wasm_bpf_attach_options), {}},
    {"program_attach",
     "options",
     sizeof(wasm_bpf_attach_options),
     {{MEMBER(attach_options, kind), WASM_BPF_ATTACH_XDP}, {MEMBER(attach_options, interface_index), 1}}},
    {"program_attach",
     "options",
     sizeof(wasm_bpf_attach_options),
     {{MEMBER(attach_options, kind), WASM_BPF_ATTACH_TCX}, {MEMBER(attach_options, interface_index), 1}}},
    {"program_attach",
     "options",
     sizeof(wasm_bpf_attach_options),
     {{MEMBER(attach_options, kind), WASM_BPF_ATTACH_SOCKET}}},
    {"program_attach",
     "options",
     sizeof(wasm_bpf_attach_options),
     {{MEMBER(attach_options, kind), WASM_BPF_ATTACH_ITERATOR}}},
    {"program_attach",
     "options",
     sizeof(wasm_bpf_attach_options),
     {{MEMBER(attach_options, kind), WASM_BPF_ATTACH_UPROBE}}},
    {"program_attach",
     "options",
     sizeof(wasm_bpf_attach_options),
     {{MEMBER(attach_options, kind), WASM_BPF_ATTACH_UPROBE_MULTI},
      {MEMBER(attach_options, addresses), 0x1000},
      {MEMBER(attach_options, count), 2}}},
    {"map_attach", "options", sizeof(wasm_bpf_attach_options), {}},
    {"metric_publish",
     "options",
     sizeof(wasm_bpf_metric_options),
     {{MEMBER(metric_options, kind), WASM_BPF_METRIC_HISTOGRAM},
      {MEMBER(metric_options, number), WASM_BPF_METRIC_U64},
      {MEMBER(metric_options, place), WASM_BPF_METRIC_IN_MEMORY},
      {MEMBER(metric_options, value), 0x1000},
      {MEMBER(metric_options, slots), 4}}},
    {"metric_publish",
     "options",
     sizeof(wasm_bpf_metric_options),
     {{MEMBER(metric_options, kind), WASM_BPF_METRIC_COUNTER},
      {MEMBER(metric_options, number), WASM_BPF_METRIC_U32},
      {MEMBER(metric_options, place), WASM_BPF_METRIC_IN_EACH_ELEMENT},
      {MEMBER(metric_options, value), 0}}},
};

#undef MEMBER

}  // namespace wasm_bpf
