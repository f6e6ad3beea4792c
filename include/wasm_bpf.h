/* wasm_bpf.h: WebAssembly modules that load and control eBPF programs, as plugins of a program in any language.
 *
 * The C form of the C++ API in wasm_bpf/guest.hpp, and the one that stays compatible: libwasm_bpf.so.0 keeps each of these
 * functions, with what it takes and does. docs/embedding.md is the guide; docs/policy.md has the rules of policies.
 *
 * What holds of all functions:
 * - Errors. A function that can fail returns 0, or a negative errno value. Its last parameter gets the error: NULL where
 *   there is none, else a text and a kind, which the caller frees by wasm_bpf_error_free(). It may be NULL itself. What is
 *   given through other pointers is set only where the function succeeds. A NULL where an object, a text or a place for the
 *   result is needed is -EINVAL; a lack of memory -ENOMEM. No exception of C++ comes out.
 * - Ownership. What a function named ..._create, ..._compile... or ..._copy gives is the caller's, and freed once by the
 *   function ..._free of its type; that does nothing with NULL. Modules may outlive their runtime, and guests their module.
 *   Texts and bytes that are given to a function are not needed after it, if nothing else is said. Texts end with a NUL.
 * - Threads. Runtimes, modules and guests may be used by several threads at the same time, but not while they are freed.
 *   Policies, errors, endings and option structs are used by one thread at a time. Callbacks come on the guest's thread
 *   (a runtime's log: on the caller's), which has every signal blocked. They must return: no longjmp, no exception; and
 *   they must not wait for that guest (pause, resume, replace, call, wait, free).
 * - Option structs begin with their size: `wasm_bpf_guest_options options = {.size = sizeof(options)};`. All else may be
 *   zero, and that is the default. A struct of an older header, which is shorter, does the same as ever. One of a newer
 *   header, which is longer, is -E2BIG where it asks for what this library does not know. A flag that it does not know is
 *   -EINVAL. In an array of such structs all are of the size that the first one says.
 */
#ifndef WASM_BPF_H
#define WASM_BPF_H

#include <stddef.h>
#include <stdint.h>

#ifndef WASM_BPF_API
#define WASM_BPF_API __attribute__((visibility("default")))
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* 10000 * major + 100 * minor + patch, of this header. */
#define WASM_BPF_API_VERSION 100
/* The same of the library in use: at least that of the header, where the linker was content. */
WASM_BPF_API uint32_t wasm_bpf_api_version(void);
/* As "0.1.0". Never freed. */
WASM_BPF_API const char *wasm_bpf_version(void);

typedef struct wasm_bpf_error wasm_bpf_error;
typedef struct wasm_bpf_runtime wasm_bpf_runtime;
typedef struct wasm_bpf_module wasm_bpf_module;
typedef struct wasm_bpf_policy wasm_bpf_policy;
typedef struct wasm_bpf_guest wasm_bpf_guest;
typedef struct wasm_bpf_ending wasm_bpf_ending;
typedef struct wasm_bpf_caller wasm_bpf_caller;

/* ---- Errors ---- */

typedef uint32_t wasm_bpf_error_kind;
enum {
    WASM_BPF_ERROR_FAILED = 0,            /* an operation failed; the code says how */
    WASM_BPF_ERROR_BAD_MODULE = 1,        /* the module is malformed, or asks for what this host does not have */
    WASM_BPF_ERROR_DENIED = 2,            /* the policy forbids it; the text names the rule and the way to allow it */
    WASM_BPF_ERROR_MISSING_PRIVILEGE = 3, /* the process lacks a capability */
    WASM_BPF_ERROR_TRAP = 4,              /* the guest did what Wasm forbids */
    WASM_BPF_ERROR_STOPPED = 5            /* the guest was ended from outside */
};

/* For a host function to return, which gives it away. Never NULL; without memory it is an ENOMEM. `code` is a positive
 * errno value; `message` may be NULL. */
