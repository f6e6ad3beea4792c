/* Argp's help: ../argp.h. */
#include "argp_options.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

__attribute__((weak)) const char *argp_program_bug_address;

enum { SHORT_COLUMN = 2, LONG_COLUMN = 6, DOC_OPTION_COLUMN = 2, DOC_COLUMN = 29, HEADER_COLUMN = 1, USAGE_INDENT = 12, MARGIN = 79 };

/* Text in lines of less than MARGIN columns. A line is kept until it ends, and broken at its blanks where it is longer. */

struct text {
	FILE *stream;
	char *line;
	unsigned column;
	unsigned room;
	unsigned limit;  /* columns that a line must not reach */
	unsigned indent; /* of the lines that a longer one is broken into */
};

static void write_bytes(struct text *text, const char *bytes, unsigned size)
{
	if (text->column + size > text->room) {
		unsigned room = 2 * (text->column + size);
		char *line = realloc(text->line, room);

		if (!line)
			return;
		text->line = line;
		text->room = room;
	}
	memcpy(text->line + text->column, bytes, size);
	text->column += size;
}

static void write_text(struct text *text, const char *string)
{
	write_bytes(text, string, strlen(string));
}

static void indent_to(struct text *text, unsigned column)
{
	while (text->column < column)
		write_bytes(text, " ", 1);
}

static void new_line(struct text *text)
{
	const char *rest = text->line, *end = rest + text->column;
	unsigned column = 0;

	while (column + (unsigned)(end - rest) >= text->limit) {
		const char *limit = rest + text->limit - column, *first = rest, *cut, *next;

		while (first < end && *first == ' ')
			first++;
		for (cut = limit < end ? limit : end - 1; cut > first && *cut != ' ';)
			cut--;
		if (cut <= first) /* a word longer than a line */
			for (cut = limit; cut < end && *cut != ' ';)
				cut++;
		if (cut >= end)
			break;
		for (next = cut; next < end && *next == ' ';)
			next++;
		while (cut[-1] == ' ')
			cut--;
		fwrite(rest, 1, cut - rest, text->stream);
		fprintf(text->stream, "\n%*s", text->indent, "");
		rest = next;
		column = text->indent;
	}
	fwrite(rest, 1, end - rest, text->stream);
	fputc('\n', text->stream);
	text->column = 0;
}

/* Writes words, lines that begin here at column `indent`. */
static void fill(struct text *text, const char *string, unsigned indent)
{
	text->indent = indent;
	while (*string) {
		const char *end = string;

		while (*end && *end != '\n')
			end++;
		if (end > string)
			indent_to(text, indent);
		write_bytes(text, string, end - string);
		if (*end)
			new_line(text);
		string = end + !!*end;
	}
}

/* The options of an argp and its children */

/* The options of a child with a header or a group of its own: they stay together. */
struct cluster {
	const struct argp_child *child;
	const struct argp *owner; /* whose child it is */
	struct cluster *parent;
	unsigned depth;
};

/* An option with its aliases, or a header. */
struct entry {
	const struct argp_option *option;
	const struct argp *argp;
	struct cluster *cluster;
	int group;
	unsigned number; /* as they were defined, from 1 */
};

struct help {
	struct text text;
	const struct argp_state *state;
	struct entry *entries;
	unsigned count;
	struct cluster *clusters;
	unsigned cluster_count;
	unsigned letters[128]; /* number of the entry that each letter is of: the first with it */
	const struct entry *before;  /* the last one that was written */
	bool separates_groups;       /* there are headers */
	bool has_optional_arguments; /* that the short options do not show */
};

static bool has_cluster(const struct argp_child *child)
{
	return child->group || child->header;
}

static void count_options(const struct argp *argp, unsigned *entries, unsigned *clusters)
{
	for (const struct argp_option *o = argp->options; o && !argp_is_end(o); o++)
		*entries += !(o->flags & OPTION_ALIAS);
	for (const struct argp_child *child = argp->children; child && child->argp; child++) {
		*clusters += has_cluster(child);
		count_options(child->argp, entries, clusters);
	}
}

