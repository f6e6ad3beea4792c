/* ../gelf.h: the file is read whole, and every offset in it is checked. */
#include <gelf.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct wasm_bpf__elf_section {
	Elf *elf;
	GElf_Shdr header;
	Elf_Data data;
};

struct wasm_bpf__elf {
	unsigned char *bytes;
	size_t size;
	GElf_Ehdr header;
	Elf_Scn *sections; /* [0] too */
	size_t section_count;
};

static bool is_inside(const Elf *elf, uint64_t offset, uint64_t size)
{
	return offset <= elf->size && size <= elf->size - offset;
}

unsigned elf_version(unsigned version)
{
	return version <= EV_CURRENT ? EV_CURRENT : EV_NONE;
}

const char *elf_errmsg(int error)
{
	(void)error;
	return "no 64-bit ELF file, or it cannot be read";
}

static bool read_file(int fd, Elf *elf)
{
	struct stat status;
	size_t done = 0;

	if (fstat(fd, &status) || status.st_size < (off_t)sizeof(elf->header) || status.st_size > (1 << 30))
		return false;
	elf->size = (size_t)status.st_size;
	elf->bytes = malloc(elf->size);
	while (elf->bytes && done < elf->size) {
		ssize_t count = pread(fd, elf->bytes + done, elf->size - done, (off_t)done);

		if (count <= 0)
			return false;
		done += (size_t)count;
	}
	return elf->bytes;
}

static bool read_sections(Elf *elf)
{
	const GElf_Ehdr *header = &elf->header;

	memcpy(&elf->header, elf->bytes, sizeof(elf->header));
	if (memcmp(header->e_ident, ELFMAG, SELFMAG) || header->e_ident[EI_CLASS] != ELFCLASS64 ||
	    header->e_ident[EI_DATA] != ELFDATA2LSB)
		return false;
	if (header->e_shentsize != sizeof(GElf_Shdr) ||
	    !is_inside(elf, header->e_shoff, header->e_shnum * sizeof(GElf_Shdr)))
		return true; /* without sections */
	elf->sections = calloc(header->e_shnum + 1u, sizeof(*elf->sections));
	if (!elf->sections)
		return false;
	elf->section_count = header->e_shnum;
	for (size_t i = 0; i < elf->section_count; i++) {
		Elf_Scn *section = &elf->sections[i];

		section->elf = elf;
		memcpy(&section->header, elf->bytes + header->e_shoff + i * sizeof(GElf_Shdr), sizeof(GElf_Shdr));
	}
	return true;
}

Elf *elf_begin(int fd, Elf_Cmd command, Elf *reference)
{
	Elf *elf = command == ELF_C_READ && !reference ? calloc(1, sizeof(*elf)) : NULL;

	if (elf && read_file(fd, elf) && read_sections(elf))
		return elf;
	elf_end(elf);
	return NULL;
}

int elf_end(Elf *elf)
{
	if (elf) {
		free(elf->sections);
		free(elf->bytes);
		free(elf);
	}
	return 0;
}

Elf_Kind elf_kind(Elf *elf)
{
	return elf ? ELF_K_ELF : ELF_K_NONE;
}

int elf_getshdrstrndx(Elf *elf, size_t *index)
{
	*index = elf->header.e_shstrndx;
	return 0;
}

int elf_getphdrnum(Elf *elf, size_t *count)
{
	*count = elf->header.e_phnum;
	return 0;
}

Elf_Scn *elf_nextscn(Elf *elf, Elf_Scn *section)
{
	size_t next = section ? (size_t)(section - elf->sections) + 1 : 1;

	return next < elf->section_count ? &elf->sections[next] : NULL;
}

/* All of a section is one piece. */
Elf_Data *elf_getdata(Elf_Scn *section, Elf_Data *data)
{
	const GElf_Shdr *header = &section->header;

	if (data || header->sh_type == SHT_NOBITS || !is_inside(section->elf, header->sh_offset, header->sh_size))
		return NULL;
	section->data = (Elf_Data){section->elf->bytes + header->sh_offset, (size_t)header->sh_size};
	return &section->data;
}

char *elf_strptr(Elf *elf, size_t section, size_t offset)
{
	Elf_Data *data = section < elf->section_count ? elf_getdata(&elf->sections[section], NULL) : NULL;

	if (!data || offset >= data->d_size || !memchr((char *)data->d_buf + offset, 0, data->d_size - offset))
		return NULL;
	return (char *)data->d_buf + offset;
}

GElf_Ehdr *gelf_getehdr(Elf *elf, GElf_Ehdr *header)
{
	*header = elf->header;
	return header;
}

GElf_Phdr *gelf_getphdr(Elf *elf, int index, GElf_Phdr *header)
{
	uint64_t offset = elf->header.e_phoff + (uint64_t)index * sizeof(*header);

	if (index < 0 || index >= elf->header.e_phnum || !is_inside(elf, offset, sizeof(*header)))
		return NULL;
	return memcpy(header, elf->bytes + offset, sizeof(*header));
}

GElf_Shdr *gelf_getshdr(Elf_Scn *section, GElf_Shdr *header)
{
	*header = section->header;
	return header;
}

GElf_Sym *gelf_getsym(Elf_Data *data, int index, GElf_Sym *symbol)
{
	if (index < 0 || (size_t)index >= data->d_size / sizeof(*symbol))
		return NULL;
	return memcpy(symbol, (char *)data->d_buf + (size_t)index * sizeof(*symbol), sizeof(*symbol));
}
