/* SPDX-License-Identifier: MIT */
#include "conf/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <ini.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * The secret of this file: how inih is fed so that nothing gets lost. Measured with inih 55:
 *  - a line over 199 bytes is cut and its tail is parsed as a line of its own;
 *  - " ;" within a value begins a comment, and ':' separates a key as '=' does;
 *  - section names and keys are cut at 49 characters;
 *  - "[unterminated" leaves later keys under the section before;
 *  - no line number reaches the handler, and only the first error is told.
 * So logical lines are made here (comments, continuations, bounds, places), each entry is handed
 * over as `key=chunk` and indented continuation chunks, and the bytes that inih gives a meaning
 * travel as control bytes, which the text itself may not contain.
 */

#define BLANKS       " \t"
#define BOM          "\xef\xbb\xbf"
#define NAME_MAX_INI 49
#define CHUNK_MAX    120

/* Bytes that mean something to inih; the index of each travels in its place. */
static const char plain_bytes[] = { '\0', ' ', '\t', ';', '#', ':', '[' };

static char safe_byte(char plain)
{
	for (size_t i = 1; i < sizeof(plain_bytes); i++) {
		if (plain_bytes[i] == plain) {
			return (char)i;
		}
	}
	return plain;
}

static char plain_byte(char safe)
{
	size_t index = (unsigned char)safe;

	if (index < sizeof(plain_bytes)) {
		safe = plain_bytes[index];
	}
	return safe;
}

static void copy_safe(char *to, const char *plain, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		to[i] = safe_byte(plain[i]);
	}
}

static void copy_plain(char *to, const char *safe, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		to[i] = plain_byte(safe[i]);
	}
}

struct reader {
	struct conf_problems *problems;
	const struct conf_sink *sink;
	struct conf_place place;

	const char *next; /* the first byte not yet read */
	const char *end;
	unsigned lines; /* physical lines read so far */
	bool told_cr;

	/* These three have room for the longest line that the text may have. */
	char *logical; /* the logical line, then its parts */
	size_t logical_length;
	char *section;
	bool in_section;

	const char *key;   /* of the entry being handed over, or NULL */
	const char *chunk; /* what of its value inih has not seen yet */
	char *assembled;   /* what inih gave back of the value */
	size_t assembled_length;
};

static void complain(struct reader *r, unsigned column, const char *text)
{
	r->place.column = column;
	conf_problems_add(r->problems, CONF_ERROR, &r->place, "%s", text);
}

/* One physical line without its line end; false at the end of the text. */
static bool read_physical(struct reader *r, const char **ret_line, size_t *ret_length)
{
	if (r->next >= r->end) {
		return false;
	}
	const char *newline = memchr(r->next, '\n', (size_t)(r->end - r->next));
	const char *stop = newline ? newline : r->end;

	*ret_line = r->next;
	*ret_length = (size_t)(stop - r->next);
	r->next = newline ? newline + 1 : r->end;
	r->lines++;
	return true;
}

static bool is_blank(char byte)
{
	return byte == ' ' || byte == '\t';
}

static bool is_comment(const char *line, size_t length)
{
	size_t blanks = 0;

	while (blanks < length && is_blank(line[blanks])) {
		blanks++;
	}
	return blanks < length && (line[blanks] == '#' || line[blanks] == ';');
}

/* An odd number of backslashes at the end joins the next line, as in systemd.syntax(7). */
static bool ends_escaped(const char *line, size_t length)
{
	bool escaped = false;

	for (size_t i = length; i > 0 && line[i - 1] == '\\'; i--) {
		escaped = !escaped;
	}
	return escaped;
}

static bool check_bytes(struct reader *r, const char *line, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		unsigned char byte = (unsigned char)line[i];

		if (byte == '\0' || (byte < ' ' && byte != '\t') || byte == 0x7f) {
			r->place.line = r->lines;
			r->place.column = (unsigned)i + 1;
			conf_problems_add(r->problems, CONF_ERROR, &r->place,
				"control character 0x%02x in the line: only text is expected",
				byte);
			return false;
		}
	}
	return true;
}

/* Removes a carriage return at the end; told once a file, it is the same mistake in each line. */
static size_t strip_cr(struct reader *r, const char *line, size_t length)
{
	if (!length || line[length - 1] != '\r') {
		return length;
	}
	if (!r->told_cr) {
		r->told_cr = true;
		r->place.line = r->lines;
		complain(r, (unsigned)length,
			"the line ends in CR LF: save the file with Unix line ends (LF)");
	}
	return length - 1;
}