static void add_options(struct help *help, const struct argp *argp, struct cluster *cluster)
{
	int group = 0;

	for (const struct argp_option *o = argp->options; o && !argp_is_end(o); o++) {
		if (!(o->flags & OPTION_ALIAS)) {
			group = o->group ? o->group : !o->name && !o->key ? group + 1 : group;
			help->entries[help->count] = (struct entry){o, argp, cluster, group, help->count + 1};
			help->count++;
		}
		if (argp_is_short(o) && !help->letters[o->key])
			help->letters[o->key] = help->count;
	}
	for (const struct argp_child *child = argp->children; child && child->argp; child++) {
		struct cluster *own = cluster;

		if (has_cluster(child)) {
			own = &help->clusters[help->cluster_count++];
			*own = (struct cluster){child, argp, cluster, cluster ? cluster->depth + 1 : 1};
		}
		add_options(help, child->argp, own);
	}
}

/* The next option of an entry: null, its first one, then aliases. */
static const struct argp_option *next_name(const struct entry *entry, const struct argp_option *option)
{
	if (!option)
		return entry->option;
	option++;
	return !argp_is_end(option) && (option->flags & OPTION_ALIAS) ? option : NULL;
}

/* Not where an earlier entry has the letter. */
static bool shows_short(const struct help *help, const struct entry *entry, const struct argp_option *option)
{
	return argp_is_short(option) && !(option->flags & OPTION_HIDDEN) &&
	       help->letters[option->key] == entry->number;
}

static bool shows_long(const struct argp_option *option)
{
	return option->name && !(option->flags & OPTION_HIDDEN);
}

static char first_short(const struct help *help, const struct entry *entry)
{
	for (const struct argp_option *o = NULL; (o = next_name(entry, o));)
		if (shows_short(help, entry, o))
			return (char)o->key;
	return 0;
}

static const char *first_long(const struct entry *entry)
{
	for (const struct argp_option *o = NULL; (o = next_name(entry, o));)
		if (shows_long(o))
			return o->name;
	return NULL;
}

/* The order of help: 0, 1, 2, …, -2, -1. */
static int compare_groups(int one, int other)
{
	if ((one < 0) != (other < 0))
		return one < 0 ? 1 : -1;
	return one < other ? -1 : one > other;
}

/* What sorts a documentation option: behind its blanks and punctuation, unless that begins with '-'. */
static const char *sorted_name(const char *name, bool *is_text)
{
	name += strspn(name, " \t");
	*is_text = *name != '-';
	while (*name && !isalnum((unsigned char)*name))
		name++;
	return name;
}

static int compare_names(const struct help *help, const struct entry *one, const struct entry *other)
{
	const struct entry *entries[] = {one, other};
	const char *names[2];
	char shorts[2], first[2];
	bool is_text[2] = {false, false};

	for (int i = 0; i < 2; i++) {
		shorts[i] = first_short(help, entries[i]);
		names[i] = first_long(entries[i]);
		if (names[i] && (entries[i]->option->flags & OPTION_DOC))
			names[i] = sorted_name(names[i], &is_text[i]);
		first[i] = shorts[i] ? shorts[i] : names[i] ? *names[i] : 0;
	}
	if (is_text[0] != is_text[1])
		return is_text[0] - is_text[1];
	if (!shorts[0] && !shorts[1] && names[0] && names[1])
		return strcasecmp(names[0], names[1]);

	int order = tolower((unsigned char)first[0]) - tolower((unsigned char)first[1]);

	if (!order)
		order = !!shorts[0] - !!shorts[1];
	return order ? order : first[1] - first[0];
}

/* Where an entry, or the cluster that has it, stands in a cluster. */
struct place {
	const struct cluster *in;
	const struct cluster *via;
	int group;
};

static void climb(struct place *place)
{
	*place = (struct place){place->in->parent, place->in, place->in->child->group};
}

static unsigned depth(const struct place *place)
{
	return place->in ? place->in->depth : 0;
}

/* Where both are in one cluster: its own options come first; clusters by group, then as they were defined. Of the options
 * of no cluster and the clusters: by group, the options first. */
static int compare(const struct help *help, const struct entry *one, const struct entry *other)
{
	struct place a = {one->cluster, NULL, one->group}, b = {other->cluster, NULL, other->group};

	while (a.in != b.in) {
		unsigned a_depth = depth(&a), b_depth = depth(&b);

		if (a_depth >= b_depth)
			climb(&a);
		if (b_depth >= a_depth)
			climb(&b);
	}
	if (a.in && !a.via != !b.via)
		return a.via ? 1 : -1;
	if (a.group != b.group)
		return compare_groups(a.group, b.group);
	if (a.via != b.via)
		return a.via < b.via ? -1 : 1;
	return compare_names(help, one, other);
}