WASM_BPF_API wasm_bpf_error *wasm_bpf_error_create(int code, wasm_bpf_error_kind kind, const char *message);
/* A positive errno value. */
WASM_BPF_API int wasm_bpf_error_code(const wasm_bpf_error *error);
WASM_BPF_API wasm_bpf_error_kind wasm_bpf_error_kind_of(const wasm_bpf_error *error);
/* One line for a person; as long as the error lives. */
WASM_BPF_API const char *wasm_bpf_error_message(const wasm_bpf_error *error);
WASM_BPF_API void wasm_bpf_error_free(wasm_bpf_error *error);

/* Frees the text that wasm_bpf_guest_output() or wasm_bpf_guest_metrics() gives. */
WASM_BPF_API void wasm_bpf_free(void *memory);

/* ---- Runtimes: the engine and its caches; one is enough for a process ---- */

typedef uint32_t wasm_bpf_log_level;
enum { WASM_BPF_LOG_ERROR = 0, WASM_BPF_LOG_WARNING = 1 };
/* Gets what a person should know: one message, which may have several lines, without a newline at its end. */
typedef void (*wasm_bpf_log_callback)(void *context, wasm_bpf_log_level level, const char *message);

enum {
    /* Guests get copies of the kernel's data, and no handler of SIGSEGV and SIGBUS is installed for it. */
    WASM_BPF_RUNTIME_NO_WINDOWS = 1,
    /* Modules are compiled on the caller's thread alone, and not on a thread for each CPU, which the process has from then
     * on. */
    WASM_BPF_RUNTIME_COMPILE_ON_CALLER = 2
};

typedef struct wasm_bpf_runtime_options {
    size_t size;
    /* Where compiled modules are kept. NULL: $WASM_BPF_CACHE, $XDG_CACHE_HOME/wasm-bpf or ~/.cache/wasm-bpf; empty: they are
     * not. A folder that others could write to is not used. */
    const char *cache_folder;
    uint64_t flags; /* WASM_BPF_RUNTIME_... */
    /* May be NULL. It and its context are needed until the runtime, and all modules and guests of it, are freed. */
    wasm_bpf_log_callback log;
    void *log_context;
} wasm_bpf_runtime_options;

/* Options may be NULL. Also removes what processes of this user left attached when they were killed. */
WASM_BPF_API int wasm_bpf_runtime_create(const wasm_bpf_runtime_options *options, wasm_bpf_runtime **runtime,
                                         wasm_bpf_error **error);
WASM_BPF_API void wasm_bpf_runtime_free(wasm_bpf_runtime *runtime);

/* ---- Modules and components, compiled; any number of guests share one ---- */

/* `name` is what the guest finds as its argument 0, and what errors begin with. Kind BAD_MODULE where the bytes are none. */
WASM_BPF_API int wasm_bpf_module_compile(const wasm_bpf_runtime *runtime, const void *wasm, size_t size_bytes,
                                         const char *name, wasm_bpf_module **module, wasm_bpf_error **error);
/* The same of a file, by whose name without folders and ".wasm" it goes. Kind BAD_MODULE where it cannot be read, too. */
WASM_BPF_API int wasm_bpf_module_compile_file(const wasm_bpf_runtime *runtime, const char *path,
                                              wasm_bpf_module **module, wasm_bpf_error **error);
/* As long as the module lives. */
WASM_BPF_API const char *wasm_bpf_module_name(const wasm_bpf_module *module);
/* 1 or 0. */
WASM_BPF_API int wasm_bpf_module_is_component(const wasm_bpf_module *module);
WASM_BPF_API void wasm_bpf_module_free(wasm_bpf_module *module);

/* ---- Policies: what a guest may do ---- */

