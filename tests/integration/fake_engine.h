/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What the fake engine is told to do, as KEY=VALUE arguments:
 *
 *	log=TEXT        of the container, on standard output
 *	lines=N         or this many numbered lines
 *	single=1        all of it on standard output; else on both in turn
 *	code=N          with which the container ends, after its log
 *	oom=TEXT        berth-init left word that it ran out of memory; an answer as below, or "yes"
 *	split=1         each byte of an answer is read before the next one is sent
 *	attach= logs= wait= create= upload= start= inspect= archive= remove= version= load=
 *	                how a request is answered wrongly, the first time: see fake_answer.c
 *	hold=1          the container runs until it is sent a signal
 *	hold=wait       ... until somebody waits for it who gets the right answer
 *	running=1       the container was started before
 *	gone=1          hang up on everything once the container has started
 */

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

struct fake {
	char **arguments;
	const char *log;
	size_t log_length;
	bool split;
	bool single;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool started;
	bool logged; /* all of the log was sent to somebody, or would have been */
	bool ended;
	bool told; /* somebody asked after the container when it had ended */
	bool signalled;
	char answered[32][16]; /* requests whose wrong answer was given */
	int record;            /* where each request is noted */
};

/* The value of an argument, or NULL. */
const char *fake_value(const struct fake *fake, const char *key);

/* Whether this request is to be answered wrongly, and how; NULL when not, or no more. A value that
 * ends with '!' counts for every time. */
const char *fake_fault(struct fake *fake, const char *key);

/* Sends, as `split` says. Returns false when the other side is gone. */
bool fake_send(const struct fake *fake, int fd, const void *data, size_t length);
bool fake_say(const struct fake *fake, int fd, const char *text);

/* A whole answer with a length. */
void fake_reply(const struct fake *fake, int fd, const char *status, const char *body);

/* Answers one request. Returns whether the connection may serve another one. */
bool fake_answer(struct fake *fake, int fd, const char *method, const char *path);
