/* A reader of ELF files in the place of libelf: enough for the BTF in a 64-bit little-endian file. */
#include <libelf.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../src/files.h"

struct Elf_Scn {
	Elf *elf;
	GElf_Shdr header;
	Elf_Data data;
};

struct Elf {
	char *bytes;
	size_t size;
	size_t names; /* the section of the sections' names */
	size_t count;
	Elf_Scn sections[];
};

static int inside(uint64_t offset, uint64_t size, size_t all)
{
	return offset <= all && size <= all - offset;
}

static Elf *with_sections(char *bytes, size_t size, const GElf_Ehdr *header)
{
	const size_t count = header->e_shnum;
	Elf *elf = malloc(sizeof(*elf) + count * sizeof(Elf_Scn));

	if (!elf)
		return NULL;
	*elf = (Elf){ .bytes = bytes, .size = size, .names = header->e_shstrndx, .count = count };
	for (size_t i = 0; i < count; i++) {
		Elf_Scn *section = &elf->sections[i];
		section->elf = elf;
		memcpy(&section->header, bytes + header->e_shoff + i * sizeof(GElf_Shdr), sizeof(GElf_Shdr));
		section->data = (Elf_Data){ 0 };
		if (section->header.sh_type == SHT_NOBITS ||
		    !inside(section->header.sh_offset, section->header.sh_size, size))
			continue;
		section->data.d_buf = bytes + section->header.sh_offset;
		section->data.d_size = section->header.sh_size;
	}
	return elf;
}

Elf *elf_begin(int fd, Elf_Cmd command, Elf *reference)
{
	GElf_Ehdr header;
	size_t size = 0;
	char *bytes = wasm_bpf__read_all(fd, &size);
	Elf *elf = NULL;

	(void)command;
	(void)reference;
	if (bytes && size >= sizeof(header)) {
		memcpy(&header, bytes, sizeof(header));
		if (!memcmp(header.e_ident, ELFMAG, SELFMAG) && header.e_ident[EI_CLASS] == ELFCLASS64 &&
		    header.e_ident[EI_DATA] == ELFDATA2LSB && header.e_shentsize == sizeof(GElf_Shdr) &&
		    inside(header.e_shoff, (uint64_t)header.e_shnum * sizeof(GElf_Shdr), size))
			elf = with_sections(bytes, size, &header);
	}
	if (!elf)
		free(bytes);
	return elf;
}

int elf_end(Elf *elf)
{
	if (elf)
		free(elf->bytes);
	free(elf);
	return 0;
}

GElf_Ehdr *gelf_getehdr(Elf *elf, GElf_Ehdr *header)
{
	return memcpy(header, elf->bytes, sizeof(*header));
}

int elf_getshdrstrndx(Elf *elf, size_t *index)
{
	*index = elf->names;
	return 0;
}

Elf_Scn *elf_getscn(Elf *elf, size_t index)
{
	return index < elf->count ? &elf->sections[index] : NULL;
}

/* Section 0 is none. */
Elf_Scn *elf_nextscn(Elf *elf, Elf_Scn *section)
{
	return elf_getscn(elf, section ? (size_t)(section - elf->sections) + 1 : 1);
}

GElf_Shdr *gelf_getshdr(Elf_Scn *section, GElf_Shdr *header)
{
	*header = section->header;
	return header;
}

Elf_Data *elf_getdata(Elf_Scn *section, Elf_Data *previous)
{
	(void)previous;
	return section && section->data.d_buf ? &section->data : NULL;
}

Elf_Data *elf_rawdata(Elf_Scn *section, Elf_Data *previous)
{
	return elf_getdata(section, previous);
}

char *elf_strptr(Elf *elf, size_t index, size_t offset)
{
	const Elf_Data *names = elf_getdata(elf_getscn(elf, index), NULL);

	if (!names || offset >= names->d_size || !memchr((char *)names->d_buf + offset, 0, names->d_size - offset))
		return NULL;
	return (char *)names->d_buf + offset;
}
