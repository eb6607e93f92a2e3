/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Which of Debian's archives this machine uses, as one-line APT sources for the image. APT itself
 * is asked, so any form of its configuration will do. Nothing that is not Debian's gets in, and
 * Debian's own keyring is what vouches for it.
 */

#include "host-launcher/base/failure.h"
#include "host-launcher/base/words.h"

#define APT_SOURCE_KEYRING "/usr/share/keyrings/debian-archive-keyring.gpg"

struct apt_sources {
	char *suite;              /* the release's codename, "bookworm" */
	struct string_list lines; /* "deb [signed-by=...] URI SUITE main" */
	/* How this machine's APT reaches and judges the archive, each "Name \"value\";". They are
	 * for getting packages, not for the image. */
	struct string_list options;
};

/* Asks apt-get and apt-config. Returns 0 and what the caller finishes, or -1: EXIT_RESOURCES. */
int apt_sources_find(struct apt_sources *ret_sources, struct failure *failure);

void apt_sources_finish(struct apt_sources *sources);

/* What APT_SOURCE_FORMAT made of the machine's index targets, to the lines for `suite`: the release
 * first, then its updates and security updates, one mirror each. Pure. */
#define APT_SOURCE_FORMAT "$(CREATED_BY) $(CODENAME) $(COMPONENT) $(REPO_URI) $(ORIGIN)"
void apt_source_lines(const char *targets, const char *suite, struct string_list *lines);

/* The value of `key` in a file like os-release(5), without quotes, or NULL. Owned by the caller.
 * Pure. */
char *apt_source_os_release(const char *text, const char *key);
