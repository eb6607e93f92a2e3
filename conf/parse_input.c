/* SPDX-License-Identifier: MIT */
/* StandardInputText= and StandardInputData=: what a service finds on its standard input. Each line
 * adds to it, an empty one starts afresh. */
#include <errno.h>
#include <string.h>

#include "conf/directives.h"
#include "conf/value.h"

static void reset(struct exec_extras *extras)
{
	extras->input = NULL;
	extras->input_end = NULL;
	extras->input_is_text = false;
}

/* A piece that may have `size` bytes, not yet in its list. */
static struct exec_input *new_piece(const struct directive_context *context, size_t size)
{
	return conf_arena_alloc(&context->set->arena, sizeof(struct exec_input) + size);
}

static void append(struct exec_extras *extras, struct exec_input *piece, bool is_text)
{
	extras->input_is_text = is_text && (extras->input_is_text || !extras->input);
	*(extras->input_end ? extras->input_end : &extras->input) = piece;
	extras->input_end = &piece->next;
}

/* C escapes come before specifiers, and each text is a line. */
int parse_input_text(const struct directive_context *context, const struct directive *directive,
	const char *value)
{
	struct exec_extras *extras = directive_extras(context);
	char *plain = conf_arena_alloc(&context->set->arena, strlen(value) + 1);
	char *text = NULL;

	if (!extras || !plain) {
		return -ENOMEM;
	}
	if (!*value) {
		reset(extras);
		return 0;
	}
	if (conf_unescape(value, plain) < 0) {
		return directive_complain(
			context, "%s=%s: a backslash in it means nothing", directive->name, value);
	}
	int r = directive_expand(context, plain, &text);
	if (r < 0) {
		return r;
	}
	size_t length = strlen(text);
	struct exec_input *piece = new_piece(context, length + 1);
	if (!piece) {
		return -ENOMEM;
	}
	memcpy(piece->bytes, text, length);
	piece->bytes[length] = '\n';
	piece->size = length + 1;
	append(extras, piece, true);
	return 0;
}

int parse_input_data(const struct directive_context *context, const struct directive *directive,
	const char *value)
{
	struct exec_extras *extras = directive_extras(context);
	struct exec_input *piece = new_piece(context, strlen(value));

	if (!extras || !piece) {
		return -ENOMEM;
	}
	if (!*value) {
		reset(extras);
		return 0;
	}
	int size = conf_decode_base64(value, piece->bytes);
	if (size < 0) {
		return directive_complain(context, "%s=: not understood, expected %s",
			directive->name, directive->doc);
	}
	piece->size = (size_t)size;
	append(extras, piece, false);
	return 0;
}
