/* Objects and programs: libbpf's opaque pointers are the host's handles. Part of <bpf/libbpf.h>. */
#ifndef WASM_BPF_OBJECT_H
#define WASM_BPF_OBJECT_H

#include <fcntl.h>
#include <linux/bpf.h>
#include <stdbool.h>
#include <sys/stat.h>

#include <bpf/bpf.h>
#include <wasm_bpf/error.h>

#ifdef __cplusplus
extern "C" {
#endif

struct bpf_object;
struct bpf_map;
struct bpf_program;

static inline wasm_bpf_handle wasm_bpf__object_handle(const struct bpf_object *object)
{
	return (wasm_bpf_handle)(uintptr_t)object;
}

static inline wasm_bpf_handle wasm_bpf__map_handle(const struct bpf_map *map)
{
	return (wasm_bpf_handle)(uintptr_t)map;
}

static inline wasm_bpf_handle wasm_bpf__program_handle(const struct bpf_program *program)
{
	return (wasm_bpf_handle)(uintptr_t)program;
}

/* libbpf's names belong to the object; the host gives copies. Each is kept once, to the guest's end. */
struct wasm_bpf__name {
	struct wasm_bpf__name *next;
	wasm_bpf_handle handle;
	char kind;
	char text[];
};
__attribute__((weak)) struct wasm_bpf__name *wasm_bpf__names;

static inline const char *wasm_bpf__keep_name(wasm_bpf_handle handle, char kind, const char *text)
{
	struct wasm_bpf__name *name = wasm_bpf__names;

	while (name && (name->handle != handle || name->kind != kind || strcmp(name->text, text)))
		name = name->next;
	if (name)
		return name->text;
	name = (struct wasm_bpf__name *)malloc(sizeof(*name) + strlen(text) + 1);
	if (!name)
		return NULL;
	name->next = wasm_bpf__names;
	name->handle = handle;
	name->kind = kind;
	strcpy(name->text, text);
	wasm_bpf__names = name;
	return name->text;
}

/* Objects */

struct bpf_object_open_opts {
	size_t sz;
	const char *object_name;
	bool relaxed_maps;
	const char *pin_root_path;
	__u32 : 32;
	const char *kconfig;
	const char *btf_custom_path; /* a file of the host's; without one, that of wasm-bpf run --btf */
	char *kernel_log_buf;        /* filled by bpf_object__load() */
	size_t kernel_log_size;
	__u32 kernel_log_level;
	const char *bpf_token_path; /* the host's */
};

/* What libbpf reads of a text option: the pointer and its length. */
static inline wasm_bpf_ptr wasm_bpf__text(const char *text, uint32_t *size)
{
	*size = text ? strlen(text) : 0;
	return (uintptr_t)text;
}

/* The buffer for the verifier's logs that a program was opened with, for bpf_object__load(). Only guests that give one
 * have this list. */
struct wasm_bpf__log_buffer {
	struct wasm_bpf__log_buffer *next;
	wasm_bpf_handle owner; /* an object or a program */
	char *buffer;
	size_t size;
};
__attribute__((weak)) struct wasm_bpf__log_buffer *wasm_bpf__log_buffers;
/* Fills them after a load of the object; set by what adds one. */
__attribute__((weak)) void (*wasm_bpf__fill_logs)(wasm_bpf_handle object);

static inline struct wasm_bpf__log_buffer *wasm_bpf__find_log_buffer(wasm_bpf_handle owner)
{
	struct wasm_bpf__log_buffer *at = wasm_bpf__log_buffers;

	while (at && at->owner != owner)
		at = at->next;
	return at;
}

/* A program's own buffer gets its log; the object's, that of each program without, the last one staying: as libbpf. */
static inline void wasm_bpf__fill_log_buffers(wasm_bpf_handle object)
{
	struct wasm_bpf__log_buffer *whole = wasm_bpf__find_log_buffer(object);
	wasm_bpf_handle program = 0;

	while ((program = wasm_bpf_object_next_program(object, program)) > 0) {
		struct wasm_bpf__log_buffer *log = wasm_bpf__find_log_buffer(program);
		if (!log)
			log = whole;
		if (log && wasm_bpf_program_log(program, NULL, 0) > 0)
			wasm_bpf_program_log(program, log->buffer, log->size);
	}
}

static inline int wasm_bpf__set_log_buffer(wasm_bpf_handle owner, char *buffer, size_t size)
{
	struct wasm_bpf__log_buffer *at = wasm_bpf__find_log_buffer(owner);

	if (size && !buffer) {
		errno = EINVAL;
		return -errno;
	}
	if (!at) {
		at = (struct wasm_bpf__log_buffer *)malloc(sizeof(*at));
		if (!at)
			return -errno;
		at->owner = owner;
		at->next = wasm_bpf__log_buffers;
		wasm_bpf__log_buffers = at;
	}
	at->buffer = buffer;
	at->size = size;
	wasm_bpf__fill_logs = wasm_bpf__fill_log_buffers;
	return 0;
}

LIBBPF_API struct bpf_object *bpf_object__open_mem(const void *data, size_t size,
						   const struct bpf_object_open_opts *opts)
{
	struct wasm_bpf_object_options options = { .size = sizeof(options) };
	wasm_bpf_handle object;

	if (opts) {
		options.name = wasm_bpf__text(opts->object_name, &options.name_size);
		options.pin_root = wasm_bpf__text(opts->pin_root_path, &options.pin_root_size);
		options.btf_path = wasm_bpf__text(opts->btf_custom_path, &options.btf_path_size);
		options.token_path = wasm_bpf__text(opts->bpf_token_path, &options.token_path_size);
		options.kconfig = wasm_bpf__text(opts->kconfig, &options.kconfig_size);
		options.kernel_log_level = opts->kernel_log_level;
		options.relaxed_maps = opts->relaxed_maps;
	}
	object = wasm_bpf_object_open(data, size, &options);
	if (object > 0 && opts && opts->kernel_log_buf)
		wasm_bpf__set_log_buffer(object, opts->kernel_log_buf, opts->kernel_log_size);
	return (struct bpf_object *)wasm_bpf__explained_pointer(object);
}

/* Reads a file of the guest's: run --dir gives it folders. */
LIBBPF_API struct bpf_object *bpf_object__open_file(const char *path, const struct bpf_object_open_opts *opts)
{
	struct bpf_object_open_opts named = { .sz = 0 };
	struct bpf_object *object = NULL;
	struct stat status;
	void *elf = NULL;
	size_t done = 0;
	char name[64];
	int saved;
	int fd = path ? open(path, O_RDONLY) : -1;

	if (!path)
		errno = EINVAL;
	if (fd < 0)
		return NULL;
	if (!fstat(fd, &status) && (elf = malloc(status.st_size + 1))) {
		ssize_t got = 1;
		while (done < (size_t)status.st_size && got > 0) {
			got = read(fd, (char *)elf + done, status.st_size - done);
			done += got > 0 ? got : 0;
		}
		if (opts)
			named = *opts;
		if (!named.object_name) {
			/* As libbpf: the file's name up to its first dot. */
			const char *base = strrchr(path, '/');
			base = base ? base + 1 : path;
			size_t length = strcspn(base, ".");
			length = length < sizeof(name) ? length : sizeof(name) - 1;
			memcpy(name, base, length);
			name[length] = '\0';
			named.object_name = name;
		}
		object = got < 0 ? NULL : bpf_object__open_mem(elf, done, &named);
	}
	saved = errno;
	free(elf);
	close(fd);
	errno = saved;
	return object;
}

LIBBPF_API struct bpf_object *bpf_object__open(const char *path)
{
	return bpf_object__open_file(path, NULL);
}

LIBBPF_API int bpf_object__load(struct bpf_object *object)
{
	int result = wasm_bpf__explain(wasm_bpf_object_load(wasm_bpf__object_handle(object)));
	int saved = errno;

	if (wasm_bpf__fill_logs)
		wasm_bpf__fill_logs(wasm_bpf__object_handle(object));
	errno = saved;
	return result;
}

LIBBPF_API const char *bpf_object__name(const struct bpf_object *object)
{
	char name[256] = "";

	wasm_bpf_object_name(wasm_bpf__object_handle(object), name, sizeof(name));
	return wasm_bpf__keep_name(wasm_bpf__object_handle(object), 'o', name);
}

LIBBPF_API unsigned int bpf_object__kversion(const struct bpf_object *object)
{
	(void)object;
	return wasm_bpf_kernel_version();
}

/* Of no effect: kernels from 5.0 on, and so every one with BTF, do not look at it. */
LIBBPF_API int bpf_object__set_kversion(struct bpf_object *object, __u32 version)
{
	(void)object;
	(void)version;
	return 0;
}

LIBBPF_API void bpf_object__close(struct bpf_object *object)
{
	if (object)
		wasm_bpf_close(wasm_bpf__object_handle(object));
}

LIBBPF_API struct bpf_map *bpf_object__find_map_by_name(const struct bpf_object *object, const char *name)
{
	return (struct bpf_map *)wasm_bpf__pointer(
		wasm_bpf_object_find_map(wasm_bpf__object_handle(object), name, strlen(name)));
}

LIBBPF_API int bpf_object__find_map_fd_by_name(const struct bpf_object *object, const char *name)
{
	return wasm_bpf__result(wasm_bpf_object_find_map(wasm_bpf__object_handle(object), name, strlen(name)));
}

LIBBPF_API struct bpf_map *bpf_object__next_map(const struct bpf_object *object, const struct bpf_map *previous)
{
	return (struct bpf_map *)wasm_bpf__pointer(
		wasm_bpf_object_next_map(wasm_bpf__object_handle(object), wasm_bpf__map_handle(previous)));
}

LIBBPF_API struct bpf_program *bpf_object__find_program_by_name(const struct bpf_object *object, const char *name)
{
	return (struct bpf_program *)wasm_bpf__pointer(
		wasm_bpf_object_find_program(wasm_bpf__object_handle(object), name, strlen(name)));
}

LIBBPF_API struct bpf_program *bpf_object__next_program(const struct bpf_object *object,
							struct bpf_program *previous)
{
	return (struct bpf_program *)wasm_bpf__pointer(
		wasm_bpf_object_next_program(wasm_bpf__object_handle(object), wasm_bpf__program_handle(previous)));
}

#define bpf_object__for_each_map(pos, obj) \
	for ((pos) = bpf_object__next_map((obj), NULL); (pos) != NULL; (pos) = bpf_object__next_map((obj), (pos)))
#define bpf_map__for_each bpf_object__for_each_map
#define bpf_object__for_each_program(pos, obj)                                \
	for ((pos) = bpf_object__next_program((obj), NULL); (pos) != NULL;    \
	     (pos) = bpf_object__next_program((obj), (pos)))

/* Programs */

static inline struct wasm_bpf_program_info wasm_bpf__program_info(const struct bpf_program *program)
{
	struct wasm_bpf_program_info info = { 0 };

	wasm_bpf__result(wasm_bpf_program_info(wasm_bpf__program_handle(program), &info, sizeof(info)));
	return info;
}

LIBBPF_API int bpf_program__fd(const struct bpf_program *program)
{
	if (program)
		return wasm_bpf__program_handle(program);
	errno = EINVAL;
	return -errno;
}

LIBBPF_API const char *bpf_program__name(const struct bpf_program *program)
{
	struct wasm_bpf_program_info info = wasm_bpf__program_info(program);

	return wasm_bpf__keep_name(wasm_bpf__program_handle(program), 'p', info.name);
}

LIBBPF_API const char *bpf_program__section_name(const struct bpf_program *program)
{
	struct wasm_bpf_program_info info = wasm_bpf__program_info(program);

	return wasm_bpf__keep_name(wasm_bpf__program_handle(program), 's', info.section);
}

LIBBPF_API enum bpf_prog_type bpf_program__type(const struct bpf_program *program)
{
	return (enum bpf_prog_type)wasm_bpf__program_info(program).type;
}

LIBBPF_API bool bpf_program__autoload(const struct bpf_program *program)
{
	return wasm_bpf__program_info(program).autoload;
}

LIBBPF_API bool bpf_program__autoattach(const struct bpf_program *program)
{
	return wasm_bpf__program_info(program).autoattach;
}

LIBBPF_API enum bpf_attach_type bpf_program__expected_attach_type(const struct bpf_program *program)
{
	return (enum bpf_attach_type)wasm_bpf__program_info(program).expected_attach_type;
}

LIBBPF_API __u32 bpf_program__flags(const struct bpf_program *program)
{
	return wasm_bpf__program_info(program).flags;
}

LIBBPF_API __u32 bpf_program__log_level(const struct bpf_program *program)
{
	return wasm_bpf__program_info(program).log_level;
}

LIBBPF_API size_t bpf_program__insn_cnt(const struct bpf_program *program)
{
	return wasm_bpf__program_info(program).instruction_count;
}

static inline int wasm_bpf__program_set(struct bpf_program *program, uint32_t field, uint32_t value)
{
	return wasm_bpf__explain(wasm_bpf_program_set(wasm_bpf__program_handle(program), field, value));
}

LIBBPF_API int bpf_program__set_autoload(struct bpf_program *program, bool autoload)
{
	return wasm_bpf__program_set(program, WASM_BPF_PROGRAM_AUTOLOAD, autoload);
}

LIBBPF_API void bpf_program__set_autoattach(struct bpf_program *program, bool autoattach)
{
	wasm_bpf__program_set(program, WASM_BPF_PROGRAM_AUTOATTACH, autoattach);
}

LIBBPF_API void bpf_program__set_ifindex(struct bpf_program *program, __u32 ifindex)
{
	wasm_bpf__program_set(program, WASM_BPF_PROGRAM_INTERFACE, ifindex);
}

LIBBPF_API int bpf_program__set_type(struct bpf_program *program, enum bpf_prog_type type)
{
	return wasm_bpf__program_set(program, WASM_BPF_PROGRAM_TYPE, type);
}

LIBBPF_API int bpf_program__set_expected_attach_type(struct bpf_program *program, enum bpf_attach_type type)
{
	return wasm_bpf__program_set(program, WASM_BPF_PROGRAM_EXPECTED_ATTACH_TYPE, type);
}

LIBBPF_API int bpf_program__set_flags(struct bpf_program *program, __u32 flags)
{
	return wasm_bpf__program_set(program, WASM_BPF_PROGRAM_FLAGS, flags);
}

LIBBPF_API int bpf_program__set_log_level(struct bpf_program *program, __u32 log_level)
{
	return wasm_bpf__program_set(program, WASM_BPF_PROGRAM_LOG_LEVEL, log_level);
}

/* Filled by bpf_object__load() or the skeleton's. */
LIBBPF_API int bpf_program__set_log_buf(struct bpf_program *program, char *log_buf, size_t log_size)
{
	return wasm_bpf__set_log_buffer(wasm_bpf__program_handle(program), log_buf, log_size);
}

LIBBPF_API const char *bpf_program__log_buf(const struct bpf_program *program, size_t *log_size)
{
	struct wasm_bpf__log_buffer *log = wasm_bpf__find_log_buffer(wasm_bpf__program_handle(program));

	*log_size = log ? log->size : 0;
	return log ? log->buffer : NULL;
}

LIBBPF_API int bpf_program__set_attach_target(struct bpf_program *program, int attach_prog_fd,
					      const char *function)
{
	return wasm_bpf__explain(wasm_bpf_program_set_attach_target(
		wasm_bpf__program_handle(program), attach_prog_fd, function, function ? strlen(function) : 0));
}

#ifdef __cplusplus
}
#endif

#endif
