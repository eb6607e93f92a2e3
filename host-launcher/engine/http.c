/* SPDX-License-Identifier: MIT */
#include "host-launcher/engine/http.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host-launcher/base/alloc.h"
#include "host-launcher/base/buffer.h"
#include "host-launcher/base/clock.h"
#include "host-launcher/base/service.h"
#include "host-launcher/engine/dial.h"
#include "host-launcher/engine/endpoint.h"

/* Of a long log or archive more comes at once than the 16 KiB that libcurl reads by itself. */
#define RECEIVE_BYTES (128L << 10)

struct http {
	CURLM *multi;
	const struct endpoint *endpoint;
	struct dial *dial; /* NULL unless the endpoint is behind ssh */
	char *base;        /* begins every URL */
	int interrupt_fd;
	bool news;      /* something came for a call since the last poll began, */
	bool meanwhile; /* ... or before it, while another call was waited for */
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
	bool interrupted;
	CURLcode code;
	char error[CURL_ERROR_SIZE];
};

/* The name in the URL is looked up only for TCP. */
static char *base_of(const struct endpoint *endpoint)
{
	if (endpoint->kind != ENDPOINT_TCP) {
		return alloc_copy("http://127.0.0.1");
	}
	bool v6 = strchr(endpoint->host, ':');
	int port = endpoint->port  ? endpoint->port
		   : endpoint->tls ? ENDPOINT_PORT_TLS
				   : ENDPOINT_PORT_PLAIN;
	return alloc_printf("%s://%s%s%s:%d", endpoint->tls ? "https" : "http", v6 ? "[" : "",
		endpoint->host, v6 ? "]" : "", port);
}

int http_create(const struct endpoint *endpoint, struct http **ret_http)
{
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
		return -ENOMEM;
	}
	struct http *http = alloc_zero(1, sizeof(*http));
	http->endpoint = endpoint;
	http->interrupt_fd = -1;
	http->base = base_of(endpoint);
	http->multi = curl_multi_init();
	http->dial = endpoint->kind == ENDPOINT_SSH ? dial_create(endpoint) : NULL;
	if (!http->multi || (endpoint->kind == ENDPOINT_SSH && !http->dial)) {
		http_destroy(http);
		return -ENOMEM;
	}
	*ret_http = http;
	return 0;
}

void http_destroy(struct http *http)
{
	if (http) {
		curl_multi_cleanup(http->multi);
		if (http->dial) {
			dial_destroy(http->dial);
		}
		free(http->base);
		free(http);
	}
}

void http_set_interrupt(struct http *http, int fd)
{
	http->interrupt_fd = fd;
}

int http_interrupt(const struct http *http)
{
	return http->interrupt_fd;
}

char *http_complaint(const struct http *http)
{
	return http->dial ? dial_complaint(http->dial) : NULL;
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

static void set_certificates(CURL *easy, const struct endpoint *endpoint)
{
	if (endpoint->ca) {
		curl_easy_setopt(easy, CURLOPT_CAINFO, endpoint->ca);
		curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
	}
	if (endpoint->cert && endpoint->key) {
		curl_easy_setopt(easy, CURLOPT_SSLCERT, endpoint->cert);
		curl_easy_setopt(easy, CURLOPT_SSLKEY, endpoint->key);
	}
	curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
}

static void set_endpoint(CURL *easy, struct http *http)
{
	const struct endpoint *endpoint = http->endpoint;
	switch (endpoint->kind) {
	case ENDPOINT_UNIX:
		curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, endpoint->path);
		break;
	case ENDPOINT_TCP:
		curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
		set_certificates(easy, endpoint);
		break;
	case ENDPOINT_SSH:
		curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, dial_path(http->dial));
		break;
	}
}

static void set_options(struct http_call *call, const struct http_request *request)
{
	CURL *easy = call->easy;
	curl_easy_setopt(easy, CURLOPT_URL, call->url);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, call->error);
	set_endpoint(easy, call->http);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	/* A proxy of the environment has no business between us and an engine. */
	curl_easy_setopt(easy, CURLOPT_PROXY, "");
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, RECEIVE_BYTES);
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
	call->url = alloc_printf("%s%s", http->base, request->path);
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
		if (call->easy) {
			curl_multi_remove_handle(call->http->multi, call->easy);
			curl_easy_cleanup(call->easy);
		}
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

