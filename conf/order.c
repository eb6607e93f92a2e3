/* SPDX-License-Identifier: MIT */
#include "conf/order.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "conf/value.h"

#define BLANKS " \t\n\r"

enum conf_order conf_take_order(const char **text)
{
	/* Of those that begin alike the longer one comes first. */
	static const struct {
		char text[3];
		enum conf_order order;
	} operators[] = {
		{ "<=", ORDER_LOWER_OR_EQUAL },
		{ ">=", ORDER_GREATER_OR_EQUAL },
		{ "!=", ORDER_UNEQUAL },
		{ "<", ORDER_LOWER },
		{ ">", ORDER_GREATER },
		{ "=", ORDER_EQUAL },
	};

	for (size_t i = 0; i < sizeof(operators) / sizeof(operators[0]); i++) {
		size_t length = strlen(operators[i].text);

		if (strncmp(*text, operators[i].text, length) == 0) {
			*text += length;
			return operators[i].order;
		}
	}
	return ORDER_NONE;
}

bool conf_order_holds(enum conf_order order, int comparison)
{
	switch (order) {
	case ORDER_NONE:
		return false;
	case ORDER_LOWER:
		return comparison < 0;
	case ORDER_LOWER_OR_EQUAL:
		return comparison <= 0;
	case ORDER_EQUAL:
		return comparison == 0;
	case ORDER_UNEQUAL:
		return comparison != 0;
	case ORDER_GREATER_OR_EQUAL:
		return comparison >= 0;
	case ORDER_GREATER:
		return comparison > 0;
	}
	return false;
}

/* --- versions -------------------------------------------------------------------------------- */

static bool is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

static bool is_letter(char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

/* What separates, but means nothing of its own. */
static const char *skip_others(const char *at)
{
	while (*at && !is_digit(*at) && !is_letter(*at) && !strchr("-.~^", *at)) {
		at++;
	}
	return at;
}

static size_t length_of(const char *at, bool (*is_of)(char))
{
	size_t length = 0;

	while (is_of(at[length])) {
		length++;
	}
	return length;
}

static int sign(long number)
{
	return number < 0 ? -1 : number > 0;
}

/* Leading zeros do not count, and then more digits are more. A number is newer than none. */
static int compare_numbers(const char **a, const char **b)
{
	size_t length_a = length_of(*a, is_digit);
	size_t length_b = length_of(*b, is_digit);
	const char *end_a = *a + length_a;
	const char *end_b = *b + length_b;

	if (!length_a || !length_b) {
		return length_a ? 1 : -1;
	}
	while (**a == '0') {
		(*a)++;
	}
	while (**b == '0') {
		(*b)++;
	}
	int r = sign((end_a - *a) - (end_b - *b));
	r = r ? r : strncmp(*a, *b, (size_t)(end_a - *a));
	*a = end_a;
	*b = end_b;
	return r;
}

static int compare_words(const char **a, const char **b)
{
	size_t length_a = length_of(*a, is_letter);
	size_t length_b = length_of(*b, is_letter);
	int r = strncmp(*a, *b, length_a < length_b ? length_a : length_b);

	*a += length_a;
	*b += length_b;
	return r ? r : sign((long)length_a - (long)length_b);
}

/* Takes a separator off both. One that only one of them has decides: a tilde, a dash and so on are
 * older than what stands in their place. */
static bool decides(char separator, const char **a, const char **b, int *ret_result)
{
	bool has_a = **a == separator;
	bool has_b = **b == separator;

	*a += has_a && has_b;
	*b += has_a && has_b;
	*ret_result = has_a ? -1 : 1;
	return has_a != has_b;
}

int conf_compare_versions(const char *a, const char *b)
{
	static const char behind_end[] = "-^.";
	int r = 0;

	while (r == 0) {
		a = skip_others(a);
		b = skip_others(b);
		if (decides('~', &a, &b, &r)) {
			return r;
		}
		if (!*a || !*b) {
			return *a ? 1 : *b ? -1 : 0;
		}
		for (const char *separator = behind_end; *separator; separator++) {
			if (decides(*separator, &a, &b, &r)) {
				return r;
			}
		}
		r = is_digit(*a) || is_digit(*b) ? compare_numbers(&a, &b) : compare_words(&a, &b);
	}
	return r;
}

/* --- values of several ------------------------------------------------------------------------ */

int conf_comparisons_begin(struct conf_comparisons *c, const char *text)
{
	c->rest = text;
	c->begun = false;
	return strlen(text) < sizeof(c->word) ? 0 : -EINVAL;
}

int conf_next_assertion(struct conf_comparisons *c)
{
	if (!conf_next_word_of_value(&c->rest, c->word)) {
		return 0;
	}
	size_t length = strcspn(c->word, "!<=>");

	c->name = c->word;
	c->value = c->word + length;
	c->order = conf_take_order(&c->value);
	if (!length || c->order == ORDER_NONE || !*c->value || strchr(BLANKS, *c->value)) {
		return -EINVAL;
	}
	c->word[length] = '\0';
	return 1;
}

static const char *strip(char *text)
{
	size_t length = strlen(text);

	while (length && strchr(BLANKS, text[length - 1])) {
		text[--length] = '\0';
	}
	return text + strspn(text, BLANKS);
}

int conf_next_version(struct conf_comparisons *c)
{
	bool first = !c->begun;

	c->begun = true;
	if (!conf_next_word_of_value(&c->rest, c->word)) {
		return 0;
	}
	c->name = NULL;
	c->value = strip(c->word);
	c->order = conf_take_order(&c->value);
	if (c->order == ORDER_NONE) {
		return 1;
	}
	c->value += strspn(c->value, BLANKS);
	if (!*c->value) {
		if (!first || !conf_next_word_of_value(&c->rest, c->word)) {
			return -EINVAL;
		}
		c->value = c->word;
	}
	return 1;
}
