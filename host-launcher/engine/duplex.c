/* SPDX-License-Identifier: MIT */
#include "host-launcher/engine/duplex.h"

#include <curl/curl.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "host-launcher/base/alloc.h"
#include "host-launcher/base/buffer.h"
#include "host-launcher/base/clock.h"
#include "host-launcher/engine/duplex_head.h"

struct duplex {
	CURL *easy;
	curl_socket_t fd;
	struct buffer early; /* came with the answer's head */
};

int duplex_fd(const struct duplex *duplex)
{
	return duplex->fd;
}

static ssize_t transfer_result(CURLcode code, size_t done)
{
	switch (code) {
	case CURLE_OK:
		return (ssize_t)done;
	case CURLE_AGAIN:
		return -EAGAIN;
	default:
		return -EIO;
	}
}

ssize_t duplex_read(struct duplex *duplex, void *data, size_t size)
{
	size_t done = 0;
	if (duplex->early.length) {
		done = duplex->early.length < size ? duplex->early.length : size;
		memcpy(data, duplex->early.data, done);
		buffer_consume(&duplex->early, done);
		return (ssize_t)done;
	}
	CURLcode code = curl_easy_recv(duplex->easy, data, size, &done);
	return transfer_result(code, done);
}

ssize_t duplex_write(struct duplex *duplex, const void *data, size_t length)
{
	size_t done = 0;
	CURLcode code = curl_easy_send(duplex->easy, data, length, &done);
	return transfer_result(code, done);
}

void duplex_end_writing(struct duplex *duplex)
{
	struct curl_tlssessioninfo *session = NULL;
	if (curl_easy_getinfo(duplex->easy, CURLINFO_TLS_SSL_PTR, &session) != CURLE_OK ||
		!session || !session->internals) {
		shutdown(duplex->fd, SHUT_WR);
	}
}

static bool await(const struct duplex *duplex, short events, int64_t deadline_ms)
{
	int64_t left_ms = deadline_ms - clock_now_ms();
	struct pollfd fd = { .fd = duplex->fd, .events = events };
	return left_ms > 0 && poll(&fd, 1, (int)left_ms) >= 0;
}

static bool send_all(struct duplex *duplex, const struct buffer *text, int64_t deadline_ms)
{
	size_t sent = 0;
	while (sent < text->length) {
		ssize_t done = duplex_write(duplex, text->data + sent, text->length - sent);
		if (done == -EAGAIN ? !await(duplex, POLLOUT, deadline_ms) : done < 0) {
			return false;
		}
		sent += done > 0 ? (size_t)done : 0;
	}
	return true;
}

/* Gives the length of the answer's head in `answer` and its status, or 0. */
static size_t read_head(
	struct duplex *duplex, struct buffer *answer, int64_t deadline_ms, int *ret_status)
{
	size_t length = 0;
	int rc;
	while ((rc = duplex_head_parse(buffer_text(answer), answer->length, &length, ret_status)) ==
		0) {
		char chunk[4096];
		ssize_t got = duplex_read(duplex, chunk, sizeof(chunk));
		if (got == -EAGAIN ? !await(duplex, POLLIN, deadline_ms) : got <= 0) {
			return 0;
		}
		if (got > 0) {
			buffer_append(answer, chunk, (size_t)got);
		}
	}
	return rc > 0 ? length : 0;
}

/* The words of a refusal, as much as comes soon. */
static void read_rest(struct duplex *duplex, struct buffer *answer, int64_t deadline_ms)
{
	char chunk[4096];
	ssize_t got;
	do {
		got = duplex_read(duplex, chunk, sizeof(chunk));
		if (got > 0) {
			buffer_append(answer, chunk, (size_t)got);
		}
	} while (answer->length < DUPLEX_HEAD_MAX &&
		 (got > 0 || (got == -EAGAIN && await(duplex, POLLIN, deadline_ms) &&
				     clock_now_ms() < deadline_ms)));
}

static void make_request(
	struct engine *engine, const struct engine_request *request, struct buffer *text)
{
	autofree char *path = engine_versioned(engine, request->path);
	autofree char *body =
		request->json ? json_dumps(request->json, JSON_COMPACT) : alloc_copy("");
	buffer_printf(text,
		"%s %s HTTP/1.1\r\nHost: engine\r\nUser-Agent: berth/" BERTH_VERSION
		"\r\nConnection: Upgrade\r\nUpgrade: tcp\r\nContent-Type: application/json\r\n"
		"Content-Length: %zu\r\n\r\n%s",
		request->method, path, strlen(body), body);
}

/* What the engine said instead. */
struct refusal {
	const struct buffer *answer;
	size_t head; /* length of its head; 0: there is none */
	int status;
};

static int refuse(struct engine *engine, const struct engine_request *request,
	const struct refusal *refusal, struct failure *failure)
{
	const struct buffer *answer = refusal->answer;
	size_t head = refusal->head;
	struct http_result result = {
		.curl_code = head ? CURLE_OK : CURLE_RECV_ERROR,
		.status = refusal->status,
		.text = "the connection ended",
	};
	return engine_explain(
		engine, &result, answer->data + head, answer->length - head, request, failure);
}

static int agree(struct engine *engine, struct duplex *duplex, const struct engine_request *request,
	struct failure *failure)
{
	int64_t deadline_ms = clock_now_ms() + HTTP_GREETING_MS;
	struct buffer text = { 0 };
	struct buffer answer = { 0 };
	make_request(engine, request, &text);
	int status = 0;
	size_t head = send_all(duplex, &text, deadline_ms)
			      ? read_head(duplex, &answer, deadline_ms, &status)
			      : 0;
	int rc = 0;
	if (status == 101 || status == 200) {
		buffer_append(&duplex->early, answer.data + head, answer.length - head);
	} else {
		buffer_append_text(&answer, "");
		if (head) {
			read_rest(duplex, &answer, clock_now_ms() + HTTP_PULSE_MS / 5);
		}
		const struct refusal refusal = { &answer, head, status };
		rc = refuse(engine, request, &refusal, failure);
	}
	buffer_finish(&text);
	buffer_finish(&answer);
	return rc;
}

int duplex_open(struct engine *engine, const struct engine_request *request,
	struct duplex **ret_duplex, struct failure *failure)
{
	struct duplex *duplex = alloc_zero(1, sizeof(*duplex));
	struct http_result result = { 0 };
	duplex->easy = http_connect(engine_http(engine), &result);
	int rc = duplex->easy ? 0 : engine_explain(engine, &result, "", 0, request, failure);
	if (rc == 0 &&
		curl_easy_getinfo(duplex->easy, CURLINFO_ACTIVESOCKET, &duplex->fd) != CURLE_OK) {
		rc = failure_set(failure, EXIT_INTERNAL, "cannot use the engine's connection");
	}
	if (rc == 0) {
		rc = agree(engine, duplex, request, failure);
	}
	if (rc < 0) {
		duplex_close(duplex);
		return -1;
	}
	*ret_duplex = duplex;
	return 0;
}

void duplex_close(struct duplex *duplex)
{
	curl_easy_cleanup(duplex->easy);
	buffer_finish(&duplex->early);
	free(duplex);
}
