/* SPDX-License-Identifier: MIT */
#include "conf/pattern.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	DEPTH_MAX = 64,
	REPEAT_MAX = 255,
};

enum step_kind {
	STEP_BYTE,
	STEP_ANY,
	STEP_SET,
	STEP_BEGIN, /* of the text */
	STEP_END,
	STEP_JUMP,
	STEP_SPLIT, /* to the next and to `to` */
	STEP_MATCH,
};

struct parser {
	const char *at;
	struct pattern *pattern;
	const char *why; /* the first thing that is wrong, or NULL */
	int depth;
};

static void complain(struct parser *p, const char *why)
{
	if (!p->why) {
		p->why = why;
	}
}

/* Puts a step in at `index`. Distances within what moves stay the same. */
static void insert(struct parser *p, size_t index, enum step_kind what, uint8_t byte, size_t to)
{
	struct pattern *pattern = p->pattern;

	if (pattern->length == PATTERN_CODE_MAX) {
		complain(p, "the expression is too large");
		return;
	}
	struct pattern_step *step = &pattern->code[index];
	memmove(step + 1, step, (pattern->length - index) * sizeof(*step));
	*step = (struct pattern_step) { (uint8_t)what, byte, (int16_t)(to - index) };
	pattern->length++;
}

static void append(struct parser *p, enum step_kind what, uint8_t byte, size_t to)
{
	insert(p, p->pattern->length, what, byte, to);
}

/* --- sets ------------------------------------------------------------------------------------ */

static void add_to_set(uint8_t *set, unsigned byte)
{
	set[byte / 8] |= (uint8_t)(1U << (byte % 8));
}

static bool in_set(const uint8_t *set, unsigned byte)
{
	return set[byte / 8] & (1U << (byte % 8));
}

/* [:alpha:] and so on; false if there is none of that name. */
static bool add_class(uint8_t *set, const char *name, size_t length)
{
	static const struct {
		const char *name;
		int (*has)(int c);
	} classes[] = {
		{ "alnum", isalnum },
		{ "alpha", isalpha },
		{ "blank", isblank },
		{ "cntrl", iscntrl },
		{ "digit", isdigit },
		{ "graph", isgraph },
		{ "lower", islower },
		{ "print", isprint },
		{ "punct", ispunct },
		{ "space", isspace },
		{ "upper", isupper },
		{ "xdigit", isxdigit },
	};

	for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++) {
		if (strlen(classes[i].name) == length &&
			memcmp(classes[i].name, name, length) == 0) {
			for (unsigned c = 0; c < 128; c++) {
				if (classes[i].has((int)c)) {
					add_to_set(set, c);
				}
			}
			return true;
		}
	}
	return false;
}

/* One byte, a range or a class. */
static void take_set_item(struct parser *p, uint8_t *set)
{
	const char *at = p->at;

	if (at[0] == '[' && (at[1] == ':' || at[1] == '.' || at[1] == '=')) {
		const char *end = strstr(at + 2, ":]");

		if (at[1] != ':' || !end || !add_class(set, at + 2, (size_t)(end - at) - 2)) {
			complain(p, "a class in brackets is not known");
			return;
		}
		p->at = end + 2;
		return;
	}
	unsigned first = (unsigned char)at[0];
	unsigned last = first;

	p->at++;
	if (p->at[0] == '-' && p->at[1] && p->at[1] != ']') {
		last = (unsigned char)p->at[1];
		p->at += 2;
	}
	if (last < first) {
		complain(p, "a range in brackets is empty");
	}
	for (unsigned c = first; c <= last; c++) {
		add_to_set(set, c);
	}
}

static void take_set(struct parser *p)
{
	struct pattern *pattern = p->pattern;
	bool negated = *p->at == '^';

	if (pattern->sets_count == PATTERN_SETS_MAX) {
		complain(p, "the expression is too large");
		return;
	}
	uint8_t *set = pattern->sets[pattern->sets_count];
	p->at += negated;
	do { /* a ] that comes first is one of them */
		if (!*p->at) {
			complain(p, "a [ is not closed");
			return;
		}
		take_set_item(p, set);
	} while (!p->why && *p->at != ']');
	p->at++;
	for (size_t i = 0; negated && i < sizeof(pattern->sets[0]); i++) {
		set[i] = (uint8_t)~set[i];
	}
	append(p, STEP_SET, (uint8_t)pattern->sets_count++, 0);
}