/* Denies everything that can be denied; limits are as docs/policy.md says. */
WASM_BPF_API int wasm_bpf_policy_create(wasm_bpf_policy **policy, wasm_bpf_error **error);
/* Allows what tracing and networking tools need, as the command does for a module that its user names. */
WASM_BPF_API int wasm_bpf_policy_create_default(wasm_bpf_policy **policy, wasm_bpf_error **error);
/* From a policy file's text (TOML). `source` names it in errors, which are -EINVAL: `SOURCE:LINE:COLUMN: ...`. */
WASM_BPF_API int wasm_bpf_policy_create_from_text(const char *text, size_t size_bytes, const char *source,
                                                  wasm_bpf_policy **policy, wasm_bpf_error **error);
WASM_BPF_API int wasm_bpf_policy_create_from_file(const char *path, wasm_bpf_policy **policy, wasm_bpf_error **error);
WASM_BPF_API int wasm_bpf_policy_copy(const wasm_bpf_policy *policy, wasm_bpf_policy **copy, wasm_bpf_error **error);
/* "RULE", "RULE=VALUE" or "RULE=VALUE,VALUE": allows those, or all; sets a limit. What is said later goes before. -EINVAL
 * where there is no such rule or value; the policy is as before then. */
WASM_BPF_API int wasm_bpf_policy_allow(wasm_bpf_policy *policy, const char *text, wasm_bpf_error **error);
/* The opposite. -EINVAL for a limit. */
WASM_BPF_API int wasm_bpf_policy_deny(wasm_bpf_policy *policy, const char *text, wasm_bpf_error **error);

typedef uint32_t wasm_bpf_denial;
enum {
    WASM_BPF_DENIAL_ENDS_GUEST = 0, /* at first */
    WASM_BPF_DENIAL_FAILS_CALL = 1  /* with EPERM and the same text, for guests that are written to go on */
};
/* What a denied call does. -EINVAL for another number. */
WASM_BPF_API int wasm_bpf_policy_on_denial(wasm_bpf_policy *policy, wasm_bpf_denial denial, wasm_bpf_error **error);
WASM_BPF_API void wasm_bpf_policy_free(wasm_bpf_policy *policy);

/* ---- Host functions: imports of the embedder's ---- */

typedef uint32_t wasm_bpf_value_type;
enum { WASM_BPF_I32 = 0, WASM_BPF_I64 = 1, WASM_BPF_F32 = 2, WASM_BPF_F64 = 3 };

/* A number of Wasm's. 16 bytes, for ever. */
typedef struct wasm_bpf_value {
    wasm_bpf_value_type type;
    union {
        int32_t i32;
        int64_t i64;
        float f32;
        double f64;
    } of;
} wasm_bpf_value;

/* Arguments are as many, and of the types, as the type says; so are results, which are zero before. NULL, or an error
 * that the library frees: it ends the guest, with its kind and text. What the guest is to handle is a result. Where
 * several guests have the function, it is called by several threads at once. `caller` is good until it returns. */
typedef wasm_bpf_error *(*wasm_bpf_function_callback)(void *context, wasm_bpf_caller *caller,
                                                      const wasm_bpf_value *arguments, wasm_bpf_value *results);

typedef struct wasm_bpf_function {
    size_t size;
    const char *module; /* of the import; may be NULL, which is "" */
    const char *name;
    const char *type; /* "i32 i64 -> f64", "i32", "-> i32"; NULL is "": nothing of either. One result at most */
    wasm_bpf_function_callback call;
    void *context; /* until every guest that has the function is freed */
} wasm_bpf_function;

/* The functions of a caller are for its host function alone, on that thread, until it returns.
 *
 * The guest's memory, `size_bytes` from `offset` on, to read and write: good until the guest is called or the host function
 * returns. -EFAULT where that is not all the guest's. */
WASM_BPF_API int wasm_bpf_caller_memory(wasm_bpf_caller *caller, uint32_t offset, uint64_t size_bytes, void **memory,
                                        wasm_bpf_error **error);
