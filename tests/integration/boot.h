/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * berth-init as the real PID 1 of PID and mount namespaces of its own, watched from outside. What
 * runs under it is the probe (probe.c), which tells what happens through a FIFO of events. Every
 * wait ends by an event or, after BOOT_DEADLINE_MS, by failing the case; nothing sleeps.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum {
	BOOT_DEADLINE_MS = 60000,
};

enum boot_flag {
	BOOT_NETWORK = 1,       /* a network of its own, loopback up */
	BOOT_SAME_PIDS = 2,     /* no PID namespace: not PID 1 */
	BOOT_IGNORE_HUP = 4,    /* started with SIGHUP ignored and SIGUSR1 blocked */
	BOOT_TTY = 8,           /* a terminal of its own as stdin, stdout and stderr */
	BOOT_BARE = 16,         /* no /proc; /run and the like cannot be written */
	BOOT_NO_CGROUP = 32,    /* no cgroup2 to be seen, nor the right to mount one */
	BOOT_CLOSED = 64,       /* nothing on descriptors 0, 1 and 2 */
	BOOT_NO_DEV = 128,      /* nothing in /dev */
	BOOT_WEAK = 256,        /* no capabilities */
	BOOT_IGNORE_CHLD = 512, /* started with SIGCHLD ignored */
	BOOT_SCRATCH = 1024,    /* started in the scratch directory, not in / */
	BOOT_FULL = 2048,       /* stdout takes nothing: no space left on device */
	BOOT_POOR = 4096, /* as a user of the case alone, who may have no further process for now */
	BOOT_NO_FORK = 8192,      /* no memory for any process */
	BOOT_ODD_SIGNALS = 32768, /* TTOU, SEGV, INT ignored; TTIN, ILL, TERM blocked */
	BOOT_SYS_RO = 16384,      /* /sys cannot be written, and no cgroup is to be seen there */
};

/* Lines that came in through a descriptor. */
struct boot_stream {
	int fd;
	char *text;
	size_t length;
	size_t taken; /* how much of it was waited for already */
	bool ended;
};

struct boot {
	char directory[64]; /* scratch: probe, events, init.ini, other files of the case */
	pid_t pid;          /* the init, seen from here; 0 once it has ended */
	int pidfd;
	int64_t started_ms;
	struct boot_stream log;    /* its stdout and stderr */
	struct boot_stream events; /* what probes told */
	int terminal;              /* with BOOT_TTY, our side of it */
	bool stalled;              /* set: the log is not read before the end */
	const char *name;          /* set: it is called by this one */
	uid_t poor_id;             /* of BOOT_POOR: nobody else's processes count for its limit */
	unsigned descriptors;      /* set: it may have no more than so many */
	const char *own_cgroup;    /* set: it is put into this one, and sees no other of its kind */
};

/* Makes the scratch directory; call boot_finish() in the end. Fails the case on any trouble. */
void boot_init(struct boot *boot);

/* Kills what still runs and removes the scratch directory. */
void boot_finish(struct boot *boot);

/* Writes a file in the scratch directory. `@` in the text stands for the directory's path, so
 * `@/probe` is the probe. */
void boot_write(const struct boot *boot, const char *name, const char *text);

/* Starts berth-init with arguments (NULL-terminated, `@` as above) and `flags`. */
void boot_start(struct boot *boot, unsigned flags, const char *const arguments[]);

/* boot_start() with `-c` and a file made of `text`. Where that says nothing else, the stop of the
 * whole has time enough for those who answer, however late. */
void boot_services(struct boot *boot, const char *text);

/* The same in a world of these flags. */
void boot_services_in(struct boot *boot, unsigned flags, const char *text);

/* boot_services(), then boot_end(). */
int boot_run(struct boot *boot, const char *text);

void boot_signal(const struct boot *boot, int signal);

/* Waits for the end of the init and of its log; returns its exit code, or 128 + signal. */
int boot_end(struct boot *boot);

/* Waits for an event, which is a whole line; those before it are passed over. */
void boot_expect_event(struct boot *boot, const char *event);

/* Waits until the log has `text` behind what was waited for before. */
void boot_expect_log(struct boot *boot, const char *text);

/* Whether the log has or the events have this anywhere so far; boot_end() makes both complete. */
bool boot_logged(const struct boot *boot, const char *text);
bool boot_happened(const struct boot *boot, const char *event);

/* Nobody reads the log from here on. */
void boot_close_log(struct boot *boot);

/* Milliseconds since the start. */
int64_t boot_elapsed_ms(const struct boot *boot);

int64_t now_ms(void);

/* Reads a file of at most `size` - 1 bytes, such as one in /proc; fails the case if it cannot. */
void read_text(const char *path, char *buffer, size_t size);
