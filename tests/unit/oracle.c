/* SPDX-License-Identifier: MIT */
#include "tests/unit/oracle.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#define LIBRARY "/usr/lib/x86_64-linux-gnu/systemd/libsystemd-shared-252.so"

enum {
	MUTATIONS = 6000,
};

void oracle_find(const char *name, void *ret_function)
{
	static void *library;

	if (!library) {
		library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
	}
	if (!library) {
		cr_skip_test("there is no " LIBRARY);
	}
	void *function = dlsym(library, name);

	cr_assert(ne(ptr, function, NULL), "%s", name);
	memcpy(ret_function, (const void *)&function, sizeof(function));
}

/* Numbers that look random and are the same each time. */
static unsigned next_random(void)
{
	static unsigned state = 1;

	state = state * 1103515245 + 12345;
	return state >> 16;
}

/* One of the words with some bytes changed, taken out or put in. */
static void mutate(const char *const *words, size_t count, const char *alphabet, char *text)
{
	snprintf(text, ORACLE_TEXT_MAX, "%s", words[next_random() % count]);
	for (unsigned edits = next_random() % 3; edits > 0; edits--) {
		size_t length = strlen(text);
		size_t at = next_random() % (length + 1);
		char byte = alphabet[next_random() % strlen(alphabet)];

		switch (next_random() % 3) {
		case 0:
			if (at < length) {
				text[at] = byte;
			}
			break;
		case 1:
			memmove(text + at, text + at + (at < length),
				length + 1 - at - (at < length));
			break;
		default:
			if (length + 1 < ORACLE_TEXT_MAX) {
				memmove(text + at + 1, text + at, length + 1 - at);
				text[at] = byte;
			}
		}
	}
}

/* Values come without blanks around them. */
static bool is_stripped(const char *text)
{
	size_t length = strlen(text);

	return !length || (!strchr(" \t", text[0]) && !strchr(" \t", text[length - 1]));
}

void oracle_each(const char *const *words, size_t count, const char *alphabet,
	void (*compare)(const char *text))
{
	char text[ORACLE_TEXT_MAX];

	for (size_t i = 0; i < count; i++) {
		compare(words[i]);
	}
	for (int i = 0; i < MUTATIONS && count; i++) {
		mutate(words, count, alphabet, text);
		if (is_stripped(text)) {
			compare(text);
		}
	}
}
