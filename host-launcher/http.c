/* SPDX-License-Identifier: MIT */
#include "host-launcher/http.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host-launcher/alloc.h"
#include "host-launcher/buffer.h"

struct http {
	CURLM *multi;
	char *socket_path;
	bool news; /* something came for a call since the last poll began */
};

struct http_call {
	struct http *http;
	CURL *easy;
	struct curl_slist *headers;
	char *url;
	int fd;
	struct buffer body;
	size_t window; /* pause beyond this much; */
	bool overflow; /* ... or fail, where nobody takes */
	bool paused;
	bool answered;
	bool done;
	CURLcode code;
};

int http_create(const char *socket_path, struct http **ret_http)
{
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
		return -ENOMEM;
	}
	struct http *http = alloc_zero(1, sizeof(*http));
	http->multi = curl_multi_init();
	if (!http->multi) {
		free(http);
		return -ENOMEM;
	}
	http->socket_path = alloc_copy(socket_path);
	*ret_http = http;
	return 0;
}

void http_destroy(struct http *http)
{
	if (http) {
		curl_multi_cleanup(http->multi);
		free(http->socket_path);
		free(http);
	}
}

static size_t on_body(char *data, size_t size, size_t count, void *user)
{
	struct http_call *call = user;
	size_t length = size * count;
	if (call->body.length + length > call->window && call->body.length > 0) {
		if (call->overflow) {
			return 0; /* curl makes this CURLE_WRITE_ERROR */
		}
		call->paused = true;
		return CURL_WRITEFUNC_PAUSE;
	}
	buffer_append(&call->body, data, length);
	call->http->news = true;
	return length;
}

/* The blank line ends a header block; 1xx blocks (100 Continue) come before the answer's own. */
static size_t on_header(char *data, size_t size, size_t count, void *user)
{
	struct http_call *call = user;
	size_t length = size * count;
	if (length <= 2 && (data[0] == '\r' || data[0] == '\n') && http_call_status(call) >= 200) {
		call->answered = true;
		call->http->news = true;
	}
	return length;
}

static size_t on_read(char *data, size_t size, size_t count, void *user)
{
	struct http_call *call = user;
	ssize_t got;
	do {
		got = read(call->fd, data, size * count);
	} while (got < 0 && errno == EINTR);
	return got < 0 ? CURL_READFUNC_ABORT : (size_t)got;
}

static void set_body(CURL *easy, const struct http_request *request)
{
	curl_easy_setopt(easy, CURLOPT_POST, 1L);
	curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->length);
	if (request->from_fd) {
		curl_easy_setopt(easy, CURLOPT_READFUNCTION, on_read);
	} else {
		curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request->body ? request->body : "");
	}
}

static void set_headers(struct http_call *call, const struct http_request *request)
{
	/* Engines do not answer 100-continue before they have read the body. */
	call->headers = curl_slist_append(call->headers, "Expect:");
	if (request->content_type) {
		autofree char *type = alloc_printf("Content-Type: %s", request->content_type);
		call->headers = curl_slist_append(call->headers, type);
	}
	curl_easy_setopt(call->easy, CURLOPT_HTTPHEADER, call->headers);
}

static void set_options(struct http_call *call, const struct http_request *request)
{
	CURL *easy = call->easy;
	curl_easy_setopt(easy, CURLOPT_URL, call->url);
	curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, call->http->socket_path);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http");
	/* A proxy of the environment has no business between us and a local socket. */
	curl_easy_setopt(easy, CURLOPT_PROXY, "");
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, 10000L);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)request->timeout_ms);
	curl_easy_setopt(easy, CURLOPT_USERAGENT, "berth/" BERTH_VERSION);
	curl_easy_setopt(easy, CURLOPT_PRIVATE, call);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, call);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, call);
	curl_easy_setopt(easy, CURLOPT_READDATA, call);
	if (request->content_type || strcmp(request->method, "POST") == 0) {
		set_body(easy, request);
	}
	curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request->method);
	set_headers(call, request);
}