/* Copies out of the guest's memory, and into it. -EFAULT as above; nothing is copied then. */
WASM_BPF_API int wasm_bpf_caller_read(wasm_bpf_caller *caller, uint32_t offset, void *to, uint64_t size_bytes,
                                      wasm_bpf_error **error);
WASM_BPF_API int wasm_bpf_caller_write(wasm_bpf_caller *caller, uint32_t offset, const void *from, uint64_t size_bytes,
                                       wasm_bpf_error **error);
/* As wasm_bpf_guest_call(). An error of another kind than FAILED says that the guest is ending, and must be returned from
 * the host function. */
WASM_BPF_API int wasm_bpf_caller_call(wasm_bpf_caller *caller, const char *name, const wasm_bpf_value *arguments,
                                      size_t argument_count, wasm_bpf_value *results, size_t result_room,
                                      size_t *result_count, wasm_bpf_error **error);
/* A host function that waits for long is to return when this is readable (poll it; do not read or close it): the guest is
 * stopped, gets a signal, or is asked something. */
WASM_BPF_API int wasm_bpf_caller_interrupt_fd(const wasm_bpf_caller *caller);

/* ---- Guests ---- */

typedef struct wasm_bpf_directory {
    size_t size;
    const char *host_path;
    const char *guest_path; /* NULL: the same */
    uint64_t flags;         /* WASM_BPF_DIRECTORY_... */
} wasm_bpf_directory;
enum { WASM_BPF_DIRECTORY_WRITABLE = 1 };

typedef uint32_t wasm_bpf_input_kind;
enum {
    WASM_BPF_INPUT_NONE = 0,      /* at its end at once */
    WASM_BPF_INPUT_INHERITED = 1, /* the process's own */
    WASM_BPF_INPUT_FD = 2         /* an open file, which stays the caller's and open until the guest has ended */
};

typedef uint32_t wasm_bpf_output_kind;
enum {
    WASM_BPF_OUTPUT_NONE = 0,
    WASM_BPF_OUTPUT_INHERITED = 1, /* to the process's own */
    WASM_BPF_OUTPUT_CALLBACK = 2,
    WASM_BPF_OUTPUT_BUFFER = 3     /* the last of it, for wasm_bpf_guest_output() */
};
/* All of one write of the guest's, which may be a part of a line; no NUL at its end. */
typedef void (*wasm_bpf_output_callback)(void *context, const char *text, size_t size_bytes);
/* Never grows: other kinds would have other meanings of the same members. */
typedef struct wasm_bpf_output {
    wasm_bpf_output_kind kind;
    uint64_t limit_bytes;           /* of BUFFER */
    wasm_bpf_output_callback write; /* of CALLBACK; it and its context are needed until the guest is freed */
    void *context;
} wasm_bpf_output;

/* Told of each end of a run, last of all: a wait for it may have returned, but freeing the guest has not. Not told of the end
 * of a version that was replaced, or did not come to replace one. The ending is good until it returns. */
typedef void (*wasm_bpf_end_callback)(void *context, const wasm_bpf_ending *ending);

enum {
    /* The guest's thread keeps what privileges the process has. Without it that thread gives up, for good, all that the
     * policy does not need; the caller's threads keep theirs. */
    WASM_BPF_GUEST_KEEP_PRIVILEGES = 1,
    WASM_BPF_GUEST_NO_WINDOWS = 2 /* copies, even where the runtime has windows */
};

