/* Links: what is attached. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <wasm_bpf/abi.h>
#include <wasm_bpf/error.h>
#include <wasm_bpf/handles.h>

/* What libbpf keeps in a link, for those that were pinned or disconnected. */
struct link_note {
	struct link_note *next;
	wasm_bpf_handle link;
	bool disconnected;
	char *pin_path;
};
static struct link_note *notes;

static struct link_note *find_link_note(const struct bpf_link *link)
{
	struct link_note *note = notes;

	while (note && note->link != wasm_bpf__link_handle(link))
		note = note->next;
	return note;
}

static struct link_note *link_note(const struct bpf_link *link)
{
	struct link_note *note = find_link_note(link);

	if (note)
		return note;
	note = (struct link_note *)calloc(1, sizeof(*note));
	if (!note) {
		errno = ENOMEM;
		return NULL;
	}
	note->link = wasm_bpf__link_handle(link);
	note->next = notes;
	notes = note;
	return note;
}

static void forget_link(const struct bpf_link *link)
{
	struct link_note **place = &notes, *note;

	while ((note = *place) && note->link != wasm_bpf__link_handle(link))
		place = &note->next;
	if (!note)
		return;
	*place = note->next;
	free(note->pin_path);
	free(note);
}

/* A handle: for functions of these headers only. */
int bpf_link__fd(const struct bpf_link *link)
{
	if (link)
		return wasm_bpf__link_handle(link);
	errno = EINVAL;
	return -errno;
}

/* Detaches, but for a link that is pinned; null is allowed. */
int bpf_link__destroy(struct bpf_link *link)
{
	struct link_note *note = find_link_note(link);
	bool disconnected = note && note->disconnected;

	if (!link)
		return 0;
	forget_link(link);
	/* What is disconnected stays attached until the guest's end, as natively until the process's. */
	return disconnected ? 0 : wasm_bpf__result(wasm_bpf_close(wasm_bpf__link_handle(link)));
}

/* bpf_link__destroy() will not detach it: the guest's end does, unless it is pinned. */
void bpf_link__disconnect(struct bpf_link *link)
{
	struct link_note *note = link_note(link);

	if (note)
		note->disconnected = true;
}

int bpf_link__detach(struct bpf_link *link)
{
	return wasm_bpf__explain(wasm_bpf_link_detach(wasm_bpf__link_handle(link)));
}

int bpf_link__update_program(struct bpf_link *link, struct bpf_program *program)
{
	return wasm_bpf__explain(
		wasm_bpf_link_update(wasm_bpf__link_handle(link), wasm_bpf__program_handle(program)));
}

/* A struct_ops map in the place of the link's own. */
int bpf_link__update_map(struct bpf_link *link, const struct bpf_map *map)
{
	return wasm_bpf__explain(wasm_bpf_link_update(wasm_bpf__link_handle(link), wasm_bpf__map_handle(map)));
}

const char *bpf_link__pin_path(const struct bpf_link *link)
{
	struct link_note *note = find_link_note(link);

	return note ? note->pin_path : NULL;
}

int bpf_link__pin(struct bpf_link *link, const char *path)
{
	struct link_note *note = link_note(link);
	char *copy;
	int result;

	if (!note)
		return -errno;
	if (note->pin_path)
		return -(errno = EBUSY);
	copy = strdup(path);
	if (!copy)
		return -(errno = ENOMEM);
	result = wasm_bpf__explain(wasm_bpf_pin(wasm_bpf__link_handle(link), path, strlen(path)));
	if (result < 0)
		free(copy);
	else
		note->pin_path = copy;
	return result;
}

int bpf_link__unpin(struct bpf_link *link)
{
	struct link_note *note = find_link_note(link);
	int result;

	if (!note || !note->pin_path)
		return -(errno = EINVAL);
	result = wasm_bpf__explain(
		wasm_bpf_unpin(wasm_bpf__link_handle(link), note->pin_path, strlen(note->pin_path)));
	if (result < 0)
		return result;
	free(note->pin_path);
	note->pin_path = NULL;
	return 0;
}

struct bpf_link *bpf_link__open(const char *path)
{
	struct bpf_link *link = (struct bpf_link *)wasm_bpf__explained_pointer(
		wasm_bpf_open_pinned(path, strlen(path), WASM_BPF_PINNED_LINK, 0));
	struct link_note *note = link ? link_note(link) : NULL;

	if (note)
		note->pin_path = strdup(path);
	return link;
}
