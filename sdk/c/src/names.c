#include "names.h"

#include <stdlib.h>
#include <string.h>

struct name {
	struct name *next;
	wasm_bpf_handle handle;
	char kind;
	char text[];
};
static struct name *names;

const char *wasm_bpf__keep_name(wasm_bpf_handle handle, char kind, const char *text)
{
	struct name *name = names;

	while (name && (name->handle != handle || name->kind != kind || strcmp(name->text, text)))
		name = name->next;
	if (name)
		return name->text;
	name = (struct name *)malloc(sizeof(*name) + strlen(text) + 1);
	if (!name)
		return NULL;
	name->next = names;
	name->handle = handle;
	name->kind = kind;
	strcpy(name->text, text);
	names = name;
	return name->text;
}
