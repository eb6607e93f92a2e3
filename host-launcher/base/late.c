/* SPDX-License-Identifier: MIT */
/* Functions that take any type as their last argument cannot be macros here. */
#define CURL_DISABLE_TYPECHECK
#include "host-launcher/base/late.h"

#include <archive.h>
#include <archive_entry.h>
#include <curl/curl.h>
#include <dlfcn.h>
#include <openssl/evp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "host-launcher/base/message.h"

#undef curl_easy_setopt
#undef curl_easy_getinfo

struct library {
	const char *name; /* with the ABI that the headers describe */
	void *handle;
};

static struct library libcurl = { .name = "libcurl.so.4" };
static struct library libarchive = { .name = "libarchive.so.13" };
static struct library libcrypto = { .name = "libcrypto.so.3" };

static int load(struct library *library, struct failure *failure)
{
	if (!library->handle) {
		library->handle = dlopen(library->name, RTLD_NOW | RTLD_LOCAL);
	}
	return library->handle ? 0
			       : failure_set(failure, EXIT_INTERNAL, "cannot load a library: %s",
					 dlerror());
}

int late_load(struct failure *failure)
{
	struct library *const all[] = { &libcurl, &libarchive, &libcrypto };
	int rc = 0;
	for (size_t i = 0; rc == 0 && i < sizeof(all) / sizeof(all[0]); i++) {
		rc = load(all[i], failure);
	}
	return rc;
}

/* Puts a pointer to the function at `ret_function`; an object pointer and a function pointer are
 * alike by POSIX (dlsym), not by C. */
static void find(struct library *library, const char *name, void *ret_function)
{
	struct failure failure;
	int rc = load(library, &failure);
	void *symbol = rc == 0 ? dlsym(library->handle, name) : NULL;
	if (rc == 0 && !symbol) {
		rc = failure_set(&failure, EXIT_INTERNAL, "cannot use a library: %s", dlerror());
	}
	if (rc < 0) {
		message_failure(&failure);
		exit(failure.code);
	}
	memcpy(ret_function, &symbol, sizeof(symbol));
}