typedef struct wasm_bpf_guest_options {
    size_t size;
    uint64_t flags;                /* WASM_BPF_GUEST_... */
    const wasm_bpf_policy *policy; /* copied; NULL: denies everything */
    const char *const *arguments;  /* without the program's name, which is the module's */
    size_t argument_count;
    const char *const *environment; /* "NAME=VALUE" */
    size_t environment_count;
    const wasm_bpf_directory *directories;
    size_t directory_count;
    const wasm_bpf_function *functions; /* of modules; a component's imports are WASI's and those of wit/ */
    size_t function_count;
    wasm_bpf_input_kind input;
    int input_fd;
    wasm_bpf_output output;
    wasm_bpf_output error_output;
    wasm_bpf_log_callback log; /* may be NULL; it and its context are needed until the guest is freed */
    void *log_context;
    const char *btf_path;   /* the kernel's BTF, where it has none; NULL: what the module carries */
    const char *token_path; /* BPF file system that gives tokens; NULL: /sys/fs/bpf if it does */
    wasm_bpf_end_callback on_end; /* may be NULL; it and its context are needed until the guest is freed */
    void *end_context;
} wasm_bpf_guest_options;

/* Nothing of it runs yet. Options may be NULL. Kind BAD_MODULE where this host cannot run it: an import is unknown, or of
 * another type; -EINVAL where a host function or an option is wrong. */
WASM_BPF_API int wasm_bpf_guest_create(const wasm_bpf_module *module, const wasm_bpf_guest_options *options,
                                       wasm_bpf_guest **guest, wasm_bpf_error **error);
/* Stops it, and waits for its end. */
WASM_BPF_API void wasm_bpf_guest_free(wasm_bpf_guest *guest);

typedef uint32_t wasm_bpf_state;
enum { WASM_BPF_READY = 0, WASM_BPF_RUNNING = 1, WASM_BPF_PAUSED = 2, WASM_BPF_ENDED = 3 };
WASM_BPF_API wasm_bpf_state wasm_bpf_guest_state(const wasm_bpf_guest *guest);

/* On a thread of its own, as for the first time. A command runs its `_start`; a library its `_initialize`, and then waits
 * for calls until it is stopped. -EBUSY where it is running. */
WASM_BPF_API int wasm_bpf_guest_start(wasm_bpf_guest *guest, wasm_bpf_error **error);

typedef uint32_t wasm_bpf_links;
enum {
    WASM_BPF_LINKS_ATTACHED = 0, /* the guest's BPF programs go on, and their events wait in the buffers */
    WASM_BPF_LINKS_DETACHED = 1  /* what it attached is detached meanwhile */
};
/* Has it stand still at its next safe point, and returns when it does; a host function is waited for. -ESRCH where it is
 * not running, or ends before; -EALREADY where it is paused; -EINVAL for other links. */
WASM_BPF_API int wasm_bpf_guest_pause(wasm_bpf_guest *guest, wasm_bpf_links links, wasm_bpf_error **error);
/* Goes on; what was detached is attached again first. -ESRCH where it is not paused. */
WASM_BPF_API int wasm_bpf_guest_resume(wasm_bpf_guest *guest, wasm_bpf_error **error);
/* Puts another version in the place of the one that runs, with no event lost between them, once it waits for the first
 * time: maps and links are handed over (docs/embedding.md). Options may be NULL; of them, its outputs by callback are used,
 * and buffers go on. Where the new one ends before, or does not wait within so many milliseconds (0 or less: 10,000), the
 * error says why, and the old one goes on with all that it had. -ESRCH where the guest is not running, -EALREADY where it is
 * paused. */
WASM_BPF_API int wasm_bpf_guest_replace(wasm_bpf_guest *guest, const wasm_bpf_module *next,
                                        const wasm_bpf_guest_options *options, int64_t milliseconds,
                                        wasm_bpf_error **error);
/* The module that runs, or is to: another handle of it, to be freed as its own. */
WASM_BPF_API int wasm_bpf_guest_module(const wasm_bpf_guest *guest, wasm_bpf_module **module, wasm_bpf_error **error);
/* Has it end soon, wherever it is, and returns at once. A host function has to return by itself. */
WASM_BPF_API void wasm_bpf_guest_stop(wasm_bpf_guest *guest);
/* A signal by its number of Linux, as kill(2): SIGINT and SIGTERM are what tools end by in good order. */
WASM_BPF_API void wasm_bpf_guest_signal(wasm_bpf_guest *guest, int number);

