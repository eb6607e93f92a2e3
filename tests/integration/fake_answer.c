/* SPDX-License-Identifier: MIT */
/*
 * The fake engine's answers, right and wrong. Wrong ones:
 *
 *	text     an error as plain text        html     an error page of 5 kB
 *	hangup   the connection is closed      cut      half of the answer, then hang up
 *	garbage  bytes of no meaning           empty    200 without a body
 *	hang     no answer at all              string   a body of another type than expected
 *
 * Of a log:
 *
 *	break    half of it comes              vanish   the same, and the container ends
 *	inside   it breaks within a frame      nonsense bytes that are no frame follow half of it
 *	stay     all of it comes, and the stream does not end
 *	short    half of it comes, and it ends in good order though the container goes on
 *	early    it ends, in good order and with the container, before the last bytes
 *
 * Of the results:
 *
 *	half     half of them comes            stay     the same, and the stream does not end
 *
 * Of the wait:
 *
 *	late-hangup  the connection is closed when the container starts
 *	late-gone    ... when it ends          late-cut   ... within the answer
 *	late-told    answered only after an inspect told of the end
 *	late-never   not answered
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/integration/fake_engine.h"

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static bool is(const char *fault, const char *name)
{
	return fault && strncmp(fault, name, strlen(name)) == 0;
}

/* Gives a wrong answer in place of `body`. Returns whether it did. */
static bool go_wrong(const struct fake *fake, int fd, const char *fault, const char *body)
{
	char page[5000];
	memset(page, 'x', sizeof(page));
	page[sizeof(page) - 1] = '\0';
	memcpy(page, "<html>", 6);
	if (is(fault, "text")) {
		fake_reply(fake, fd, "500 Internal Server Error", "plain words\n");
	} else if (is(fault, "html")) {
		fake_reply(fake, fd, "502 Bad Gateway", page);
	} else if (is(fault, "garbage")) {
		fake_say(fake, fd, "\r\n\x01\x02garbage\xff\n");
	} else if (is(fault, "empty")) {
		fake_reply(fake, fd, "200 OK", "");
	} else if (is(fault, "string")) {
		fake_reply(fake, fd, "200 OK", "\"a string\"");
	} else if (is(fault, "cut")) {
		fake_say(fake, fd, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
		fake_send(fake, fd, body, strlen(body) / 2);
	} else if (is(fault, "hang") && !is(fault, "hangup")) {
		pause();
	}
	static const char *const others[] = { "nonsense", "inside", "break", "vanish", "half",
		"stay", "early", "short", "yes" };
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		if (is(fault, others[i])) {
			return false;
		}
	}
	return fault;
}

static void set(struct fake *fake, bool *what)
{
	pthread_mutex_lock(&fake->lock);
	*what = true;
	pthread_cond_broadcast(&fake->changed);
	pthread_mutex_unlock(&fake->lock);
}

static void wait_until(struct fake *fake, const bool *what)
{
	pthread_mutex_lock(&fake->lock);
	while (!*what) {
		pthread_cond_wait(&fake->changed, &fake->lock);
	}
	pthread_mutex_unlock(&fake->lock);
}

static bool send_frame(
	const struct fake *fake, int fd, unsigned char source, const char *data, size_t length)
{
	unsigned char header[8] = { source, 0, 0, 0, (unsigned char)(length >> 24),
		(unsigned char)(length >> 16), (unsigned char)(length >> 8),
		(unsigned char)length };
	return fake_send(fake, fd, header, sizeof(header)) && fake_send(fake, fd, data, length);
}

/* In frames of growing length, on both streams in turn. */
static void send_log(struct fake *fake, int fd, size_t until)
{
	size_t done = 0;
	size_t frame = fake->log_length > 10000 ? 5000 : 1;
	for (unsigned char source = 1; done < until; source = fake->single ? 1 : 3 - source) {
		size_t length = until - done < frame ? until - done : frame;
		if (!send_frame(fake, fd, source, fake->log + done, length)) {
			return;
		}
		done += length;
		frame++;
	}
}