/* Options of these names stand with what every program has. */
static void move_to_end(struct help *help, const char *name)
{
	for (struct entry *entry = help->entries; entry < help->entries + help->count; entry++)
		for (const struct argp_option *o = NULL; (o = next_name(entry, o));)
			if (shows_long(o) && !strcmp(o->name, name)) {
				entry->group = -1;
				return;
			}
}

static void sort(struct help *help)
{
	move_to_end(help, "help");
	move_to_end(help, "version");
	for (unsigned i = 1; i < help->count; i++) {
		struct entry moved = help->entries[i];
		unsigned at = i;

		for (; at && compare(help, &help->entries[at - 1], &moved) > 0; at--)
			help->entries[at] = help->entries[at - 1];
		help->entries[at] = moved;
	}
}

/* Texts that an argp's filter may change */

static void *input_of(const struct help *help, const struct argp *argp)
{
	return help->state ? argp_input(argp, help->state) : NULL;
}

static const char *filtered(const struct help *help, const struct argp *argp, int key, const char *text)
{
	return argp->help_filter ? argp->help_filter(key, text, input_of(help, argp)) : text;
}

static void free_filtered(const char *text, const char *original)
{
	if (text != original)
		free((char *)text);
}

/* The list of options */

static void write_header(struct help *help, const struct argp *argp, const char *header)
{
	const char *text = filtered(help, argp, ARGP_KEY_HELP_HEADER, header);

	if (text && *text) {
		if (help->before)
			new_line(&help->text);
		indent_to(&help->text, HEADER_COLUMN);
		fill(&help->text, text, HEADER_COLUMN);
		new_line(&help->text);
	}
	if (text)
		help->separates_groups = true;
	free_filtered(text, header);
}

static bool is_inside(const struct cluster *cluster, const struct cluster *outer)
{
	while (cluster && cluster != outer)
		cluster = cluster->parent;
	return cluster;
}

/* Before an entry's first name: what separates it from the entry before. Before others: a comma. */
static void begin_name(struct help *help, const struct entry *entry, bool *is_first, unsigned column)
{
	const struct entry *before = help->before;
	const struct cluster *cluster = entry->cluster;

	if (*is_first) {
		if (help->separates_groups && before && before->group != entry->group)
			new_line(&help->text);
		if (cluster && cluster->child->header && *cluster->child->header &&
		    !(before && is_inside(before->cluster, cluster)))
			write_header(help, cluster->owner, cluster->child->header);
	} else {
		write_text(&help->text, ", ");
	}
	*is_first = false;
	indent_to(&help->text, column);
}

static void write_argument(struct help *help, const struct argp_option *real, const char *mandatory,
			   const char *optional)
{
	bool is_optional = real->flags & OPTION_ARG_OPTIONAL;

	if (!real->arg)
		return;
	write_text(&help->text, is_optional ? optional : mandatory);
	write_text(&help->text, real->arg);
	if (is_optional)
		write_text(&help->text, "]");
}

static void write_doc(struct help *help, const struct entry *entry)
{
	struct text *text = &help->text;
	const char *doc = filtered(help, entry->argp, entry->option->key, entry->option->doc);

	if (doc && *doc) {
		if (text->column > DOC_COLUMN + 3)
			new_line(text);
		else if (text->column >= DOC_COLUMN)
			write_text(text, "   ");
		indent_to(text, DOC_COLUMN);
		fill(text, doc, DOC_COLUMN);
	}
	free_filtered(doc, entry->option->doc);
	new_line(text);
}

static void write_entry(struct help *help, const struct entry *entry)
{
	const struct argp_option *real = entry->option;
	bool is_text = real->flags & OPTION_DOC;
	bool has_long = first_long(entry);
	bool is_first = true;

	if (!real->name && !real->key) {
		write_header(help, entry->argp, real->doc);
		help->before = entry;
		return;
	}
	for (const struct argp_option *o = NULL; (o = next_name(entry, o));)
		if (shows_short(help, entry, o)) {
			begin_name(help, entry, &is_first, SHORT_COLUMN);
			write_bytes(&help->text, (char[]){'-', (char)o->key}, 2);
			if (!has_long)
				write_argument(help, real, " ", "[");
			else if (real->arg)
				help->has_optional_arguments = true;
		}
	for (const struct argp_option *o = NULL; (o = next_name(entry, o));)
		if (shows_long(o)) {
			begin_name(help, entry, &is_first, is_text ? DOC_OPTION_COLUMN : LONG_COLUMN);
			if (!is_text)
				write_text(&help->text, "--");
			write_text(&help->text, o->name);
			if (!is_text)
				write_argument(help, real, "=", "[=");
		}
	if (is_first)
		return;
	write_doc(help, entry);
	help->before = entry;
}

