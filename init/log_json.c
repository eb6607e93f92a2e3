/* SPDX-License-Identifier: MIT */
#include "init/log_json.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "conf/json.h"
#include "init/log.h"

enum {
	/* \u0000 */
	ESCAPED = 6,
	NAME_MAX_BYTES = 255,
	REST = 256,
	TEXT_MAX = ESCAPED * (LOG_LINE_MAX + NAME_MAX_BYTES) + REST,
	STREAM_BUFFER = 4096,
};

int log_json_init(struct log_json *json)
{
	json->text = malloc(TEXT_MAX + STREAM_BUFFER);
	json->stream = json->text ? fmemopen(json->text, TEXT_MAX, "w") : NULL;
	if (!json->stream) {
		free(json->text);
		*json = (struct log_json) { 0 };
		return -ENOMEM;
	}
	/* Its own it would allocate when it is first written to. */
	setvbuf(json->stream, json->text + TEXT_MAX, _IOFBF, STREAM_BUFFER);
	return 0;
}

void log_json_finish(struct log_json *json)
{
	if (json->stream) {
		fclose(json->stream);
	}
	free(json->text);
	*json = (struct log_json) { 0 };
}

size_t log_json_make(struct log_json *json, int64_t realtime_us, const char *name, const char *line,
	size_t length)
{
	FILE *stream = json->stream;

	rewind(stream);
	fprintf(stream,
		"{\"__REALTIME_TIMESTAMP\":\"%" PRId64 "\",\"SYSLOG_IDENTIFIER\":", realtime_us);
	conf_json_bytes(stream, name, strnlen(name, NAME_MAX_BYTES));
	fputs(",\"MESSAGE\":", stream);
	conf_json_bytes(stream, line, length);
	fputs("}\n", stream);
	fflush(stream);
	return (size_t)ftell(stream);
}