/* A log's stream, which goes wrong in ways of its own after half of the log. */
static void stream_log(struct fake *fake, int fd, const char *fault)
{
	static const char head[] = "HTTP/1.1 200 OK\r\nContent-Type: "
				   "application/vnd.docker.raw-stream\r\n\r\n";
	fake_say(fake, fd, head);
	wait_until(fake, &fake->started);
	bool all = !fault || is(fault, "stay");
	bool early = is(fault, "early");
	size_t part = early ? fake->log_length - 1 : fake->log_length / 2;
	send_log(fake, fd, all ? fake->log_length : part);
	if (is(fault, "nonsense")) {
		fake_say(fake, fd, "no frame's header");
		return;
	}
	if (is(fault, "inside")) {
		/* A frame that is announced longer than it comes. */
		fake_send(fake, fd, "\1\0\0\0\0\0\0\12", 8);
		fake_send(fake, fd, fake->log + fake->log_length / 2, 3);
		return;
	}
	if (all || early || is(fault, "vanish")) {
		set(fake, &fake->logged);
	}
	if (is(fault, "stay")) {
		pause();
	}
	if (!is(fault, "break") && !is(fault, "short") && !is(fault, "vanish")) {
		wait_until(fake, &fake->ended);
	}
}

static void answer_logs(struct fake *fake, int fd, const char *key)
{
	const char *fault = fake_fault(fake, key);
	if (!go_wrong(fake, fd, fault, "")) {
		stream_log(fake, fd, fault);
	}
}

