/* bpf_prog_load(): a program from instructions alone. The host takes objects, which it can check as a whole: this makes
 * one of the instructions. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/elf.h>
#include <linux/filter.h>
#include <stdlib.h>
#include <string.h>

#include <wasm_bpf/abi.h>
#include <wasm_bpf/error.h>
#include <wasm_bpf/handles.h>

#include "btf_names.h"
#include "prog_load.h"

enum { LICENSE = 1, PROGRAM, SYMBOLS, NAMES, SECTIONS };
enum { MACHINE_BPF = 247 };

/* What stands before the license, the instructions and the program's name. A section of a name that libbpf does not know
 * leaves the program's type to the caller. */
struct image {
	Elf64_Ehdr header;
	Elf64_Shdr sections[SECTIONS];
	Elf64_Sym symbols[2];
	char names[48]; /* of the sections */
};
static const char section_names[48] = "\0license\0instructions\0.symtab\0.strtab";
enum { LICENSE_NAME = 1, PROGRAM_NAME = 9, SYMBOLS_NAME = 22, NAMES_NAME = 30 };

static Elf64_Shdr section(uint32_t name, uint32_t type, size_t offset, size_t size, uint64_t align)
{
	return (Elf64_Shdr){
		.sh_name = name, .sh_type = type, .sh_offset = offset, .sh_size = size, .sh_addralign = align
	};
}

/* The object file, to be freed; null and errno. */
static void *make_elf(const char *name, const char *license, const struct bpf_insn *insns, size_t count, size_t *size)
{
	const size_t name_size = strlen(name) + 1, license_size = strlen(license) + 1;
	const size_t insns_size = count * sizeof(*insns);
	const size_t insns_at = sizeof(struct image), name_at = insns_at + insns_size;
	const size_t license_at = name_at + name_size;
	struct image *image = calloc(1, *size = license_at + license_size);

	if (!image)
		return NULL;
	memcpy(image->header.e_ident, ELFMAG "\2\1\1", 7); /* 64 bits, little-endian, version 1 */
	image->header.e_type = ET_REL;
	image->header.e_machine = MACHINE_BPF;
	image->header.e_version = 1;
	image->header.e_shoff = offsetof(struct image, sections);
	image->header.e_ehsize = sizeof(Elf64_Ehdr);
	image->header.e_shentsize = sizeof(Elf64_Shdr);
	image->header.e_shnum = SECTIONS;
	image->header.e_shstrndx = NAMES;
	image->sections[LICENSE] = section(LICENSE_NAME, SHT_PROGBITS, license_at, license_size, 1);
	image->sections[PROGRAM] = section(PROGRAM_NAME, SHT_PROGBITS, insns_at, insns_size, 8);
	image->sections[PROGRAM].sh_flags = SHF_ALLOC | SHF_EXECINSTR;
	image->sections[SYMBOLS] = section(SYMBOLS_NAME, SHT_SYMTAB, offsetof(struct image, symbols),
					   sizeof(image->symbols), 8);
	image->sections[SYMBOLS].sh_link = NAMES;
	image->sections[SYMBOLS].sh_info = 1; /* the first that is not local */
	image->sections[SYMBOLS].sh_entsize = sizeof(Elf64_Sym);
	/* The program's name follows the instructions, at the end of the names. */
	image->sections[NAMES] = section(NAMES_NAME, SHT_STRTAB, offsetof(struct image, names),
					 name_at + name_size - offsetof(struct image, names), 1);
	image->symbols[1] = (Elf64_Sym){ .st_name = name_at - offsetof(struct image, names),
					 .st_info = STB_GLOBAL << 4 | STT_FUNC,
					 .st_shndx = PROGRAM,
					 .st_size = insns_size };
	memcpy(image->names, section_names, sizeof(section_names));
	memcpy((char *)image + insns_at, insns, insns_size);
	memcpy((char *)image + name_at, name, name_size);
	memcpy((char *)image + license_at, license, license_size);
	return image;
}