/* The library's own function, looked up once at each place. */
#define FOUND(library, name)                                                                       \
	__extension__({                                                                            \
		static __typeof__(name) *found;                                                    \
		if (!found) {                                                                      \
			find(&(library), #name, &found);                                           \
		}                                                                                  \
		found;                                                                             \
	})

/* NOLINTBEGIN(bugprone-macro-parentheses): arguments come in their own. */
#define FUNCTION(library, type, name, parameters, arguments)                                       \
	type name parameters                                                                       \
	{                                                                                          \
		return FOUND(library, name) arguments;                                             \
	}

#define PROCEDURE(library, name, parameters, arguments)                                            \
	void name parameters                                                                       \
	{                                                                                          \
		FOUND(library, name) arguments;                                                    \
	}
/* NOLINTEND(bugprone-macro-parentheses) */

/* NOLINTBEGIN(readability-inconsistent-declaration-parameter-name): the headers abbreviate. */
/* clang-format off */
FUNCTION(libcurl, CURLcode, curl_global_init, (long flags), (flags))
FUNCTION(libcurl, CURL *, curl_easy_init, (void), ())
PROCEDURE(libcurl, curl_easy_cleanup, (CURL *easy), (easy))
FUNCTION(libcurl, CURLcode, curl_easy_perform, (CURL *easy), (easy))
FUNCTION(libcurl, CURLcode, curl_easy_pause, (CURL *easy, int mask), (easy, mask))
FUNCTION(libcurl, CURLcode, curl_easy_recv,
	(CURL *easy, void *data, size_t size, size_t *ret_done), (easy, data, size, ret_done))
FUNCTION(libcurl, CURLcode, curl_easy_send,
	(CURL *easy, const void *data, size_t size, size_t *ret_done), (easy, data, size, ret_done))
FUNCTION(libcurl, const char *, curl_easy_strerror, (CURLcode code), (code))
FUNCTION(libcurl, char *, curl_easy_escape,
	(CURL *easy, const char *text, int length), (easy, text, length))
FUNCTION(libcurl, CURLHcode, curl_easy_header,
	(CURL *easy, const char *name, size_t index, unsigned origin, int request,
		struct curl_header **ret_header),
	(easy, name, index, origin, request, ret_header))
PROCEDURE(libcurl, curl_free, (void *memory), (memory))
FUNCTION(libcurl, struct curl_slist *, curl_slist_append,
	(struct curl_slist *list, const char *text), (list, text))
PROCEDURE(libcurl, curl_slist_free_all, (struct curl_slist *list), (list))
FUNCTION(libcurl, CURLM *, curl_multi_init, (void), ())
FUNCTION(libcurl, CURLMcode, curl_multi_cleanup, (CURLM *multi), (multi))
FUNCTION(libcurl, CURLMcode, curl_multi_add_handle, (CURLM *multi, CURL *easy), (multi, easy))
FUNCTION(libcurl, CURLMcode, curl_multi_remove_handle, (CURLM *multi, CURL *easy), (multi, easy))
FUNCTION(libcurl, CURLMcode, curl_multi_perform, (CURLM *multi, int *ret_running),
	(multi, ret_running))
FUNCTION(libcurl, CURLMcode, curl_multi_poll,
	(CURLM *multi, struct curl_waitfd *extra, unsigned count, int timeout_ms, int *ret_count),
	(multi, extra, count, timeout_ms, ret_count))
FUNCTION(libcurl, CURLMsg *, curl_multi_info_read, (CURLM *multi, int *ret_left), (multi, ret_left))

FUNCTION(libarchive, struct archive *, archive_read_new, (void), ())
FUNCTION(libarchive, int, archive_read_support_format_tar, (struct archive *a), (a))
FUNCTION(libarchive, int, archive_read_open,
	(struct archive *a, void *user, archive_open_callback *open, archive_read_callback *read,
		archive_close_callback *close),
	(a, user, open, read, close))
FUNCTION(libarchive, int, archive_read_next_header,
	(struct archive *a, struct archive_entry **ret_entry), (a, ret_entry))
FUNCTION(libarchive, la_ssize_t, archive_read_data, (struct archive *a, void *data, size_t size),
	(a, data, size))
FUNCTION(libarchive, int, archive_read_free, (struct archive *a), (a))
FUNCTION(libarchive, struct archive *, archive_write_new, (void), ())
FUNCTION(libarchive, struct archive *, archive_write_disk_new, (void), ())
FUNCTION(libarchive, int, archive_write_disk_set_options, (struct archive *a, int flags), (a, flags))
FUNCTION(libarchive, int, archive_write_set_format_ustar, (struct archive *a), (a))
FUNCTION(libarchive, int, archive_write_set_format_pax_restricted, (struct archive *a), (a))
FUNCTION(libarchive, int, archive_write_set_bytes_per_block, (struct archive *a, int bytes),
	(a, bytes))
FUNCTION(libarchive, int, archive_write_open,
	(struct archive *a, void *user, archive_open_callback *open, archive_write_callback *write,
		archive_close_callback *close),
	(a, user, open, write, close))
FUNCTION(libarchive, int, archive_write_open_fd, (struct archive *a, int fd), (a, fd))
FUNCTION(libarchive, int, archive_write_open_memory,
	(struct archive *a, void *data, size_t size, size_t *ret_used), (a, data, size, ret_used))
FUNCTION(libarchive, int, archive_write_header, (struct archive *a, struct archive_entry *entry),
	(a, entry))
FUNCTION(libarchive, la_ssize_t, archive_write_data,
	(struct archive *a, const void *data, size_t size), (a, data, size))
FUNCTION(libarchive, int, archive_write_close, (struct archive *a), (a))
FUNCTION(libarchive, int, archive_write_free, (struct archive *a), (a))
FUNCTION(libarchive, int, archive_errno, (struct archive *a), (a))
FUNCTION(libarchive, const char *, archive_error_string, (struct archive *a), (a))
FUNCTION(libarchive, struct archive_entry *, archive_entry_new, (void), ())
PROCEDURE(libarchive, archive_entry_free, (struct archive_entry *entry), (entry))
FUNCTION(libarchive, const char *, archive_entry_pathname, (struct archive_entry *entry), (entry))
FUNCTION(libarchive, const char *, archive_entry_hardlink, (struct archive_entry *entry), (entry))
FUNCTION(libarchive, mode_t, archive_entry_filetype, (struct archive_entry *entry), (entry))
FUNCTION(libarchive, mode_t, archive_entry_perm, (struct archive_entry *entry), (entry))
FUNCTION(libarchive, la_int64_t, archive_entry_size, (struct archive_entry *entry), (entry))
FUNCTION(libarchive, time_t, archive_entry_mtime, (struct archive_entry *entry), (entry))
FUNCTION(libarchive, long, archive_entry_mtime_nsec, (struct archive_entry *entry), (entry))
PROCEDURE(libarchive, archive_entry_set_pathname, (struct archive_entry *entry, const char *path),
	(entry, path))
PROCEDURE(libarchive, archive_entry_set_symlink, (struct archive_entry *entry, const char *target),
	(entry, target))
PROCEDURE(libarchive, archive_entry_set_filetype, (struct archive_entry *entry, unsigned type),
	(entry, type))
PROCEDURE(libarchive, archive_entry_set_perm, (struct archive_entry *entry, mode_t mode),
	(entry, mode))
PROCEDURE(libarchive, archive_entry_set_uid, (struct archive_entry *entry, la_int64_t uid),
	(entry, uid))
PROCEDURE(libarchive, archive_entry_set_gid, (struct archive_entry *entry, la_int64_t gid),
	(entry, gid))
PROCEDURE(libarchive, archive_entry_set_size, (struct archive_entry *entry, la_int64_t size),
	(entry, size))
PROCEDURE(libarchive, archive_entry_set_mtime,
	(struct archive_entry *entry, time_t seconds, long nanoseconds),
	(entry, seconds, nanoseconds))

FUNCTION(libcrypto, EVP_MD_CTX *, EVP_MD_CTX_new, (void), ())
PROCEDURE(libcrypto, EVP_MD_CTX_free, (EVP_MD_CTX *context), (context))
FUNCTION(libcrypto, const EVP_MD *, EVP_sha256, (void), ())
FUNCTION(libcrypto, int, EVP_DigestInit_ex,
	(EVP_MD_CTX *context, const EVP_MD *type, ENGINE *engine), (context, type, engine))
FUNCTION(libcrypto, int, EVP_DigestUpdate, (EVP_MD_CTX *context, const void *data, size_t size),
	(context, data, size))
FUNCTION(libcrypto, int, EVP_DigestFinal_ex,
	(EVP_MD_CTX *context, unsigned char *digest, unsigned *ret_size),
	(context, digest, ret_size))
/* clang-format on */
/* NOLINTEND(readability-inconsistent-declaration-parameter-name) */

/* The type of an option's value goes by its number (curl/curl.h, CURLOPTTYPE_*). */
CURLcode curl_easy_setopt(CURL *curl, CURLoption option, ...)
{
	__typeof__(curl_easy_setopt) *function = FOUND(libcurl, curl_easy_setopt);
	va_list arguments;
	CURLcode code;
	va_start(arguments, option);
	/* NOLINTNEXTLINE(bugprone-branch-clone): alike on 64 bits only */
	if (option < CURLOPTTYPE_OBJECTPOINT) {
		code = function(curl, option, va_arg(arguments, long));
	} else if (option < CURLOPTTYPE_OFF_T || option >= CURLOPTTYPE_BLOB) {
		code = function(curl, option, va_arg(arguments, void *));
	} else {
		code = function(curl, option, va_arg(arguments, curl_off_t));
	}
	va_end(arguments);
	return code;
}

/* The value is a pointer, whatever it points at. */
CURLcode curl_easy_getinfo(CURL *curl, CURLINFO info, ...)
{
	__typeof__(curl_easy_getinfo) *function = FOUND(libcurl, curl_easy_getinfo);
	va_list arguments;
	va_start(arguments, info);
	CURLcode code = function(curl, info, va_arg(arguments, void *));
	va_end(arguments);
	return code;
}