static void write_options(struct help *help, const struct argp *argp)
{
	static const char note[] =
		"Mandatory or optional arguments to long options are also mandatory or optional for any corresponding "
		"short options.";

	for (unsigned i = 0; i < help->count; i++)
		write_entry(help, &help->entries[i]);
	if (!help->has_optional_arguments)
		return;
	const char *text = filtered(help, argp, ARGP_KEY_HELP_DUP_ARGS_NOTE, note);

	if (text && *text) {
		new_line(&help->text);
		fill(&help->text, text, 0);
		new_line(&help->text);
	}
	free_filtered(text, note);
}

/* "Usage: …" */

/* Writes one part, which is not broken, on this line or the next. */
static void write_usage_part(struct help *help, const char *const *pieces, unsigned margin)
{
	unsigned size = 1;

	for (unsigned i = 0; pieces[i]; i++)
		size += strlen(pieces[i]);
	if (help->text.column + size > margin) {
		new_line(&help->text);
		indent_to(&help->text, USAGE_INDENT);
	} else {
		write_text(&help->text, " ");
	}
	for (unsigned i = 0; pieces[i]; i++)
		write_text(&help->text, pieces[i]);
}

static void write_usage_flags(struct help *help)
{
	char flags[256], *end = flags;

	for (const struct entry *entry = help->entries; entry < help->entries + help->count; entry++)
		for (const struct argp_option *o = NULL; (o = next_name(entry, o));)
			if (shows_short(help, entry, o) && !argp_real(o)->arg &&
			    !((o->flags | argp_real(o)->flags) & OPTION_NO_USAGE))
				*end++ = (char)o->key;
	*end = 0;
	if (end > flags)
		write_usage_part(help, (const char *[]){"[-", flags, "]", NULL}, MARGIN);
}

static void write_usage_options(struct help *help, bool is_long)
{
	for (const struct entry *entry = help->entries; entry < help->entries + help->count; entry++)
		for (const struct argp_option *o = NULL; (o = next_name(entry, o));) {
			const struct argp_option *real = argp_real(o);
			bool is_optional = real->flags & OPTION_ARG_OPTIONAL;
			char key[] = {(char)o->key, 0};
			const char *before = !real->arg ? "" : is_long ? (is_optional ? "[=" : "=") : (is_optional ? "[" : " ");

			if ((o->flags | real->flags) & OPTION_NO_USAGE)
				continue;
			if (is_long ? !shows_long(o) : !shows_short(help, entry, o) || !real->arg)
				continue;
			write_usage_part(help, (const char *[]){"[", is_long ? "--" : "-", is_long ? o->name : key,
								before, real->arg ? real->arg : "",
								real->arg && is_optional ? "]]" : "]", NULL}, MARGIN);
		}
}

static unsigned line_count(const char *text)
{
	unsigned result = 1;

	for (; text && (text = strchr(text, '\n')); text++)
		result++;
	return result;
}

/* In how many ways the arguments of an argp and its children can be given: each combination of lines. */
static unsigned count_usages(const struct help *help, const struct argp *argp)
{
	const char *doc = filtered(help, argp, ARGP_KEY_HELP_ARGS_DOC, argp->args_doc);
	unsigned result = line_count(doc);

	free_filtered(doc, argp->args_doc);
	for (const struct argp_child *child = argp->children; child && child->argp; child++)
		result *= count_usages(help, child->argp);
	return result;
}

/* Writes the combination `number`, of `combinations` of this argp and those after it. */
static void write_arguments(struct help *help, const struct argp *argp, unsigned number, unsigned *combinations)
{
	const char *doc = filtered(help, argp, ARGP_KEY_HELP_ARGS_DOC, argp->args_doc);

	if (doc) {
		unsigned lines = line_count(doc);
		const char *line = doc;

		*combinations /= lines;
		for (unsigned skipped = number / *combinations % lines; skipped; skipped--)
			line = strchr(line, '\n') + 1;

		char *copy = strndup(line, strcspn(line, "\n"));

		if (copy)
			write_usage_part(help, (const char *[]){copy, NULL}, MARGIN - 1);
		free(copy);
	}
	free_filtered(doc, argp->args_doc);
	for (const struct argp_child *child = argp->children; child && child->argp; child++)
		write_arguments(help, child->argp, number, combinations);
}