/* Appends a physical line to the logical one; false if it does not fit. */
static bool append(struct reader *r, const char *line, size_t length)
{
	if (r->logical_length + length > CONF_LINE_MAX) {
		return false;
	}
	memcpy(r->logical + r->logical_length, line, length);
	r->logical_length += length;
	r->logical[r->logical_length] = '\0';
	return true;
}

/*
 * Collects the next logical line in r->logical; r->place.line is where it starts. A line that is
 * too long or has control characters is reported and dropped whole, with its continuations.
 * Returns false at the end of the text.
 */
static bool read_logical(struct reader *r)
{
	const char *line;
	size_t length;
	unsigned start = 0;
	bool good = true;

	r->logical_length = 0;
	r->logical[0] = '\0';
	while (read_physical(r, &line, &length)) {
		length = strip_cr(r, line, length);
		if (is_comment(line, length)) {
			continue;
		}
		start = start ? start : r->lines;
		bool joined = ends_escaped(line, length);
		bool fits = append(r, line, length);
		if (good && !fits) {
			r->place.line = start;
			r->place.column = 0;
			conf_problems_add(r->problems, CONF_ERROR, &r->place,
				"line longer than %d bytes", CONF_LINE_MAX);
		}
		good = good && fits && check_bytes(r, line, length);
		if (joined && good) {
			r->logical[r->logical_length - 1] = ' ';
		}
		if (!joined) {
			break;
		}
	}
	r->place.line = start;
	if (!good) {
		r->logical_length = 0;
		r->logical[0] = '\0';
	}
	return start != 0;
}

/* Cuts blanks at both ends, in place. */
static char *strip(char *text)
{
	text += strspn(text, BLANKS);
	size_t length = strlen(text);
	while (length && is_blank(text[length - 1])) {
		length--;
	}
	text[length] = '\0';
	return text;
}

static unsigned column_of(const struct reader *r, const char *at)
{
	return (unsigned)(at - r->logical) + 1;
}

/* After a broken header the keys below it belong to no section that we know: they are skipped,
 * for one mistake shall give one message. */
static void take_section(struct reader *r, char *header)
{
	size_t length = strlen(header);

	r->in_section = true;
	r->section[0] = '\0';
	if (header[length - 1] != ']') {
		complain(r, column_of(r, header), "section header without its closing ]");
		return;
	}
	if (length == 2) {
		complain(r, column_of(r, header), "section header without a name");
		return;
	}
	header[length - 1] = '\0';
	memcpy(r->section, header + 1, length - 1);
	r->place.column = column_of(r, header);
	if (r->sink->section) {
		r->sink->section(r->sink->user, &r->place, r->section);
	}
}

/* Splits the logical line at its `=`; true if there is an entry to hand over. */
static bool take_entry(struct reader *r, char *line)
{
	const bool fatal = r->sink->stray == CONF_STRAY_ERROR;
	char *equals = strchr(line, '=');
	const char *stray = !equals          ? "expected KEY=VALUE or [SECTION]"
			    : equals == line ? "missing key before ="
			    : !r->in_section
				    ? "key outside of any section: expected [SECTION] first"
				    : NULL;

	r->place.column = column_of(r, line);
	if (stray && r->sink->stray != CONF_STRAY_SILENT) {
		conf_problems_add(r->problems, fatal ? CONF_ERROR : CONF_WARNING, &r->place, "%s%s",
			stray, fatal ? "" : "; ignored");
	}
	if (stray || !r->section[0]) {
		return false;
	}
	*equals = '\0';
	char *key = strip(line);
	if (strlen(key) > NAME_MAX_INI) {
		conf_problems_add(r->problems, CONF_ERROR, &r->place,
			"key name longer than %d characters", NAME_MAX_INI);
		return false;
	}
	r->key = key;
	r->chunk = strip(equals + 1);
	r->assembled_length = 0;
	return true;
}

/* One line for inih: `key=chunk`, or a blank and the next chunk. `size` is inih's buffer. */
static char *hand_over(struct reader *r, char *buffer, size_t size, bool first)
{
	size_t room = size - 2 < CHUNK_MAX ? size - 2 : CHUNK_MAX;
	size_t prefix = first ? strlen(r->key) + 1 : 1;
	size_t length = strlen(r->chunk);

	length = length < room - prefix ? length : room - prefix;
	if (first) {
		copy_safe(buffer, r->key, prefix - 1);
		buffer[prefix - 1] = '=';
	} else {
		buffer[0] = ' ';
	}
	copy_safe(buffer + prefix, r->chunk, length);
	buffer[prefix + length] = '\0';
	r->chunk += length;
	return buffer;
}

