/* SPDX-License-Identifier: MIT */
#include "host-launcher/run/downfall.h"

#include <jansson.h>
#include <string.h>
#include <time.h>

#include "host-launcher/base/alloc.h"
#include "host-launcher/base/clock.h"

bool downfall_was_signalled(const char *events, size_t length)
{
	size_t done = 0;
	while (done < length) {
		const char *line = events + done;
		const char *end = memchr(line, '\n', length - done);
		size_t size = end ? (size_t)(end - line) : length - done;
		json_auto_t *event = json_loadb(line, size, 0, NULL);
		const char *action = json_string_value(json_object_get(event, "Action"));
		if (action && strcmp(action, "kill") == 0) {
			return true;
		}
		done += size + 1;
	}
	return false;
}

/* What the engine remembers of the container. The answer comes when `until` is over, no sooner. */
static bool was_signalled(struct engine *engine, const char *id, int64_t finished_ms)
{
	int64_t until_ms =
		finished_ms ? finished_ms + DOWNFALL_LATE_MS : ((int64_t)time(NULL) + 1) * 1000;
	json_auto_t *filters = json_pack("{s:[s], s:[s]}", "container", id, "event", "kill");
	autofree char *json = json_dumps(filters, JSON_COMPACT);
	autofree char *query = engine_escape(json ? json : "{}");
	autofree char *path = alloc_printf("/events?since=0&until=%lld.%03lld&filters=%s",
		(long long)(until_ms / 1000), (long long)(until_ms % 1000), query);
	autofree char *versioned = engine_versioned(engine, path);
	struct http_request request = {
		.method = "GET",
		.path = versioned,
		.timeout_ms = HTTP_PULSE_MS,
	};
	autofree char *body = NULL;
	size_t length = 0;
	struct http_result result = http_perform(engine_http(engine), &request, &body, &length);
	/* An engine that does not answer that any more is looked at more closely, too. */
	return result.curl_code != 0 || result.status >= 500 ||
	       (result.status == 200 && downfall_was_signalled(body, length));
}

bool downfall_of_engine(struct engine *engine, const char *id, int64_t finished_ms)
{
	struct timespec pause = { .tv_nsec = DOWNFALL_POLL_MS * 1000000L };
	int64_t deadline_ms = clock_now_ms() + DOWNFALL_MS;
	if (engine_facts(engine)->outlived || !was_signalled(engine, id, finished_ms)) {
		return false;
	}
	do {
		json_auto_t *answer = NULL;
		if (engine_feel_pulse(engine, "/_ping", &answer) == ENGINE_GONE) {
			return true;
		}
		nanosleep(&pause, NULL);
	} while (clock_now_ms() < deadline_ms);
	return false;
}