/* What such a program may not have: numbers of the kernel's or of this process's. */
static int check(const struct bpf_insn *insns, size_t count, const struct bpf_prog_load_opts *opts)
{
	for (size_t i = 0; i < count; i++) {
		if (insns[i].code == (BPF_LD | BPF_IMM | BPF_DW) && insns[i].src_reg)
			return wasm_bpf__unsupported("bpf_prog_load: guests name maps by an object's relocations: write the "
						     "program in a .bpf.c");
	}
	if (opts && (opts->prog_btf_fd || opts->func_info_cnt || opts->line_info_cnt || opts->fd_array ||
		     opts->token_fd))
		return wasm_bpf__unsupported("bpf_prog_load: guests cannot give BTF, fd arrays and tokens");
	return 0;
}

static int set_up(struct bpf_program *program, enum bpf_prog_type type, const struct bpf_prog_load_opts *opts)
{
	int result = bpf_program__set_type(program, type);

	if (result || !opts)
		return result;
	result = bpf_program__set_expected_attach_type(program, opts->expected_attach_type);
	if (!result && opts->prog_flags)
		result = bpf_program__set_flags(program, opts->prog_flags);
	if (!result && opts->log_level)
		result = bpf_program__set_log_level(program, opts->log_level);
	if (!result && opts->log_buf)
		result = bpf_program__set_log_buf(program, opts->log_buf, opts->log_size);
	if (opts->prog_ifindex)
		bpf_program__set_ifindex(program, opts->prog_ifindex);
	if (result || !opts->attach_btf_id)
		return result;
	const char *target = wasm_bpf__btf_name(opts->attach_btf_id);
	if (!target)
		return wasm_bpf__unsupported("bpf_prog_load: attach_btf_id is neither of libbpf_find_vmlinux_btf_id() nor a "
					     "function of the kernel's");
	return bpf_program__set_attach_target(program, opts->attach_prog_fd, target);
}

static struct loaded {
	struct loaded *next;
	int program;
	struct bpf_object *object;
} *loaded_programs;

/* The object ends with its only program. */
static int close_loaded(int program)
{
	struct loaded **place = &loaded_programs, *found;

	while ((found = *place) && found->program != program)
		place = &found->next;
	if (!found)
		return -1;
	*place = found->next;
	bpf_object__close(found->object);
	free(found);
	return 0;
}

int (*wasm_bpf__close_loaded)(int program);

int bpf_prog_load(enum bpf_prog_type prog_type, const char *prog_name, const char *license,
		  const struct bpf_insn *insns, size_t insn_cnt, struct bpf_prog_load_opts *opts)
{
	struct loaded *loaded = calloc(1, sizeof(*loaded));
	size_t size = 0;
	void *elf = NULL;
	int result = !license || !insns || !insn_cnt ? -(errno = EINVAL) : check(insns, insn_cnt, opts);

	if (!result && loaded)
		elf = make_elf(prog_name ? prog_name : "program", license, insns, insn_cnt, &size);
	if (!result && elf)
		loaded->object = bpf_object__open_mem(elf, size, NULL);
	free(elf);
	if (!result && loaded && loaded->object) {
		struct bpf_program *program = bpf_object__next_program(loaded->object, NULL);
		result = set_up(program, prog_type, opts);
		if (!result)
			result = bpf_object__load(loaded->object);
		loaded->program = bpf_program__fd(program);
		if (opts && opts->log_buf)
			opts->log_true_size = wasm_bpf_program_log(loaded->program, NULL, 0) + 1;
	} else if (!result) {
		result = -errno;
	}
	if (!result) {
		loaded->next = loaded_programs;
		loaded_programs = loaded;
		wasm_bpf__close_loaded = close_loaded;
		return loaded->program;
	}
	if (loaded)
		bpf_object__close(loaded->object);
	free(loaded);
	return -(errno = -result);
}