/* --- the expression -------------------------------------------------------------------------- */

static void take_alternatives(struct parser *p);

static void take_group(struct parser *p)
{
	take_alternatives(p);
	if (*p->at != ')') {
		complain(p, "a ( is not closed");
		return;
	}
	p->at++;
}

static void take_escaped(struct parser *p)
{
	if (!*p->at || isalnum((unsigned char)*p->at)) {
		complain(p, "a \\ stands before a letter, a digit or nothing");
		return;
	}
	append(p, STEP_BYTE, (uint8_t)*p->at++, 0);
}

static void take_atom(struct parser *p)
{
	char c = *p->at++;

	switch (c) {
	case '(':
		take_group(p);
		break;
	case '[':
		take_set(p);
		break;
	case '\\':
		take_escaped(p);
		break;
	case '.':
		append(p, STEP_ANY, 0, 0);
		break;
	case '^':
		append(p, STEP_BEGIN, 0, 0);
		break;
	case '$':
		append(p, STEP_END, 0, 0);
		break;
	case '*':
	case '+':
	case '?':
		complain(p, "there is nothing before a * + or ?");
		break;
	default:
		append(p, STEP_BYTE, (uint8_t)c, 0);
		break;
	}
}

static void repeat_any(struct parser *p, size_t begin)
{
	insert(p, begin, STEP_SPLIT, 0, p->pattern->length + 2);
	append(p, STEP_JUMP, 0, begin);
}

/* The code of an atom as often as {m,n} says: m times, then what may be left out. */
static void repeat(struct parser *p, size_t begin, long least, long most)
{
	struct pattern_step atom[PATTERN_CODE_MAX];
	size_t length = p->pattern->length - begin;

	memcpy(atom, p->pattern->code + begin, length * sizeof(atom[0]));
	p->pattern->length = begin;
	for (long i = 0; !p->why && i < (most < 0 ? least + 1 : most); i++) {
		size_t here = p->pattern->length;

		if (i >= least && most >= 0) {
			append(p, STEP_SPLIT, 0, here + (length + 1) * (size_t)(most - i));
		}
		if (p->pattern->length + length > PATTERN_CODE_MAX) {
			complain(p, "the expression is too large");
			return;
		}
		memcpy(p->pattern->code + p->pattern->length, atom, length * sizeof(atom[0]));
		p->pattern->length += length;
		if (i >= least && most < 0) {
			repeat_any(p, here);
		}
	}
}

/* {m}, {m,} or {m,n}, behind the {. */
static void take_interval(struct parser *p, size_t begin)
{
	char *end;
	long least = strtol(p->at, &end, 10);
	long most = least;

	if (*end == ',') {
		p->at = end + 1;
		most = isdigit((unsigned char)*p->at) ? strtol(p->at, &end, 10) : -1;
		end += most < 0;
	}
	if (*end != '}' || least > REPEAT_MAX || most > REPEAT_MAX || (most >= 0 && most < least)) {
		complain(p, "expected {M}, {M,} or {M,N} with numbers up to 255");
		return;
	}
	p->at = end + 1;
	repeat(p, begin, least, most);
}

/* A { that no number follows is a byte like others, as in a log of JSON. */
static bool is_interval(const char *at)
{
	return at[0] == '{' && isdigit((unsigned char)at[1]);
}

static void take_piece(struct parser *p)
{
	size_t begin = p->pattern->length;

	take_atom(p);
	while (!p->why && *p->at && (strchr("*+?", *p->at) || is_interval(p->at))) {
		char c = *p->at++;

		if (c == '*') {
			repeat_any(p, begin);
		} else if (c == '+') {
			append(p, STEP_SPLIT, 0, begin);
		} else if (c == '?') {
			insert(p, begin, STEP_SPLIT, 0, p->pattern->length + 1);
		} else {
			take_interval(p, begin);
		}
	}
}

