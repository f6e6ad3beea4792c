/* As much of libelf as libbpf's btf.c uses: reading sections of a 64-bit little-endian ELF file. */
#ifndef LIBELF_H
#define LIBELF_H

#include <linux/elf.h>
#include <stddef.h>

/* A guest may have a libelf of its own. */
#define elf_begin wasm_bpf__elf_begin
#define elf_end wasm_bpf__elf_end
#define elf_getdata wasm_bpf__elf_getdata
#define elf_getscn wasm_bpf__elf_getscn
#define elf_getshdrstrndx wasm_bpf__elf_getshdrstrndx
#define elf_nextscn wasm_bpf__elf_nextscn
#define elf_rawdata wasm_bpf__elf_rawdata
#define elf_strptr wasm_bpf__elf_strptr
#define gelf_getehdr wasm_bpf__gelf_getehdr
#define gelf_getshdr wasm_bpf__gelf_getshdr

typedef struct Elf Elf;
typedef struct Elf_Scn Elf_Scn;
typedef struct Elf_Data {
	void *d_buf;
	size_t d_size;
} Elf_Data;
typedef Elf64_Ehdr GElf_Ehdr;
typedef Elf64_Shdr GElf_Shdr;
typedef enum { ELF_C_READ } Elf_Cmd;

#define elf_version(version) (version)
#define gelf_getclass(elf) ((void)(elf), ELFCLASS64)

/* Null where the file is no such ELF file. */
Elf *elf_begin(int fd, Elf_Cmd command, Elf *reference);
int elf_end(Elf *elf);
GElf_Ehdr *gelf_getehdr(Elf *elf, GElf_Ehdr *header);
int elf_getshdrstrndx(Elf *elf, size_t *index);
Elf_Scn *elf_getscn(Elf *elf, size_t index);
Elf_Scn *elf_nextscn(Elf *elf, Elf_Scn *section);
GElf_Shdr *gelf_getshdr(Elf_Scn *section, GElf_Shdr *header);
Elf_Data *elf_getdata(Elf_Scn *section, Elf_Data *previous);
Elf_Data *elf_rawdata(Elf_Scn *section, Elf_Data *previous);
char *elf_strptr(Elf *elf, size_t section, size_t offset);

#endif
