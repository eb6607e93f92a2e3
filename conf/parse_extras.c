/* SPDX-License-Identifier: MIT */
/* The parsers of what few services have, see struct exec_extras. */
#include <errno.h>
#include <linux/securebits.h>
#include <string.h>
#include <sys/personality.h>

#include "conf/directives.h"
#include "conf/value.h"

/* core(5) */
enum {
	COREDUMP_DEFAULT = 0x33,
	COREDUMP_ALL = 0x1ff,
};

const struct enum_name directives_coredump_filters[] = {
	{ "private-anonymous", 0 },
	{ "shared-anonymous", 1 },
	{ "private-file-backed", 2 },
	{ "shared-file-backed", 3 },
	{ "elf-headers", 4 },
	{ "private-huge", 5 },
	{ "shared-huge", 6 },
	{ "private-dax", 7 },
	{ "shared-dax", 8 },
	{ NULL },
};

const struct enum_name directives_secure_bits[] = {
	{ "keep-caps", SECBIT_KEEP_CAPS },
	{ "keep-caps-locked", SECBIT_KEEP_CAPS_LOCKED },
	{ "no-setuid-fixup", SECBIT_NO_SETUID_FIXUP },
	{ "no-setuid-fixup-locked", SECBIT_NO_SETUID_FIXUP_LOCKED },
	{ "noroot", SECBIT_NOROOT },
	{ "noroot-locked", SECBIT_NOROOT_LOCKED },
	{ NULL },
};

/* What this program was built for, and what such a machine runs beside it. */
const struct enum_name directives_personalities[] = {
#if defined(__x86_64__)
	{ "x86-64", PER_LINUX },
	{ "x86", PER_LINUX32 },
#elif defined(__aarch64__)
	{ "arm64", PER_LINUX },
	{ "arm", PER_LINUX32 },
#endif
	{ NULL },
};

struct exec_extras *directive_extras(const struct directive_context *context)
{
	struct exec_context *exec = &context->service->exec;

	if (!exec->extras) {
		exec->extras = conf_arena_alloc(&context->set->arena, sizeof(*exec->extras));
		if (exec->extras) {
			*exec->extras = (struct exec_extras) {
				.timer_slack_ns = EXEC_UNSET,
				.personality = EXEC_UNSET,
				.tty_rows = EXEC_UNSET,
				.tty_columns = EXEC_UNSET,
			};
		}
	}
	return exec->extras;
}

static int refuse(const struct directive_context *context, const struct directive *directive,
	const char *value, int error)
{
	return directive_complain(context, "%s=%s: %s, expected %s", directive->name, value,
		error == -ERANGE ? "out of range" : "not understood", directive->doc);
}

static const struct enum_name *find_name(const struct enum_name *names, const char *name)
{
	while (names->name && strcmp(names->name, name) != 0) {
		names++;
	}
	return names->name ? names : NULL;
}

/* One folder, which ends at a colon. */
static int add_folder(const struct directive_context *context, const struct directive *directive,
	struct conf_strings *list, const char *folder, size_t length)
{
	char *copy = conf_arena_strndup(&context->set->arena, folder, length);
	char *path = NULL;
	int r = copy ? directive_expand(context, copy, &path) : -ENOMEM;

	if (r < 0) {
		return r;
	}
	return *path == '/' ? conf_strings_push(&context->set->arena, list, path)
			    : refuse(context, directive, path, -EINVAL);
}

int parse_search_path(const struct directive_context *context, const struct directive *directive,
	const char *value)
{
	struct exec_extras *extras = directive_extras(context);
	int r = extras ? 0 : -ENOMEM;

	if (r == 0 && !*value) {
		extras->search_path = (struct conf_strings) { 0 };
		return 0;
	}
	while (r == 0) {
		size_t length = strcspn(value, ":");

		r = add_folder(context, directive, &extras->search_path, value, length);
		if (!value[length]) {
			break;
		}
		value += length + 1;
	}
	return r;
}

