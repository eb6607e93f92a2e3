/* SPDX-License-Identifier: MIT */
#include "host-launcher/image/image_archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <criterion/criterion.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "host-launcher/base/digest.h"

static const struct image_facts facts = {
	.architecture = "i386",
	.epoch_s = 1700000000,
	.recipe = "sha256:00",
};

static int layer(void)
{
	int fd = memfd_create("layer", MFD_CLOEXEC);
	for (int i = 0; i < 100000; i++) {
		cr_assert_eq(write(fd, &i, sizeof(i)), sizeof(i));
	}
	return fd;
}

static int pack(int layer_fd, struct image_digests *digests)
{
	struct failure failure;
	int fd = memfd_create("image", MFD_CLOEXEC);
	cr_assert_eq(image_archive_write(layer_fd, &facts, fd, digests, &failure), 0, "%s",
		failure.text);
	lseek(fd, 0, SEEK_SET);
	return fd;
}

/* The entry's contents, or NULL. */
static char *unpack(int fd, const char *name, size_t *ret_length)
{
	char *data = NULL;
	struct archive *archive = archive_read_new();
	struct archive_entry *entry;
	lseek(fd, 0, SEEK_SET);
	archive_read_support_format_tar(archive);
	cr_assert_eq(archive_read_open_fd(archive, fd, 10240), ARCHIVE_OK);
	while (!data && archive_read_next_header(archive, &entry) == ARCHIVE_OK) {
		if (strcmp(archive_entry_pathname(entry), name) == 0) {
			*ret_length = (size_t)archive_entry_size(entry);
			data = calloc(1, *ret_length + 1);
			cr_assert_eq(archive_read_data(archive, data, *ret_length),
				(la_ssize_t)*ret_length);
		}
	}
	archive_read_free(archive);
	return data;
}

static void check_digest(const char *data, size_t length, const char *expected)
{
	char hex[DIGEST_HEX_LENGTH + 1];
	digest_of_text(data, length, hex);
	cr_assert_str_eq(hex, expected + strlen("sha256:"));
}

Test(image_archive, names_and_digests_are_those_of_the_contents)
{
	int layer_fd = layer();
	struct image_digests digests = { 0 };
	int fd = pack(layer_fd, &digests);
	size_t length = 0;

	char *manifest = unpack(fd, "manifest.json", &length);
	json_t *list = json_loads(manifest, 0, NULL);
	json_t *image = json_array_get(list, 0);
	const char *config_name = json_string_value(json_object_get(image, "Config"));
	const char *layer_name =
		json_string_value(json_array_get(json_object_get(image, "Layers"), 0));

	char *config = unpack(fd, config_name, &length);
	check_digest(config, length, digests.config);
	char *data = unpack(fd, layer_name, &length);
	cr_assert_eq(length, 400000);
	check_digest(data, length, digests.diff_id);
	cr_assert_not_null(strstr(config, digests.diff_id));

	free(data);
	free(config);
	json_decref(list);
	free(manifest);
	image_digests_finish(&digests);
	close(fd);
	close(layer_fd);
}

Test(image_archive, the_same_layer_gives_the_same_bytes)
{
	int layer_fd = layer();
	struct image_digests one = { 0 }, two = { 0 };
	int fds[2] = { pack(layer_fd, &one), pack(layer_fd, &two) };
	char hex[2][DIGEST_HEX_LENGTH + 1];
	for (int i = 0; i < 2; i++) {
		lseek(fds[i], 0, SEEK_SET);
		cr_assert_eq(digest_of_fd(fds[i], hex[i]), 0);
		close(fds[i]);
	}
	cr_assert_str_eq(hex[0], hex[1]);
	cr_assert_str_eq(one.config, two.config);
	image_digests_finish(&one);
	image_digests_finish(&two);
	close(layer_fd);
}

Test(image_archive, the_configuration_is_sorted_dated_and_in_the_engines_words)
{
	char *config = image_archive_config(&facts, "sha256:11");
	json_t *object = json_loads(config, 0, NULL);
	cr_assert_str_eq(json_string_value(json_object_get(object, "architecture")), "386");
	cr_assert_str_eq(
		json_string_value(json_object_get(object, "created")), "2023-11-14T22:13:20Z");
	char *sorted = json_dumps(object, JSON_COMPACT | JSON_SORT_KEYS);
	cr_assert_str_eq(config, sorted);
	free(sorted);
	json_decref(object);
	free(config);
}

Test(image_archive, a_full_disk_is_told)
{
	int layer_fd = layer();
	struct image_digests digests = { 0 };
	struct failure failure = { 0 };
	FILE *full = fopen("/dev/full", "w");
	cr_assert_eq(image_archive_write(layer_fd, &facts, fileno(full), &digests, &failure), -1);
	cr_assert_eq(failure.code, EXIT_WRITE);
	cr_assert_not_null(strstr(failure.text, "No space left"), "%s", failure.text);
	fclose(full);
	close(layer_fd);
}
