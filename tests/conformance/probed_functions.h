/* Functions, a counter and a USDT probe that guests' probes are put on (tests/guests/v1/user_probes): for a program in C or C++ that
 * includes this once. A USDT probe is an instruction with a note beside it that says where it is and where its arguments are
 * (systemtap's sys/sdt.h, version 3; no semaphore). */
#ifndef PROBED_FUNCTIONS_H
#define PROBED_FUNCTIONS_H

#ifdef __cplusplus
extern "C" {
#endif

volatile unsigned short wasm_bpf_probe_counter = 1; /* not 0, so that it is in the file; the kernel adds its own */

__attribute__((noinline)) int probed_one(int value) {
    __asm__ volatile("" : "+r"(value));
    return value;
}
__attribute__((noinline)) int counted_probe(int value) {
    __asm__ volatile("" : "+r"(value));
    return value;
}
__attribute__((noinline)) int probed_two(int value) {
    __asm__ volatile("" : "+r"(value));
    __asm__ volatile(
        "990: nop\n"
        ".pushsection .note.stapsdt,\"\",\"note\"\n"
        ".balign 4\n"
        ".4byte 992f-991f, 994f-993f, 3\n"
        "991: .asciz \"stapsdt\"\n"
        "992: .balign 4\n"
        "993: .8byte 990b\n"
        ".8byte _.stapsdt.base\n"
        ".8byte 0\n"
        ".asciz \"wasm_bpf_test\"\n"
        ".asciz \"tick\"\n"
        ".asciz \"-4@$42\"\n"
        "994: .balign 4\n"
        ".popsection\n"
        ".ifndef _.stapsdt.base\n"
        ".pushsection .stapsdt.base,\"aG\",\"progbits\",.stapsdt.base,comdat\n"
        ".weak _.stapsdt.base\n"
        ".hidden _.stapsdt.base\n"
        "_.stapsdt.base: .space 1\n"
        ".size _.stapsdt.base, 1\n"
        ".popsection\n"
        ".endif\n");
    return value;
}

#ifdef __cplusplus
}
#endif

#endif
