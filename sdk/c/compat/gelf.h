/* The part of libelf by which tracing tools find symbols: of 64-bit files in the machine's byte order, read only. */
#ifndef WASM_BPF_COMPAT_GELF_H
#define WASM_BPF_COMPAT_GELF_H

#include <elf.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef Elf64_Ehdr GElf_Ehdr;
typedef Elf64_Phdr GElf_Phdr;
typedef Elf64_Shdr GElf_Shdr;
typedef Elf64_Sym GElf_Sym;
typedef Elf64_Addr GElf_Addr;
typedef Elf64_Off GElf_Off;

#define GELF_ST_TYPE(info) ((info) & 0xf)
#define GELF_ST_BIND(info) ((info) >> 4)

typedef struct wasm_bpf__elf Elf;
typedef struct wasm_bpf__elf_section Elf_Scn;
typedef enum { ELF_C_NULL, ELF_C_READ, ELF_C_READ_MMAP = ELF_C_READ } Elf_Cmd;
typedef enum { ELF_K_NONE, ELF_K_ELF = 3 } Elf_Kind;
typedef struct {
	void *d_buf;
	size_t d_size;
} Elf_Data;

unsigned elf_version(unsigned version);
const char *elf_errmsg(int error);
Elf *elf_begin(int fd, Elf_Cmd command, Elf *reference);
int elf_end(Elf *elf);
Elf_Kind elf_kind(Elf *elf);
int elf_getshdrstrndx(Elf *elf, size_t *index);
int elf_getphdrnum(Elf *elf, size_t *count);
Elf_Scn *elf_nextscn(Elf *elf, Elf_Scn *section);
Elf_Data *elf_getdata(Elf_Scn *section, Elf_Data *data);
char *elf_strptr(Elf *elf, size_t section, size_t offset);
GElf_Ehdr *gelf_getehdr(Elf *elf, GElf_Ehdr *header);
GElf_Phdr *gelf_getphdr(Elf *elf, int index, GElf_Phdr *header);
GElf_Shdr *gelf_getshdr(Elf_Scn *section, GElf_Shdr *header);
GElf_Sym *gelf_getsym(Elf_Data *data, int index, GElf_Sym *symbol);

#ifdef __cplusplus
}
#endif

#endif