/* A connection that was just made to our own socket has to lead somewhere. */
static CURLMcode perform(struct http *http)
{
	int running;
	CURLMcode rc = curl_multi_perform(http->multi, &running);
	collect_finished(http);
	if (http->dial) {
		dial_serve(http->dial);
	}
	return rc;
}

int http_poll(struct http *http, struct curl_waitfd *extra, unsigned count, int timeout_ms)
{
	http->news = http->meanwhile;
	http->meanwhile = false;
	CURLMcode rc = perform(http);
	timeout_ms = service_beat(timeout_ms);
	if (rc == CURLM_OK) {
		/* A call that has just been filled and paused has nothing more to wake us. */
		rc = curl_multi_poll(http->multi, extra, count, http->news ? 0 : timeout_ms, NULL);
	}
	/* What came before the wait is dealt with first. */
	if (rc == CURLM_OK && !http->news) {
		rc = perform(http);
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
	struct http_result result = {
		.curl_code = (int)call->code,
		.os_errno = call->code == CURLE_COULDNT_CONNECT ? (int)os_errno : 0,
		.interrupted = call->interrupted,
		.status = http_call_status(call),
	};
	snprintf(result.text, sizeof(result.text), "%s",
		*call->error ? call->error : curl_easy_strerror(call->code));
	return result;
}

uint64_t http_call_moved(const struct http_call *call)
{
	curl_off_t sent = 0;
	curl_off_t received = 0;
	long heads = 0;
	curl_easy_getinfo(call->easy, CURLINFO_SIZE_UPLOAD_T, &sent);
	curl_easy_getinfo(call->easy, CURLINFO_SIZE_DOWNLOAD_T, &received);
	curl_easy_getinfo(call->easy, CURLINFO_HEADER_SIZE, &heads);
	return (uint64_t)(sent + received + heads);
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

static void find_headers(const struct http_call *call, const struct http_request *request)
{
	for (size_t i = 0; i < request->header_count; i++) {
		struct http_header *wanted = &request->headers[i];
		struct curl_header *found;
		bool there = curl_easy_header(call->easy, wanted->name, 0, CURLH_HEADER, -1,
				     &found) == CURLHE_OK;
		snprintf(wanted->value, sizeof(wanted->value), "%s", there ? found->value : "");
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
	int64_t finish_ms = -1; /* not interrupted yet */
	while (!call->done && !call->interrupted && rc == 0) {
		struct curl_waitfd interrupt = {
			.fd = http->interrupt_fd,
			.events = CURL_WAIT_POLLIN,
		};
		rc = http_poll(http, &interrupt, http->interrupt_fd >= 0 && finish_ms < 0, 100);
		if (interrupt.revents) {
			finish_ms = clock_now_ms() + request->finish_ms;
		}
		call->interrupted = finish_ms >= 0 && clock_now_ms() >= finish_ms && !call->done;
	}
	if (rc < 0) {
		call->code = CURLE_RECV_ERROR;
	} else if (call->interrupted) {
		call->code = CURLE_ABORTED_BY_CALLBACK;
	}
	http->meanwhile = true;
	struct http_result result = http_call_result(call);
	find_headers(call, request);
	if (result.curl_code == CURLE_OK) {
		*ret_length = call->body.length;
		*ret_body = buffer_steal(&call->body);
	}
	http_call_destroy(call);
	return result;
}

void *http_connect(struct http *http, struct http_result *ret_result)
{
	struct http_request nothing = { .method = "GET", .path = "/" };
	struct http_call *call = http_start(http, &nothing);
	if (!call) {
		*ret_result = (struct http_result) { .curl_code = CURLE_OUT_OF_MEMORY };
		return NULL;
	}
	/* Out of the pool: a connection that became a pipe serves no request any more. */
	curl_multi_remove_handle(http->multi, call->easy);
	curl_easy_setopt(call->easy, CURLOPT_CONNECT_ONLY, 1L);
	call->code = curl_easy_perform(call->easy);
	if (http->dial) {
		dial_serve(http->dial);
	}
	*ret_result = http_call_result(call);
	CURL *easy = call->code == CURLE_OK ? call->easy : NULL;
	if (easy) {
		/* What of the call libcurl would still write to goes with the call. */
		curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, NULL);
		curl_easy_setopt(easy, CURLOPT_HTTPHEADER, NULL);
		call->easy = NULL;
	}
	http_call_destroy(call);
	return easy;
}