static void answer_wait(struct fake *fake, int fd)
{
	const char *fault = fake_fault(fake, "wait");
	char body[100];
	const char *code = fake->signalled ? "143" : fake_value(fake, "code");
	if (fault && !is(fault, "late-")) {
		go_wrong(fake, fd, fault, "{\"StatusCode\":0}");
		return;
	}
	fake_say(fake, fd, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n");
	wait_until(fake, &fake->started);
	if (is(fault, "late-hangup")) {
		return;
	}
	if (is(fault, "late-never")) {
		pause();
	}
	if (is(fake_value(fake, "hold"), "wait")) {
		wait_until(fake, &fake->logged);
		set(fake, &fake->ended);
	}
	wait_until(fake, is(fault, "late-told") ? &fake->told : &fake->ended);
	if (is(fault, "late-gone")) {
		return;
	}
	code = fake->signalled ? "143" : code;
	const char *error =
		is(fault, "late-error") ? "{\"Message\":\"no such exit code\"}" : "null";
	code = is(fault, "late-error") ? "0" : is(fault, "late-unknown") ? "-1" : code;
	snprintf(
		body, sizeof(body), "{\"Error\":%s,\"StatusCode\":%s}\n", error, code ? code : "0");
	fake_send(fake, fd, body, is(fault, "late-cut") ? strlen(body) / 2 : strlen(body));
}

static void put_octal(char *field, size_t size, unsigned long value)
{
	snprintf(field, size, "%0*lo", (int)size - 1, value);
}

/* A ustar header; sums as bytes with the sum's own field blank. */
static void make_header(char header[512], const char *name, char type, size_t size)
{
	memset(header, 0, 512);
	snprintf(header, 100, "%s", name);
	put_octal(header + 100, 8, 0644);
	put_octal(header + 108, 8, 0);
	put_octal(header + 116, 8, 0);
	put_octal(header + 124, 12, size);
	put_octal(header + 136, 12, 0);
	memset(header + 148, ' ', 8);
	header[156] = type;
	memcpy(header + 257,
		"ustar\0"
		"00",
		8);
	unsigned sum = 0;
	for (size_t i = 0; i < 512; i++) {
		sum += (unsigned char)header[i];
	}
	snprintf(header + 148, 8, "%06o", sum);
}

/* What berth-init left: the kernel killed something. */
static void answer_init_result(struct fake *fake, int fd)
{
	static const char json[] = "{ \"oom_kill\": true }";
	char tar[4 * 512] = { 0 };
	if (!fake_value(fake, "oom")) {
		fake_reply(fake, fd, "404 Not Found", "{\"message\":\"no such file\"}");
		return;
	}
	make_header(tar, "result.json", '0', sizeof(json) - 1);
	memcpy(tar + 512, json, sizeof(json) - 1);
	if (!go_wrong(fake, fd, fake_fault(fake, "oom"), "")) {
		fake_say(fake, fd,
			"HTTP/1.1 200 OK\r\nContent-Type: application/x-tar\r\nConnection: "
			"close\r\n\r\n");
		fake_send(fake, fd, tar, sizeof(tar));
	}
}

/* artifacts/ with one file. */
static void answer_archive(struct fake *fake, int fd)
{
	const char *fault = fake_fault(fake, "archive");
	char tar[5 * 512] = { 0 };
	make_header(tar, "artifacts/", '5', 0);
	make_header(tar + 512, "artifacts/x", '0', 4);
	memcpy(tar + 1024, "iso\n", 4);
	if (!go_wrong(fake, fd, fault, "")) {
		fake_say(fake, fd,
			"HTTP/1.1 200 OK\r\nContent-Type: application/x-tar\r\nConnection: "
			"close\r\n\r\n");
		bool half = is(fault, "half") || is(fault, "stay");
		fake_send(fake, fd, tar, half ? 1500 : sizeof(tar));
		if (is(fault, "stay")) {
			pause();
		}
	}
}

static void answer_plainly(
	struct fake *fake, int fd, const char *key, const char *status, const char *body)
{
	if (!go_wrong(fake, fd, fake_fault(fake, key), body)) {
		fake_reply(fake, fd, status, body);
	}
}

static void answer_start(struct fake *fake, int fd)
{
	answer_plainly(fake, fd, "start", "204 No Content", "");
	set(fake, &fake->started);
	if (!fake_value(fake, "hold")) {
		wait_until(fake, &fake->logged);
		set(fake, &fake->ended);
	}
}

static void answer_kill(struct fake *fake, int fd)
{
	set(fake, &fake->signalled);
	set(fake, &fake->ended);
	answer_plainly(fake, fd, "kill", "204 No Content", "");
}

static void answer_inspect(struct fake *fake, int fd)
{
	char body[200];
	const char *code = fake->signalled ? "143" : fake_value(fake, "code");
	bool running = fake->started && !fake->ended;
	snprintf(body, sizeof(body),
		"{\"Id\":\"" ID
		"\",\"State\":{\"Running\":%s,\"ExitCode\":%s,\"OOMKilled\":false}}",
		running ? "true" : "false", running || !code ? "0" : code);
	if (fake->ended) {
		set(fake, &fake->told);
	}
	answer_plainly(fake, fd, "inspect", "200 OK", body);
}

static bool ends(const char *path, const char *with)
{
	size_t length = strcspn(path, "?");
	size_t tail = strlen(with);
	return length >= tail && strncmp(path + length - tail, with, tail) == 0;
}

static void answer_image(struct fake *fake, int fd, const char *path)
{
	if (ends(path, "/load")) {
		answer_plainly(fake, fd, "load", "200 OK", "{\"stream\":\"Loaded image: fake:1\"}");
		return;
	}
	fake_reply(fake, fd, "200 OK",
		"{\"Id\":\"sha256:" ID "\",\"RootFS\":{\"Layers\":[\"sha256:" ID "\"]}}");
}

static void answer_container(struct fake *fake, int fd, const char *method, const char *path)
{
	bool get = strcmp(method, "GET") == 0;
	if (ends(path, "/create")) {
		answer_plainly(fake, fd, "create", "201 Created", "{\"Id\":\"" ID "\"}");
	} else if (ends(path, "/attach")) {
		answer_logs(fake, fd, "attach");
	} else if (ends(path, "/logs")) {
		answer_logs(fake, fd, "logs");
	} else if (ends(path, "/wait")) {
		answer_wait(fake, fd);
	} else if (ends(path, "/start")) {
		answer_start(fake, fd);
	} else if (ends(path, "/kill")) {
		answer_kill(fake, fd);
	} else if (ends(path, "/archive") && get && strstr(path, "result.json")) {
		answer_init_result(fake, fd);
	} else if (ends(path, "/archive") && get) {
		answer_archive(fake, fd);
	} else if (ends(path, "/archive")) {
		answer_plainly(fake, fd, "upload", "200 OK", "");
	} else if (strstr(path, "/containers/json")) {
		fake_reply(fake, fd, "200 OK",
			"[{\"Id\":\"" ID "\",\"State\":\"created\","
			"\"Labels\":{\"org.berth.run\":\"0123456789\"}}]");
	} else if (get) {
		answer_inspect(fake, fd);
	} else {
		answer_plainly(fake, fd, "remove", "204 No Content", "");
	}
}

bool fake_answer(struct fake *fake, int fd, const char *method, const char *path)
{
	if (fake_value(fake, "running")) {
		set(fake, &fake->started);
	}
	if (fake_value(fake, "gone") && fake->started) {
		return false;
	}
	if (ends(path, "/_ping")) {
		answer_plainly(fake, fd, "version", "200 OK\r\nApi-Version: 1.41", "OK");
	} else if (ends(path, "/info")) {
		fake_reply(fake, fd, "200 OK", "{\"SecurityOptions\":[]}");
	} else if (strstr(path, "/images/")) {
		answer_image(fake, fd, path);
	} else if (strstr(path, "/events")) {
		fake_reply(fake, fd, "200 OK", "");
	} else if (strstr(path, "/containers/")) {
		answer_container(fake, fd, method, path);
	} else {
		answer_plainly(fake, fd, "remove", "204 No Content", "");
	}
	return false;
}
