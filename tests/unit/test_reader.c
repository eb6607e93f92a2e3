/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf/reader.h"
#include "tests/unit/expect.h"

/* Everything a reading gave, as text: "LINE [section]" and "LINE section key=value". */
struct record {
	char *text;
	size_t size;
	FILE *out;
};

static void on_section(void *user, const struct conf_place *place, const char *section)
{
	struct record *record = user;

	fprintf(record->out, "%u [%s]\n", place->line, section);
}

static void on_entry(void *user, const struct conf_entry *entry)
{
	struct record *record = user;

	fprintf(record->out, "%u %s %s=%s\n", entry->place.line, entry->section, entry->key,
		entry->value);
}

static char *problems_text(struct conf_problems *problems)
{
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	conf_problems_print(problems, out);
	fclose(out);
	conf_problems_finish(problems);
	return text;
}

static void check_stray(enum conf_stray stray, const char *input, size_t length,
	const char *entries, const char *errors)
{
	struct record record = { 0 };
	record.out = open_memstream(&record.text, &record.size);
	const struct conf_sink sink = {
		.section = on_section, .entry = on_entry, .user = &record, .stray = stray
	};
	struct conf_problems problems = { 0 };

	cr_assert(eq(int, conf_read_text("f", input, length, &sink, &problems), 0));
	fclose(record.out);
	char *text = problems_text(&problems);
	expect_text(record.text, entries);
	expect_text(text, errors);
	free(text);
	free(record.text);
}

static void check_bytes(const char *input, size_t length, const char *entries, const char *errors)
{
	check_stray(CONF_STRAY_ERROR, input, length, entries, errors);
}

static void check(const char *input, const char *entries, const char *errors)
{
	check_bytes(input, strlen(input), entries, errors);
}

Test(reader, gives_sections_and_entries_in_order_with_their_lines)
{
	check("[a]\nx=1\n\n y = 2 \n[b]\n", "1 [a]\n2 a x=1\n4 a y=2\n5 [b]\n", "");
}

Test(reader, semicolons_colons_and_hashes_inside_a_value_are_text)
{
	check("[s]\nExecStart=sh -c \"a ; b # c\" ;d [e]\nk:l=m\n",
		"1 [s]\n2 s ExecStart=sh -c \"a ; b # c\" ;d [e]\n3 s k:l=m\n", "");
}

Test(reader, comments_stand_on_lines_of_their_own)
{
	check("# one\n[s]\n  ; two\nk=v\n", "2 [s]\n4 s k=v\n", "");
}

Test(reader, a_backslash_joins_lines_and_comments_between_are_skipped)
{
	check("[s]\nk=a \\\n# no\n  b\\\nc\nl=\\\\\n", "1 [s]\n2 s k=a    b c\n6 s l=\\\\\n", "");
}

Test(reader, an_empty_line_ends_a_continuation)
{
	check("[s]\nk=a\\\n\nl=b\n", "1 [s]\n2 s k=a\n4 s l=b\n", "");
}

Test(reader, empty_values_and_duplicates_are_entries_of_their_own)
{
	check("[s]\nk=\nk=1\nk=2\n[s]\nk=3\n", "1 [s]\n2 s k=\n3 s k=1\n4 s k=2\n5 [s]\n6 s k=3\n",
		"");
}

Test(reader, long_values_and_names_are_whole)
{
	char input[3000];
	char expected[3000];
	char value[1001];
	char section[121];

	for (size_t i = 0; i < sizeof(value) - 1; i++) {
		value[i] = "ab c;# \t:["[i % 10];
	}
	value[sizeof(value) - 1] = '\0';
	value[sizeof(value) - 2] = 'z';
	memset(section, 's', sizeof(section) - 1);
	section[sizeof(section) - 1] = '\0';
	snprintf(input, sizeof(input), "[%s]\nk=%s\n", section, value);
	snprintf(expected, sizeof(expected), "1 [%s]\n2 %s k=%s\n", section, section, value);
	check(input, expected, "");
}

Test(reader, each_mistake_gives_one_error_and_reading_goes_on)
{
	check("k=0\n[a\nx=1\n[]\nx=2\n[b]\nnonsense\n=3\nx=4\n", "6 [b]\n9 b x=4\n",
		"f:1:1: error: key outside of any section: expected [SECTION] first\n"
		"f:2:1: error: section header without its closing ]\n"
		"f:4:1: error: section header without a name\n"
		"f:7:1: error: expected KEY=VALUE or [SECTION]\n"
		"f:8:1: error: missing key before =\n");
}