struct http_call *http_start(struct http *http, const struct http_request *request)
{
	struct http_call *call = alloc_zero(1, sizeof(*call));
	call->http = http;
	call->fd = request->fd;
	call->window = HTTP_WINDOW;
	call->url = alloc_printf("http://engine%s", request->path);
	call->easy = curl_easy_init();
	if (!call->easy) {
		free(call->url);
		free(call);
		return NULL;
	}
	set_options(call, request);
	if (curl_multi_add_handle(http->multi, call->easy) != CURLM_OK) {
		http_call_destroy(call);
		return NULL;
	}
	return call;
}

void http_call_destroy(struct http_call *call)
{
	if (call) {
		curl_multi_remove_handle(call->http->multi, call->easy);
		curl_easy_cleanup(call->easy);
		curl_slist_free_all(call->headers);
		buffer_finish(&call->body);
		free(call->url);
		free(call);
	}
}

/* Marks the calls that ended. */
static void collect_finished(struct http *http)
{
	int left;
	for (CURLMsg *message; (message = curl_multi_info_read(http->multi, &left));) {
		struct http_call *call = NULL;
		if (message->msg == CURLMSG_DONE && curl_easy_getinfo(message->easy_handle,
							    CURLINFO_PRIVATE, &call) == CURLE_OK) {
			call->code = message->data.result;
			call->done = true;
			http->news = true;
		}
	}
}

int http_poll(struct http *http, struct curl_waitfd *extra, unsigned count, int timeout_ms)
{
	int running;
	http->news = false;
	CURLMcode rc = curl_multi_perform(http->multi, &running);
	collect_finished(http);
	if (rc == CURLM_OK) {
		/* A call that has just been filled and paused has nothing more to wake us. */
		rc = curl_multi_poll(http->multi, extra, count, http->news ? 0 : timeout_ms, NULL);
	}
	if (rc == CURLM_OK) {
		rc = curl_multi_perform(http->multi, &running);
		collect_finished(http);
	}
	return rc == CURLM_OK ? 0 : -EIO;
}

bool http_call_answered(const struct http_call *call)
{
	return call->answered;
}

bool http_call_done(const struct http_call *call)
{
	return call->done;
}

long http_call_status(const struct http_call *call)
{
	long status = 0;
	curl_easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, &status);
	return status;
}

struct http_result http_call_result(const struct http_call *call)
{
	long os_errno = 0;
	curl_easy_getinfo(call->easy, CURLINFO_OS_ERRNO, &os_errno);
	return (struct http_result) {
		.curl_code = (int)call->code,
		.os_errno = call->code == CURLE_COULDNT_CONNECT ? (int)os_errno : 0,
		.status = http_call_status(call),
		.text = curl_easy_strerror(call->code),
	};
}

size_t http_call_peek(const struct http_call *call, const char **ret_data)
{
	*ret_data = buffer_text(&call->body);
	return call->body.length;
}

void http_call_consume(struct http_call *call, size_t length)
{
	buffer_consume(&call->body, length);
	if (call->paused && call->body.length <= call->window / 2) {
		call->paused = false;
		/* May call on_body at once, which may pause again. */
		curl_easy_pause(call->easy, CURLPAUSE_CONT);
	}
}

struct http_result http_perform(
	struct http *http, const struct http_request *request, char **ret_body, size_t *ret_length)
{
	struct http_call *call = http_start(http, request);
	if (!call) {
		return (struct http_result) { .curl_code = CURLE_OUT_OF_MEMORY,
			.text = "no memory" };
	}
	call->window = HTTP_BODY_MAX;
	call->overflow = true;
	int rc = 0;
	while (!call->done && rc == 0) {
		rc = http_poll(http, NULL, 0, 1000);
	}
	if (rc < 0) {
		call->code = CURLE_RECV_ERROR;
	}
	struct http_result result = http_call_result(call);
	if (result.curl_code == CURLE_OK) {
		*ret_length = call->body.length;
		*ret_body = buffer_steal(&call->body);
	}
	http_call_destroy(call);
	return result;
}
