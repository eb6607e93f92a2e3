/* SPDX-License-Identifier: MIT */
/* What StandardInputData= and the like have, and the order of versions, compared with systemd. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/order.h"
#include "conf/value.h"
#include "tests/unit/oracle.h"

static bool agree(bool a, bool b)
{
	return a == b;
}

static void compare_nanoseconds(const char *text)
{
	int (*parse_nsec)(const char *, uint64_t *);
	oracle_find("parse_nsec", &parse_nsec);
	uint64_t expected = 0;
	int64_t ns = 0;
	int theirs = parse_nsec(text, &expected);
	int ours = conf_parse_nanoseconds(text, &ns);

	/* Ours end after 73 years. */
	if (theirs == 0 && expected > INT64_MAX / 4 && expected != UINT64_MAX) {
		return;
	}
	expected = expected == UINT64_MAX ? (uint64_t)CONF_INFINITY : expected;
	cr_expect(agree(theirs < 0, ours < 0), "\"%s\": theirs %d, ours %d", text, theirs, ours);
	cr_expect(theirs < 0 || ours < 0 || expected == (uint64_t)ns, "\"%s\": %lld", text,
		(long long)ns);
}

Test(oracle, nanoseconds)
{
	static const char *const words[] = { "50", "50us", "1ms 3us 4ns", "2nsec", "1.5us", "1.5",
		"infinity", "3s", "1min", "0", "", "7h", ".5ms", "9 ns", "-1", "1y", "5day" };

	EACH(words, "0123456789. smhdwyMuenc-+", compare_nanoseconds);
}

static void compare_base64(const char *text)
{
	int (*decode)(const char *, size_t, bool, void **, size_t *);
	oracle_find("unbase64mem_full", &decode);
	char ours[ORACLE_TEXT_MAX];
	void *data = NULL;
	size_t size = 0;
	int theirs = decode(text, strlen(text), false, &data, &size);
	int r = conf_decode_base64(text, ours);

	cr_expect(agree(theirs < 0, r < 0), "\"%s\": theirs %d, ours %d", text, theirs, r);
	cr_expect(theirs < 0 || r < 0 || ((size_t)r == size && memcmp(ours, data, size) == 0),
		"\"%s\"", text);
	free(data);
}

Test(oracle, base64)
{
	static const char *const words[] = { "", "c2Vjb25k",
		"Zg==", "Zm8=", "Zm9v Zm8=", "Zh==", "Zm9=", "Z", "Zm", "Zm9", "====", "/+/+",
		"Zg==Zg==", "Z g = =", "Zm9v\n\t", "Zm-_" };

	EACH(words, "ABZcgm0189+/= ", compare_base64);
}

static void compare_escapes(const char *text)
{
	ssize_t (*unescape)(const char *, size_t, const char *, int, char **);
	oracle_find("cunescape_length_with_prefix", &unescape);
	char ours[ORACLE_TEXT_MAX];
	char *expected = NULL;
	ssize_t theirs = unescape(text, strlen(text), NULL, 0, &expected);
	int r = conf_unescape(text, ours);

	cr_expect(agree(theirs < 0, r < 0), "\"%s\": theirs %zd, ours %d", text, theirs, r);
	cr_expect(theirs < 0 || r < 0 || (theirs == r && strcmp(ours, expected) == 0), "\"%s\"",
		text);
	free(expected);
}

Test(oracle, c_escapes)
{
	static const char *const words[] = { "plain", "a\\tb\\n", "\\x41\\102", "\\s\\'\\\"",
		"\\u00e4", "\\U0001f600", "\\", "\\q", "\\x0", "\\000", "\\\\", "\\777", "\\ud800",
		"\\U00110000", "" };

	EACH(words, "\\xuUabfnrtvs01234567defq\"'", compare_escapes);
}

/* Two versions with a blank between them. */
static void compare_versions(const char *text)
{
	int (*compare)(const char *, const char *);
	oracle_find("strverscmp_improved", &compare);
	char copy[ORACLE_TEXT_MAX];

	snprintf(copy, sizeof(copy), "%s", text);
	char *second = strchr(copy, ' ');
	if (!second) {
		return;
	}
	*second++ = '\0';
	int theirs = compare(copy, second);
	int ours = conf_compare_versions(copy, second);

	cr_expect(agree(theirs < 0, ours < 0) && agree(theirs > 0, ours > 0),
		"\"%s\": theirs %d, ours %d", text, theirs, ours);
}

Test(oracle, versions)
{
	static const char *const words[] = { "1 2", "1.0 1.0", "123 12", "1~rc1 1", "1^a 1",
		"1-1 1", "1.2.3 1.2", "a b", "1a 1b", "001 1", "1..2 1.2", "5.10.0-1-amd64 5.10",
		"~ a", "1_2 1.2", "v1 1", "1.a 1.1", "abc ab", "1^ 1~", "-1 1", ". -", "0 00",
		"a0 a" };

	EACH(words, "0123abA.~^-_ +", compare_versions);
}
