#pragma once
// What the shared library exports, and what of that it keeps to itself.

#ifndef WASM_BPF_API  // wasm_bpf.h has it too
#define WASM_BPF_API __attribute__((visibility("default")))
#endif
#define WASM_BPF_LOCAL __attribute__((visibility("hidden")))
