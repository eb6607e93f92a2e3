/* SPDX-License-Identifier: MIT */
#include "host-launcher/engine/duplex_head.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char upgrade[] = "HTTP/1.1 101 UPGRADED\r\nUpgrade: tcp\r\n\r\n";

static int parse(const char *text, size_t *ret_length, int *ret_status)
{
	return duplex_head_parse(text, strlen(text), ret_length, ret_status);
}

Test(duplex_head, a_whole_one_with_bytes_behind_it)
{
	size_t length = 0;
	int status = 0;
	cr_assert_eq(
		parse("HTTP/1.1 101 UPGRADED\r\nUpgrade: tcp\r\n\r\nearly", &length, &status), 1);
	cr_expect_eq(length, strlen(upgrade));
	cr_expect_eq(status, 101);
	cr_assert_eq(parse("HTTP/1.0 409\r\n\r\n", &length, &status), 1);
	cr_expect_eq(status, 409);
}

Test(duplex_head, each_beginning_of_one_waits_for_more)
{
	size_t length = 7;
	int status = 7;
	for (size_t i = 0; i < strlen(upgrade); i++) {
		cr_expect_eq(duplex_head_parse(upgrade, i, &length, &status), 0, "%zu", i);
	}
	cr_expect_eq(length, 7);
	cr_expect_eq(status, 7);
}

Test(duplex_head, what_is_no_http_is_known_at_once)
{
	static const char *const texts[] = {
		"SSH-2.0-OpenSSH\r\n",
		"HTTP/x",
		"HTTP/1.1 1x1 \r\n\r\n",
		"HTTP/1.1 099 x\r\n\r\n",
		"HTTP/1.1 1010 x\r\n\r\n",
		/* A status behind the head is none. */
		"HTTP/1.1\r\n\r\n 101 UPGRADED\r\n\r\n",
		"\r\n\r\nHTTP/1.1 101 x",
	};
	size_t length;
	int status;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		cr_expect_eq(parse(texts[i], &length, &status), -EPROTO, "%s", texts[i]);
	}
}

Test(duplex_head, one_without_an_end_is_given_up)
{
	char *text = malloc(DUPLEX_HEAD_MAX + 10);
	size_t length;
	int status;
	cr_assert_not_null(text);
	memset(text, 'x', DUPLEX_HEAD_MAX + 10);
	memcpy(text, upgrade, strlen(upgrade) - 2);
	cr_expect_eq(duplex_head_parse(text, DUPLEX_HEAD_MAX - 1, &length, &status), 0);
	cr_expect_eq(duplex_head_parse(text, DUPLEX_HEAD_MAX, &length, &status), -EPROTO);
	cr_expect_eq(duplex_head_parse(text, DUPLEX_HEAD_MAX + 10, &length, &status), -EPROTO);
	/* A NUL does not end it. */
	text[30] = '\0';
	memcpy(text + 100, "\r\n\r\n", 4);
	cr_expect_eq(duplex_head_parse(text, DUPLEX_HEAD_MAX, &length, &status), 1);
	cr_expect_eq(length, 104);
	free(text);
}
