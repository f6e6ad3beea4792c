#ifndef PRINT_H
#define PRINT_H

/* Hands what libbpf said in the host since the last time to the guest's print function. */
void wasm_bpf__pass_messages(void);

#endif