/* Waits for its end, so many milliseconds at most: 0 does not wait, a negative number waits for as long as it takes.
 * -ETIMEDOUT; -ESRCH where it was never started. `ending` may be NULL. */
WASM_BPF_API int wasm_bpf_guest_wait(wasm_bpf_guest *guest, int64_t milliseconds, wasm_bpf_ending **ending,
                                     wasm_bpf_error **error);
/* 128 and the number of the signal that ended it, if one did. */
WASM_BPF_API int wasm_bpf_ending_exit_code(const wasm_bpf_ending *ending);
/* NULL where the guest returned or left by itself: then there is an exit code. Kind STOPPED by wasm_bpf_guest_stop(), a
 * signal, the end of its time (ETIMEDOUT), or because nobody reads its inherited output (EPIPE). As long as the ending
 * lives; not to be freed. */
WASM_BPF_API const wasm_bpf_error *wasm_bpf_ending_error(const wasm_bpf_ending *ending);
/* Of a trap: functions' names, the innermost first; as long as the ending lives. NULL where there is none of that index. */
WASM_BPF_API size_t wasm_bpf_ending_stack_size(const wasm_bpf_ending *ending);
WASM_BPF_API const char *wasm_bpf_ending_stack_name(const wasm_bpf_ending *ending, size_t index);
WASM_BPF_API void wasm_bpf_ending_free(wasm_bpf_ending *ending);

/* Calls an exported function on the guest's thread, at its next wait, and waits for as long as it takes. `results` has
 * room for so many; `result_count` gets how many there are, of which those beyond the room are not told. A function has one
 * at most. Both may be NULL. -ENOENT where there is no such function; -EINVAL where the arguments are not of its types;
 * -ESRCH where the guest is not running, or ends before. Where it ends in the call, -EFAULT with another kind than
 * FAILED: that of its error, or STOPPED; its ending says more. */
WASM_BPF_API int wasm_bpf_guest_call(wasm_bpf_guest *guest, const char *name, const wasm_bpf_value *arguments,
                                     size_t argument_count, wasm_bpf_value *results, size_t result_room,
                                     size_t *result_count, wasm_bpf_error **error);

typedef uint32_t wasm_bpf_stream;
enum { WASM_BPF_STDOUT = 1, WASM_BPF_STDERR = 2 };
/* What the guest has written into WASM_BPF_OUTPUT_BUFFER, in this run or the last: a copy, with a NUL behind its
 * `size_bytes`, to be freed by wasm_bpf_free(). `dropped_bytes` were before it, for lack of room. Both may be NULL.
 * -EINVAL for another stream. */
WASM_BPF_API int wasm_bpf_guest_output(const wasm_bpf_guest *guest, wasm_bpf_stream stream, char **text,
                                       size_t *size_bytes, uint64_t *dropped_bytes, wasm_bpf_error **error);

typedef uint32_t wasm_bpf_metric_format;
enum {
    WASM_BPF_METRICS_PROMETHEUS = 0, /* Prometheus' text format 0.0.4 */
    WASM_BPF_METRICS_OPENMETRICS = 1 /* OpenMetrics 1.0 */
};
/* What is measured of so many guests, as one exposition: what they publish, and what the host counts of them
 * (docs/metrics.md). Each sample has the label `guest` with the guest's name of `names`, which differ. Takes nothing of the
 * guests' threads. The text is to be freed by wasm_bpf_free(); `size_bytes` may be NULL. -EINVAL for another format. */
WASM_BPF_API int wasm_bpf_guest_metrics(const wasm_bpf_guest *const *guests, const char *const *names, size_t count,
                                        wasm_bpf_metric_format format, char **text, size_t *size_bytes,
                                        wasm_bpf_error **error);

#ifdef __cplusplus
}
#endif

#endif