static void write_usage(struct help *help, const struct argp *argp, const char *name, bool is_short)
{
	unsigned usages = count_usages(help, argp);

	help->text.limit = MARGIN + 1;
	help->text.indent = USAGE_INDENT;
	for (unsigned i = 0; i < usages; i++) {
		unsigned combinations = usages;

		write_text(&help->text, i ? "  or: " : "Usage:");
		write_text(&help->text, " ");
		write_text(&help->text, name);
		if (i || is_short) {
			if (help->count)
				write_usage_part(help, (const char *[]){"[OPTION...]", NULL}, MARGIN);
		} else {
			write_usage_flags(help);
			write_usage_options(help, false);
			write_usage_options(help, true);
		}
		write_arguments(help, argp, i, &combinations);
		new_line(&help->text);
	}
	help->text.limit = MARGIN;
}

/* Docs */

static bool write_doc_text(struct help *help, const char *text, bool blank_before)
{
	if (!text || !*text)
		return false;
	if (blank_before)
		new_line(&help->text);
	fill(&help->text, text, 0);
	if (help->text.column)
		new_line(&help->text);
	return true;
}

/* The text before a \v, of the first argp that has one. */
static bool write_pre_doc(struct help *help, const struct argp *argp)
{
	size_t size = argp->doc ? strcspn(argp->doc, "\v") : 0;
	char *before = size ? strndup(argp->doc, size) : NULL;
	const char *text = filtered(help, argp, ARGP_KEY_HELP_PRE_DOC, before);
	bool written = write_doc_text(help, text, false);

	free_filtered(text, before);
	free(before);
	for (const struct argp_child *child = argp->children; !written && child && child->argp; child++)
		written = write_pre_doc(help, child->argp);
	return written;
}

/* The texts behind a \v, of all. */
static bool write_post_docs(struct help *help, const struct argp *argp, bool blank_before)
{
	const char *after = argp->doc ? strchr(argp->doc, '\v') : NULL;
	const char *text = filtered(help, argp, ARGP_KEY_HELP_POST_DOC, after ? after + 1 : NULL);

	blank_before |= write_doc_text(help, text, blank_before);
	free_filtered(text, after ? after + 1 : NULL);

	text = filtered(help, argp, ARGP_KEY_HELP_EXTRA, NULL);
	blank_before |= write_doc_text(help, text, blank_before);
	free_filtered(text, NULL);

	for (const struct argp_child *child = argp->children; child && child->argp; child++)
		blank_before |= write_post_docs(help, child->argp, blank_before);
	return blank_before;
}

static void write_help(struct help *help, const struct argp *argp, unsigned flags, const char *name)
{
	FILE *stream = help->text.stream;
	bool anything = false;

	if (flags & (ARGP_HELP_USAGE | ARGP_HELP_SHORT_USAGE)) {
		write_usage(help, argp, name, !(flags & ARGP_HELP_USAGE));
		anything = true;
	}
	if (flags & ARGP_HELP_PRE_DOC)
		anything |= write_pre_doc(help, argp);
	if (flags & ARGP_HELP_SEE) {
		fprintf(stream, "Try `%s --help' or `%s --usage' for more information.\n", name, name);
		anything = true;
	}
	if ((flags & ARGP_HELP_LONG) && help->count) {
		if (anything)
			new_line(&help->text);
		write_options(help, argp);
		anything = true;
	}
	if (flags & ARGP_HELP_POST_DOC)
		anything |= write_post_docs(help, argp, anything);
	if ((flags & ARGP_HELP_BUG_ADDR) && argp_program_bug_address)
		fprintf(stream, "%sReport bugs to %s.\n", anything ? "\n" : "", argp_program_bug_address);
}

void argp_print_help(const struct argp *argp, const struct argp_state *state, FILE *stream, unsigned flags,
		     const char *name)
{
	struct help help = {.text = {.stream = stream, .limit = MARGIN},
			    .state = state};
	unsigned entries = 0, clusters = 0;

	if (!stream || !argp)
		return;
	count_options(argp, &entries, &clusters);
	help.entries = calloc(entries + 1, sizeof(*help.entries));
	help.clusters = calloc(clusters + 1, sizeof(*help.clusters));
	if (help.entries && help.clusters) {
		add_options(&help, argp, NULL);
		sort(&help);
		write_help(&help, argp, flags, name);
	}
	free(help.entries);
	free(help.clusters);
	free(help.text.line);
}

void argp_help(const struct argp *argp, FILE *stream, unsigned flags, char *name)
{
	argp_print_help(argp, NULL, stream, flags, name);
}
