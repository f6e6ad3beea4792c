#pragma once
// What the shared library exports.

#define WASM_BPF_API __attribute__((visibility("default")))
