/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * HTTP requests to an endpoint, several at once, driven by one poll. Knows libcurl and nothing of
 * what the requests mean. A body that nobody takes stops the transfer after a while instead of
 * filling memory.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct curl_waitfd;
struct endpoint;
struct http;
struct http_call;

enum {
	/* A response to http_perform() longer than this is an error. */
	HTTP_BODY_MAX = 16 << 20,
	/* This much is kept of a stream that is not taken. */
	HTTP_WINDOW = 256 << 10,
	/* An engine that accepts a connection and then says nothing is not waited for longer. */
	HTTP_TIMEOUT_MS = 120 * 1000,
	HTTP_GREETING_MS = 30 * 1000,
	HTTP_PULSE_MS = 10 * 1000,
};

/* A header of the response that is asked for. */
struct http_header {
	const char *name;
	char value[64]; /* cut off; "": there is none */
};

/* What a request sends: bytes in memory or, with `from_fd`, a file's `length` bytes. All of it is
 * borrowed until the call is destroyed. */
struct http_request {
	const char *method;
	const char *path;         /* with the query, encoded; begins with '/' */
	const char *content_type; /* NULL: no body */
	const void *body;
	uint64_t length;
	bool from_fd;
	int fd;
	int64_t timeout_ms; /* for the whole call; 0: none */
	/* How long the call may still take once it was interrupted: what it does goes on behind our
	 * back otherwise. */
	int64_t finish_ms;
	/* Filled in by http_perform(). */
	struct http_header *headers;
	size_t header_count;
};

/* How a call ended. `curl_code` 0 means that a whole response came. */
struct http_result {
	int curl_code;
	int os_errno;     /* of the connection attempt, where that failed */
	bool interrupted; /* by http_set_interrupt()'s descriptor */
	long status;
	char text[256]; /* curl's words for curl_code */
};

/* Connects lazily: nothing is opened before the first request. `endpoint` is borrowed. Returns 0 or
 * -ENOMEM. */
int http_create(const struct endpoint *endpoint, struct http **ret_http);
void http_destroy(struct http *http);

/* From now on http_perform() gives up as soon as `fd` is readable; -1: it does not. */
void http_set_interrupt(struct http *http, int fd);
int http_interrupt(const struct http *http);

/* What ssh complained of last, owned by the caller; NULL where there is nothing. */
char *http_complaint(const struct http *http);

/* Begins a request. Returns NULL without memory. The caller destroys it, before `http`. */
struct http_call *http_start(struct http *http, const struct http_request *request);
void http_call_destroy(struct http_call *call);

/* Waits for traffic, for one of the extra descriptors or for the time-out; drives all calls.
 * Returns 0 or -EIO. Look at the calls and at the descriptors' revents afterwards. */
int http_poll(struct http *http, struct curl_waitfd *extra, unsigned count, int timeout_ms);

/* The response's status line and headers have come. */
bool http_call_answered(const struct http_call *call);
/* The response ended, or failed; what came before that may still be waiting to be taken. */
bool http_call_done(const struct http_call *call);
long http_call_status(const struct http_call *call);
struct http_result http_call_result(const struct http_call *call);

/* Bytes that it has sent and received so far, heads included: they stand still where it does. */
uint64_t http_call_moved(const struct http_call *call);

/* What came of the body and was not consumed yet. */
size_t http_call_peek(const struct http_call *call, const char **ret_data);
void http_call_consume(struct http_call *call, size_t length);

/* Starts a request and blocks until its end. `*ret_body` is owned by the caller, NUL-terminated,
 * and set only when a whole response came. */
struct http_result http_perform(
	struct http *http, const struct http_request *request, char **ret_body, size_t *ret_length);

/* Opens a connection of its own, which nothing was sent over yet: a CURL that the caller cleans up,
 * before `http`. NULL, with the reason, where that fails. */
void *http_connect(struct http *http, struct http_result *ret_result);
