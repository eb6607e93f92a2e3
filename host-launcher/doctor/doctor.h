/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What a machine must be like for builds, judged from facts that doctor_gather.h collects. Pure.
 */

#include <stdbool.h>
#include <stdint.h>

#include "host-launcher/base/words.h"
#include "host-launcher/doctor/finding.h"
#include "host-launcher/doctor/probe_report.h"

/* A place where an engine may be. All strings of these structures are owned. */
struct doctor_engine {
	char *url;    /* NULL: what was given is none */
	char *origin; /* who says so: "DOCKER_HOST", "docker's own socket" */
	int code;     /* enum exit_code: why it does not answer; 0: it does */
	char *why;    /* NULL where it answers */
	char version[64];
	char api[16];
	bool podman;
	bool rootless;
};

/* What the engine that would be used says of itself. */
struct doctor_info {
	char *driver; /* of its storage; NULL where it does not say */
	char *cgroup_version;
	char *root;    /* where it keeps its data */
	char *warning; /* its own warnings, joined; NULL: none */
	bool apparmor;
	bool memory_limit; /* it can limit the memory of a container */
	bool cpu_limit;
	bool clock_known;
	int64_t clock_ahead_s; /* its clock, as compared with ours */
};

struct doctor_room {
	const char *what; /* "the engine's data"; a constant */
	char *path;
	bool known;
	uint64_t free_bytes;
	uint64_t free_inodes; /* UINT64_MAX: they do not run out */
	uint64_t least_bytes; /* below this nothing works, */
	uint64_t good_bytes;  /* ... and below this not everything */
};

enum {
	DOCTOR_ENGINES_MAX = 4,
	DOCTOR_ROOMS_MAX = 3,
};

struct doctor_facts {
	int64_t now_s;
	struct doctor_engine chosen;
	struct doctor_engine others[DOCTOR_ENGINES_MAX];
	size_t other_count;

	/* Of the engine, where it answers. */
	bool local; /* it is on this machine */
	struct doctor_info info;
	bool probed; /* whether a container was tried */
	int probe_code;
	char *probe_why; /* why it did not run */
	struct probe_report probe;

	/* Of this machine. */
	struct doctor_room rooms[DOCTOR_ROOMS_MAX];
	size_t room_count;
	uint64_t memory_total;
	uint64_t memory_free;
	bool clock_synchronised;
	bool loop_control;
	unsigned loops_used;
	unsigned loops_orphaned; /* their files are deleted */
	char *proxy;             /* what --proxy says */
	int proxy_code;          /* 0: it can be used */
	char *proxy_why;
	char *http_proxy; /* the variable, or NULL */
	char *git;        /* version; NULL: none */
	char *source;     /* the tree that was asked for, or NULL */
	char *source_why; /* why git has no facts of it, or NULL */
	int source_code;
	char *gpgv;    /* version; NULL: none */
	char *keyring; /* path */
	bool keyring_there;
	bool keyring_known;        /* when it expires is */
	int64_t keyring_expires_s; /* the last of its keys does; 0: never */
	bool root;
	bool docker_group;
};

/* The list's texts are owned by the list. */
void doctor_judge(const struct doctor_facts *facts, struct finding_list *list);

/* Its two halves: engine and container, and the machine. */
void doctor_judge_engine(const struct doctor_facts *facts, struct finding_list *list);
void doctor_judge_machine(const struct doctor_facts *facts, struct finding_list *list);

/* From `gpg --show-keys --with-colons`: the last time at which one of the primary keys that can be
 * used expires, 0 where one never does. Returns 1, or 0 where there is no such key. */
int doctor_read_keys(const char *text, int64_t *ret_expires_s);

void doctor_facts_finish(struct doctor_facts *facts);
