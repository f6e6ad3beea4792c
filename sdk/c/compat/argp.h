/* Argp, the command line parser of the GNU C library, which wasi-libc lacks: its documented interface, written anew. What
 * a program prints by it is the same. Not here: translations, and $ARGP_HELP_FMT. */
#ifndef WASM_BPF_COMPAT_ARGP_H
#define WASM_BPF_COMPAT_ARGP_H

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef __error_t_defined
typedef int error_t;
#define __error_t_defined 1
#endif

struct argp;
struct argp_state;

struct argp_option {
	const char *name; /* long, without dashes; of OPTION_DOC: as it is shown */
	int key;          /* what the parser gets; a printable character is the short option too */
	const char *arg;  /* the argument's name; none: takes none */
	int flags;        /* OPTION_* */
	const char *doc;  /* with neither name nor key: a group's header */
	int group;        /* in help they come as 0, 1, 2, …, -2, -1; 0: as the entry before, a header's one more */
};

#define OPTION_ARG_OPTIONAL 0x1
#define OPTION_HIDDEN 0x2
#define OPTION_ALIAS 0x4 /* another name of the option before */
#define OPTION_DOC 0x8   /* no option: text shown among them */
#define OPTION_NO_USAGE 0x10

/* 0, an errno value, or ARGP_ERR_UNKNOWN for a key that it does not know. */
typedef error_t (*argp_parser_t)(int key, char *arg, struct argp_state *state);

#define ARGP_ERR_UNKNOWN E2BIG

#define ARGP_KEY_ARG 0            /* an argument that belongs to no option */
#define ARGP_KEY_ARGS 0x1000006   /* the rest of them, from argv[next] on, where ARGP_KEY_ARG is not known */
#define ARGP_KEY_END 0x1000001    /* all are parsed */
#define ARGP_KEY_NO_ARGS 0x1000002
#define ARGP_KEY_INIT 0x1000003   /* before all: sets child_inputs */
#define ARGP_KEY_SUCCESS 0x1000004
#define ARGP_KEY_ERROR 0x1000005
#define ARGP_KEY_FINI 0x1000007

struct argp_child {
	const struct argp *argp; /* null ends the list */
	int flags;
	const char *header; /* before its options in help; "": none, yet apart from others */
	int group;
};

struct argp {
	const struct argp_option *options; /* a zero entry ends them */
	argp_parser_t parser;
	const char *args_doc; /* "FILE [SECONDS]"; lines: alternatives */
	const char *doc;      /* before the options; after a \v: behind them */
	const struct argp_child *children;
	/* May change a text of the help for a key: `text`, null, or memory that is then freed. */
	char *(*help_filter)(int key, const char *text, void *input);
	const char *argp_domain; /* unused: no translations */
};

#define ARGP_KEY_HELP_PRE_DOC 0x2000001
#define ARGP_KEY_HELP_POST_DOC 0x2000002
#define ARGP_KEY_HELP_HEADER 0x2000003
#define ARGP_KEY_HELP_EXTRA 0x2000004
#define ARGP_KEY_HELP_DUP_ARGS_NOTE 0x2000005
#define ARGP_KEY_HELP_ARGS_DOC 0x2000006

struct argp_state {
	const struct argp *root_argp;
	int argc;
	char **argv;
	int next; /* index of the next argument in argv; a parser may change it */
	unsigned flags;
	unsigned arg_num; /* of the present ARGP_KEY_ARG, from 0 */
	int quoted;       /* index in argv after "--"; 0: there was none */
	void *input;
	void **child_inputs;
	void *hook; /* the parser's own */
	char *name; /* of the program, in messages */
	FILE *err_stream;
	FILE *out_stream;
	void *pstate;
};

/* Flags of argp_parse() */
#define ARGP_PARSE_ARGV0 0x01 /* argv[0] is no program's name */
#define ARGP_NO_ERRS 0x02     /* no messages */
#define ARGP_NO_ARGS 0x04
#define ARGP_IN_ORDER 0x08 /* arguments reach the parser where they stand, not behind the options */
#define ARGP_NO_HELP 0x10
#define ARGP_NO_EXIT 0x20
#define ARGP_LONG_ONLY 0x40 /* "-name" is as "--name" */
#define ARGP_SILENT (ARGP_NO_EXIT | ARGP_NO_ERRS | ARGP_NO_HELP)

/* 0 or an errno value. `arg_index` (may be null) gets the index of the first argument that was not parsed. */
error_t argp_parse(const struct argp *argp, int argc, char **argv, unsigned flags, int *arg_index, void *input);

/* A program may define these. */
extern const char *argp_program_version;
extern void (*argp_program_version_hook)(FILE *stream, struct argp_state *state);
extern const char *argp_program_bug_address;
extern error_t argp_err_exit_status;

/* Flags of argp_help() */
#define ARGP_HELP_USAGE 0x01
#define ARGP_HELP_SHORT_USAGE 0x02
#define ARGP_HELP_SEE 0x04
#define ARGP_HELP_LONG 0x08
#define ARGP_HELP_PRE_DOC 0x10
#define ARGP_HELP_POST_DOC 0x20
#define ARGP_HELP_DOC (ARGP_HELP_PRE_DOC | ARGP_HELP_POST_DOC)
#define ARGP_HELP_BUG_ADDR 0x40
#define ARGP_HELP_LONG_ONLY 0x80
#define ARGP_HELP_EXIT_ERR 0x100
#define ARGP_HELP_EXIT_OK 0x200
#define ARGP_HELP_STD_ERR (ARGP_HELP_SEE | ARGP_HELP_EXIT_ERR)
#define ARGP_HELP_STD_USAGE (ARGP_HELP_SHORT_USAGE | ARGP_HELP_SEE | ARGP_HELP_EXIT_ERR)
#define ARGP_HELP_STD_HELP \
	(ARGP_HELP_SHORT_USAGE | ARGP_HELP_LONG | ARGP_HELP_EXIT_OK | ARGP_HELP_DOC | ARGP_HELP_BUG_ADDR)

void argp_help(const struct argp *argp, FILE *stream, unsigned flags, char *name);

/* The following are for parsers; they exit as `flags` or the state's flags have it. */
void argp_state_help(const struct argp_state *state, FILE *stream, unsigned flags);
void argp_usage(const struct argp_state *state);
__attribute__((__format__(__printf__, 2, 3))) void argp_error(const struct argp_state *state, const char *format, ...);
__attribute__((__format__(__printf__, 4, 5))) void argp_failure(const struct argp_state *state, int status, int errnum,
								const char *format, ...);

#ifdef __cplusplus
}
#endif

#endif