static void take_alternatives(struct parser *p)
{
	size_t begin = p->pattern->length;

	if (++p->depth > DEPTH_MAX) {
		complain(p, "the expression is nested too deep");
	}
	while (!p->why && *p->at && *p->at != '|' && *p->at != ')') {
		take_piece(p);
	}
	if (!p->why && *p->at == '|') {
		p->at++;
		insert(p, begin, STEP_SPLIT, 0, p->pattern->length + 2);
		size_t jump = p->pattern->length;
		append(p, STEP_JUMP, 0, jump);
		take_alternatives(p);
		p->pattern->code[jump < PATTERN_CODE_MAX ? jump : 0].to =
			(int16_t)(p->pattern->length - jump);
	}
	p->depth--;
}

int pattern_compile(const char *text, struct pattern *ret_pattern, const char **ret_why)
{
	struct pattern pattern = { 0 };
	struct parser p = { .at = text, .pattern = &pattern };

	take_alternatives(&p);
	if (*p.at == ')') {
		complain(&p, "a ) closes nothing");
	}
	append(&p, STEP_MATCH, 0, 0);
	if (p.why) {
		*ret_why = p.why;
		return -EINVAL;
	}
	*ret_pattern = pattern;
	return 0;
}

/* --- matching -------------------------------------------------------------------------------- */

/* Steps that wait for the next byte, each once. */
struct waiting {
	uint16_t items[PATTERN_CODE_MAX];
	size_t count;
	bool seen[PATTERN_CODE_MAX];
};

struct place {
	bool begin;
	bool end;
};

/* Adds a step and all that follow from it without a byte. Returns whether the match is among them.
 */
static bool follow(
	const struct pattern *pattern, struct waiting *waiting, size_t first, struct place place)
{
	uint16_t stack[PATTERN_CODE_MAX + 1];
	size_t count = 0;

	stack[count++] = (uint16_t)first;
	while (count) {
		size_t at = stack[--count];

		for (bool go_on = true; go_on && !waiting->seen[at];) {
			const struct pattern_step *step = &pattern->code[at];

			waiting->seen[at] = true;
			switch ((enum step_kind)step->what) {
			case STEP_MATCH:
				return true;
			case STEP_SPLIT:
				stack[count++] = (uint16_t)(at + (size_t)(ssize_t)step->to);
				at++;
				break;
			case STEP_JUMP:
				at += (size_t)(ssize_t)step->to;
				break;
			case STEP_BEGIN:
				go_on = place.begin;
				at++;
				break;
			case STEP_END:
				go_on = place.end;
				at++;
				break;
			case STEP_BYTE:
			case STEP_ANY:
			case STEP_SET:
				waiting->items[waiting->count++] = (uint16_t)at;
				go_on = false;
				break;
			}
		}
	}
	return false;
}

static bool takes(const struct pattern *pattern, const struct pattern_step *step, uint8_t byte)
{
	return step->what == STEP_ANY || (step->what == STEP_BYTE && step->byte == byte) ||
	       (step->what == STEP_SET && in_set(pattern->sets[step->byte], byte));
}

bool pattern_matches(const struct pattern *pattern, const char *text, size_t length)
{
	struct waiting lists[2];
	struct waiting *now = &lists[0];
	struct waiting *next = &lists[1];

	now->count = 0;
	memset(now->seen, 0, pattern->length);
	for (size_t i = 0;; i++) {
		/* It may begin anywhere. */
		if (follow(pattern, now, 0, (struct place) { i == 0, i == length })) {
			return true;
		}
		if (i == length) {
			return false;
		}
		next->count = 0;
		memset(next->seen, 0, pattern->length);
		for (size_t j = 0; j < now->count; j++) {
			const struct place place = { false, i + 1 == length };

			if (takes(pattern, &pattern->code[now->items[j]], (uint8_t)text[i]) &&
				follow(pattern, next, now->items[j] + 1U, place)) {
				return true;
			}
		}
		struct waiting *swap = now;
		now = next;
		next = swap;
	}
}