/* ini_reader: fgets() for inih. */
static char *feed(char *buffer, int size, void *stream)
{
	struct reader *r = stream;

	if (r->key && *r->chunk) {
		return hand_over(r, buffer, (size_t)size, false);
	}
	r->key = NULL;
	while (read_logical(r)) {
		char *line = strip(r->logical);

		if (line[0] == '[') {
			take_section(r, line);
		} else if (line[0] && take_entry(r, line)) {
			return hand_over(r, buffer, (size_t)size, true);
		}
	}
	return NULL;
}

/* ini_handler: one chunk of a value. The section and the key are known better here. */
static int receive(void *user, const char *section, const char *key, const char *chunk)
{
	(void)section;
	(void)key;
	struct reader *r = user;
	size_t length = strlen(chunk);

	copy_plain(r->assembled + r->assembled_length, chunk, length);
	r->assembled_length += length;
	r->assembled[r->assembled_length] = '\0';
	if (*r->chunk || !r->sink->entry) {
		return 1;
	}
	const struct conf_entry entry = {
		.place = r->place,
		.section = r->section,
		.key = r->key,
		.value = r->assembled,
	};
	r->sink->entry(r->sink->user, &entry);
	return 1;
}

static void skip_bom(struct reader *r)
{
	size_t length = strlen(BOM);

	if ((size_t)(r->end - r->next) >= length && memcmp(r->next, BOM, length) == 0) {
		r->next += length;
		r->place.line = 1;
		complain(r, 1, "byte order mark: save the file as UTF-8 without BOM");
	}
}

int conf_read_text(const char *name, const char *text, size_t length, const struct conf_sink *sink,
	struct conf_problems *problems)
{
	/* No logical line is longer than the text. */
	size_t size = (length < CONF_LINE_MAX ? length : CONF_LINE_MAX) + 1;
	char *memory = malloc(3 * size);
	if (!memory) {
		return -ENOMEM;
	}
	struct reader r = {
		.problems = problems,
		.sink = sink,
		.place = { .file = name },
		.next = text,
		.end = text + length,
		.logical = memory,
		.section = memory + size,
		.assembled = memory + 2 * size,
	};

	memory[0] = '\0';
	skip_bom(&r);
	ini_parse_stream(feed, &r, receive, &r);
	free(memory);
	return 0;
}

/* Directories, devices and FIFOs are refused: the first read as empty, the last may block. */
static int open_regular(const char *path, size_t *ret_size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0) {
		return -errno;
	}
	struct stat st;
	int r = 0;
	if (fstat(fd, &st) < 0) {
		r = -errno;
	} else if (S_ISDIR(st.st_mode)) {
		r = -EISDIR;
	} else if (!S_ISREG(st.st_mode)) {
		r = -EINVAL;
	} else if (st.st_size > CONF_FILE_MAX) {
		r = -EFBIG;
	}
	if (r < 0) {
		close(fd);
		return r;
	}
	*ret_size = (size_t)st.st_size;
	return fd;
}

static int read_all(int fd, char *text, size_t capacity, size_t *ret_length)
{
	size_t length = 0;

	while (length < capacity) {
		ssize_t n = read(fd, text + length, capacity - length);

		if (n < 0 && errno != EINTR) {
			return -errno;
		}
		if (n == 0) {
			*ret_length = length;
			return 0;
		}
		length += n > 0 ? (size_t)n : 0;
	}
	return -EBUSY;
}

static int slurp(const char *path, char **ret_text, size_t *ret_length)
{
	size_t size = 0;
	int fd = open_regular(path, &size);
	if (fd < 0) {
		return fd;
	}
	/* One byte more than the size: a file that grows meanwhile is told, not cut. */
	char *text = malloc(size + 1);
	int r = text ? read_all(fd, text, size + 1, ret_length) : -ENOMEM;
	close(fd);
	if (r < 0) {
		free(text);
		return r;
	}
	*ret_text = text;
	return 0;
}

static const char *describe(int error)
{
	switch (error) {
	case EISDIR:
		return "is a directory, expected a file";
	case EINVAL:
		return "is not a regular file";
	case EFBIG:
		return "is larger than 16 MiB, that is no configuration";
	case EBUSY:
		return "grew while it was read";
	default:
		return strerrordesc_np(error);
	}
}

int conf_read_file(const char *path, const struct conf_sink *sink, struct conf_problems *problems)
{
	char *text = NULL;
	size_t length = 0;
	int r = slurp(path, &text, &length);

	if (r == 0) {
		r = conf_read_text(path, text, length, sink, problems);
		free(text);
	}
	if (r < 0) {
		const struct conf_place place = { .file = path };

		conf_problems_add(problems, CONF_ERROR, &place, "%s", describe(-r));
	}
	return r;
}
