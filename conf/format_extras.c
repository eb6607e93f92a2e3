/* SPDX-License-Identifier: MIT */
#include "conf/format_extras.h"

#include <ctype.h>
#include <inttypes.h>

static const struct exec_extras *extras_of(const void *field)
{
	return *(const struct exec_extras *const *)field;
}

/* A percent sign that is meant has been a specifier. */
static void put_text(FILE *out, const char *text)
{
	for (; *text; text++) {
		fputs(*text == '%' ? "%%" : (const char[]) { *text, '\0' }, out);
	}
}

bool format_search_path(FILE *out, const struct directive *directive, const void *field)
{
	const struct exec_extras *extras = extras_of(field);

	for (size_t i = 0; extras && i < extras->search_path.count; i++) {
		fputs(i ? ":" : "", out);
		put_text(out, extras->search_path.items[i]);
	}
	return extras && extras->search_path.count > 0;
}

/* Digits in octal end after the third, whatever is behind them. */
static void put_escaped(FILE *out, unsigned char byte)
{
	if (byte == '%') {
		fputs("%%", out);
	} else if (byte == '\n') {
		fputs("\\n", out);
	} else if (byte == '\\') {
		fputs("\\\\", out);
	} else if (iscntrl(byte)) {
		fprintf(out, "\\%03o", byte);
	} else {
		fputc(byte, out);
	}
}

/* A line end is added when it is read. A blank in front would be taken away. */
bool format_input_text(FILE *out, const struct directive *directive, const void *field)
{
	const struct exec_extras *extras = extras_of(field);

	if (!extras || !extras->input || !extras->input_is_text) {
		return false;
	}
	for (const struct exec_input *piece = extras->input; piece; piece = piece->next) {
		size_t size = piece->size - !piece->next;

		for (size_t i = 0; i < size; i++) {
			bool hidden = piece == extras->input && i == 0 && piece->bytes[i] == ' ';

			if (hidden) {
				fputs("\\s", out);
			} else {
				put_escaped(out, (unsigned char)piece->bytes[i]);
			}
		}
	}
	return true;
}

/* Three bytes, of which the last may be missing. */
static void put_base64(FILE *out, const unsigned char *bytes, size_t count)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	uint32_t bits = 0;

	for (size_t i = 0; i < 3; i++) {
		bits = bits << 8 | (i < count ? bytes[i] : 0);
	}
	for (size_t i = 0; i < 4; i++) {
		fputc(i <= count ? digits[bits >> (18 - 6 * i) & 63] : '=', out);
	}
}

bool format_input_data(FILE *out, const struct directive *directive, const void *field)
{
	const struct exec_extras *extras = extras_of(field);
	unsigned char group[3];
	size_t count = 0;

	if (!extras || !extras->input || extras->input_is_text) {
		return false;
	}
	for (const struct exec_input *piece = extras->input; piece; piece = piece->next) {
		for (size_t i = 0; i < piece->size; i++) {
			group[count++] = (unsigned char)piece->bytes[i];
			if (count == sizeof(group)) {
				put_base64(out, group, count);
				count = 0;
			}
		}
	}
	if (count) {
		put_base64(out, group, count);
	}
	return true;
}

bool format_timer_slack(FILE *out, const struct directive *directive, const void *field)
{
	const struct exec_extras *extras = extras_of(field);

	return extras && extras->timer_slack_ns != EXEC_UNSET &&
	       fprintf(out, "%" PRId64, extras->timer_slack_ns) > 0;
}

bool format_coredump_filter(FILE *out, const struct directive *directive, const void *field)
{
	const struct exec_extras *extras = extras_of(field);

	return extras && extras->coredump_filter_set &&
	       fprintf(out, "0x%" PRIx32, extras->coredump_filter) > 0;
}

bool format_secure_bits(FILE *out, const struct directive *directive, const void *field)
{
	const struct exec_extras *extras = extras_of(field);
	const char *blank = "";

	for (const struct enum_name *bit = directives_secure_bits; extras && bit->name; bit++) {
		if (extras->secure_bits & (unsigned)bit->value) {
			fprintf(out, "%s%s", blank, bit->name);
			blank = " ";
		}
	}
	return *blank;
}

bool format_personality(FILE *out, const struct directive *directive, const void *field)
{
	const struct exec_extras *extras = extras_of(field);

	for (const struct enum_name *p = directives_personalities; extras && p->name; p++) {
		if (extras->personality == p->value) {
			return fputs(p->name, out) != EOF;
		}
	}
	return false;
}

bool format_tty_size(FILE *out, const struct directive *directive, const void *field)
{
	const struct exec_extras *extras = extras_of(field);
	const size_t *offset = directive->argument;

	if (!extras) {
		return false;
	}
	int number = *(const int *)(const void *)((const char *)extras + *offset);

	return number != EXEC_UNSET && fprintf(out, "%d", number) > 0;
}
