/* Finds the function "filter" in the ELF file of argument 1, and none in the text of argument 2. */
#include <fcntl.h>
#include <gelf.h>
#include <unistd.h>

#include "../check.h"
#include "elf_symbols.skel.h"

static int count_functions(Elf *elf, const char *name)
{
	int found = 0;

	for (Elf_Scn *section = NULL; (section = elf_nextscn(elf, section));) {
		Elf_Data *data = elf_getdata(section, NULL);
		GElf_Shdr header;
		GElf_Sym symbol;

		CHECK(gelf_getshdr(section, &header) == &header);
		for (int i = 0; header.sh_type == SHT_SYMTAB && gelf_getsym(data, i, &symbol); i++) {
			const char *text = elf_strptr(elf, header.sh_link, symbol.st_name);

			CHECK(text != NULL);
			found += GELF_ST_TYPE(symbol.st_info) == STT_FUNC && !strcmp(text, name);
		}
	}
	return found;
}

int main(int argc, char **argv)
{
	GElf_Ehdr header;
	GElf_Phdr program;
	size_t count;
	int fd = open(argv[1], O_RDONLY | O_CLOEXEC), text = open(argv[2], O_RDONLY);
	Elf *elf;

	CHECK(argc == 3 && fd >= 0 && text >= 0);
	CHECK(elf_version(EV_CURRENT) != EV_NONE);
	elf = elf_begin(fd, ELF_C_READ, NULL);
	CHECK(elf_kind(elf) == ELF_K_ELF && gelf_getehdr(elf, &header) && header.e_machine == EM_BPF);
	CHECK(elf_getshdrstrndx(elf, &count) == 0 && count == header.e_shstrndx);
	CHECK(elf_getphdrnum(elf, &count) == 0 && !gelf_getphdr(elf, (int)count, &program));
	CHECK(!elf_strptr(elf, 12345, 0) && !elf_strptr(elf, header.e_shstrndx, 1 << 30));
	CHECK(count_functions(elf, "filter") == 1 && count_functions(elf, "no such") == 0);
	CHECK(elf_end(elf) == 0);
	CHECK(elf_begin(text, ELF_C_READ, NULL) == NULL);
	CHECK(elf_kind(NULL) == ELF_K_NONE);
	CHECK(close(fd) == 0 && close(text) == 0);
	CHECK(open(argv[1], O_WRONLY | O_CREAT | O_EXCL, 0600) == -1); /* it is given for reading */
	return 0;
}