Test(reader, stray_lines_are_passed_over_where_systemd_does_but_no_broken_header)
{
	static const char input[] = "k=0\n[b]\nnonsense\n=3\nx=4\n[c\nx=5\n";

	check_stray(CONF_STRAY_WARNING, input, sizeof(input) - 1, "2 [b]\n5 b x=4\n",
		"f:1:1: warning: key outside of any section: expected [SECTION] first; ignored\n"
		"f:3:1: warning: expected KEY=VALUE or [SECTION]; ignored\n"
		"f:4:1: warning: missing key before =; ignored\n"
		"f:6:1: error: section header without its closing ]\n");
	check_stray(CONF_STRAY_SILENT, input, sizeof(input) - 1, "2 [b]\n5 b x=4\n",
		"f:6:1: error: section header without its closing ]\n");
}

Test(reader, a_section_header_may_not_carry_anything_behind_it)
{
	check("[a] ; no\n", "", "f:1:1: error: section header without its closing ]\n");
}

Test(reader, a_key_that_inih_would_cut_is_an_error)
{
	check("[s]\nkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk=1\n", "1 [s]\n",
		"f:2:1: error: key name longer than 49 characters\n");
}

Test(reader, crlf_is_told_once_and_bom_at_its_place)
{
	check("\xef\xbb\xbf[s]\r\nk=v\r\n", "1 [s]\n2 s k=v\n",
		"f:1:1: error: byte order mark: save the file as UTF-8 without BOM\n"
		"f:1:4: error: the line ends in CR LF: save the file with Unix line ends (LF)\n");
}

Test(reader, nul_and_control_bytes_drop_the_line_only)
{
	check_bytes("[s]\na=1\0b=2\nc=\x01\nd=4\n", 20, "1 [s]\n4 s d=4\n",
		"f:2:4: error: control character 0x00 in the line: only text is expected\n"
		"f:3:3: error: control character 0x01 in the line: only text is expected\n");
}

Test(reader, a_line_of_a_megabyte_is_one_error)
{
	size_t length = 1 << 20;
	char *input = malloc(length + 20);

	memcpy(input, "[s]\nk=", 6);
	memset(input + 6, 'x', length);
	memcpy(input + 6 + length, "\nl=2\n", 5);
	check_bytes(input, length + 11, "1 [s]\n3 s l=2\n",
		"f:2: error: line longer than 65535 bytes\n");
	free(input);
}

Test(reader, ten_thousand_sections_are_fine)
{
	char *input;
	size_t size;
	FILE *out = open_memstream(&input, &size);
	for (int i = 0; i < 10000; i++) {
		fprintf(out, "[s%d]\nk=%d\n", i, i);
	}
	fclose(out);
	const struct conf_sink sink = { 0 };
	struct conf_problems problems = { 0 };
	cr_expect(eq(int, conf_read_text("f", input, size, &sink, &problems), 0));
	cr_expect(eq(sz, problems.count, 0));
	free(input);
}

Test(reader, a_file_without_a_final_newline_is_whole)
{
	check("[s]\nk=v", "1 [s]\n2 s k=v\n", "");
	check("[s]\nk=v\\", "1 [s]\n2 s k=v\n", "");
	check("", "", "");
}

static char *file_error(const char *path, int expected)
{
	const struct conf_sink sink = { 0 };
	struct conf_problems problems = { 0 };

	cr_expect(eq(int, conf_read_file(path, &sink, &problems), expected));
	return problems_text(&problems);
}

Test(reader, only_regular_files_are_read)
{
	char directory[] = "/tmp/test-reader-XXXXXX";
	cr_assert(ne(ptr, mkdtemp(directory), NULL));
	char fifo[64];
	snprintf(fifo, sizeof(fifo), "%s/fifo", directory);
	cr_assert(eq(int, mkfifo(fifo, 0600), 0));

	char *text = file_error(directory, -EISDIR);
	cr_expect(ne(ptr, strstr(text, ": error: is a directory, expected a file\n"), NULL));
	free(text);
	text = file_error(fifo, -EINVAL);
	cr_expect(ne(ptr, strstr(text, ": error: is not a regular file\n"), NULL));
	free(text);
	text = file_error("/nonexistent/x.ini", -ENOENT);
	expect_text(text, "/nonexistent/x.ini: error: No such file or directory\n");
	free(text);
	unlink(fifo);
	rmdir(directory);
}