int parse_timer_slack(const struct directive_context *context, const struct directive *directive,
	const char *value)
{
	struct exec_extras *extras = directive_extras(context);
	int64_t ns;
	int r = conf_parse_nanoseconds(value, &ns);

	if (!extras) {
		return -ENOMEM;
	}
	if (r < 0) {
		return refuse(context, directive, value, r);
	}
	/* No end of it is what the kernel decides itself. */
	extras->timer_slack_ns = ns == CONF_INFINITY ? EXEC_UNSET : ns;
	return 0;
}

/* A mask in hexadecimal, with 0x before it or not. The kernel takes 32 bits. */
static bool parse_mask(const char *word, uint32_t *ret_mask)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	uint32_t mask = 0;

	word += word[0] == '0' && (word[1] == 'x' || word[1] == 'X') ? 2 : 0;
	size_t length = strspn(word, digits);
	if (!length || word[length] || length > 8) {
		return false;
	}
	for (; *word; word++) {
		mask = mask << 4 | (uint32_t)((strchr(digits, *word) - digits) % 16);
	}
	*ret_mask = mask;
	return true;
}

static int add_coredump_kind(const struct directive_context *context,
	const struct directive *directive, const char *word, uint32_t *mask)
{
	const struct enum_name *kind = find_name(directives_coredump_filters, word);
	uint32_t bits = 0;

	if (strcmp(word, "default") == 0) {
		bits = COREDUMP_DEFAULT;
	} else if (strcmp(word, "all") == 0) {
		bits = COREDUMP_ALL;
	} else if (kind) {
		bits = UINT32_C(1) << kind->value;
	} else if (!parse_mask(word, &bits)) {
		return refuse(context, directive, word, -EINVAL);
	}
	*mask |= bits;
	return 0;
}

int parse_coredump_filter(const struct directive_context *context,
	const struct directive *directive, const char *value)
{
	struct exec_extras *extras = directive_extras(context);
	uint32_t mask = 0;
	char *word = NULL;
	int r = extras ? 1 : -ENOMEM;

	if (r > 0 && !*value) {
		extras->coredump_filter_set = false;
		extras->coredump_filter = 0;
		return 0;
	}
	while (r > 0 && (r = directive_next_word(context, directive, &value, &word, NULL)) > 0) {
		r = add_coredump_kind(context, directive, word, &mask) < 0 ? -EINVAL : 1;
	}
	if (r == 0) {
		extras->coredump_filter |= mask;
		extras->coredump_filter_set = true;
	}
	return r;
}

/* Unlike with most lists of words the last line is the one that counts: systemd has it so. */
int parse_secure_bits(const struct directive_context *context, const struct directive *directive,
	const char *value)
{
	struct exec_extras *extras = directive_extras(context);
	unsigned bits = 0;
	char *word = NULL;
	int r = extras ? 1 : -ENOMEM;

	while (r > 0 && (r = directive_next_word(context, directive, &value, &word, NULL)) > 0) {
		const struct enum_name *bit = find_name(directives_secure_bits, word);

		if (!bit) {
			return refuse(context, directive, word, -EINVAL);
		}
		bits |= (unsigned)bit->value;
	}
	if (r == 0) {
		extras->secure_bits = bits;
	}
	return r;
}

int parse_personality(const struct directive_context *context, const struct directive *directive,
	const char *value)
{
	const struct enum_name *name = find_name(directives_personalities, value);
	struct exec_extras *extras = directive_extras(context);

	if (!extras) {
		return -ENOMEM;
	}
	if (*value && !name) {
		return directive_complain(context,
			"%s=%s: expected an architecture whose programs run here", directive->name,
			value);
	}
	extras->personality = name ? name->value : EXEC_UNSET;
	return 0;
}

int parse_tty_size(const struct directive_context *context, const struct directive *directive,
	const char *value)
{
	const size_t *offset = directive->argument;
	struct exec_extras *extras = directive_extras(context);
	int64_t number = EXEC_UNSET;
	int r = *value ? conf_parse_integer(value, 0, UINT16_MAX, &number) : 0;

	if (!extras) {
		return -ENOMEM;
	}
	if (r < 0) {
		return refuse(context, directive, value, r);
	}
	*(int *)(void *)((char *)extras + *offset) = (int)number;
	return 0;
}
