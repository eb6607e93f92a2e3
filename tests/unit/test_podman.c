/* SPDX-License-Identifier: MIT */
#include "host-launcher/engine/podman.h"

#include <criterion/criterion.h>

#include "host-launcher/base/alloc.h"

static void expect_json(const json_t *value, const char *text)
{
	autofree char *got = json_dumps(value, JSON_COMPACT | JSON_SORT_KEYS);
	cr_expect_str_eq(got, text);
}

Test(podman, volumes_and_tmpfs_are_as_with_docker)
{
	json_auto_t *body = json_loads(
		"{\"HostConfig\":{\"Mounts\":["
		"{\"Type\":\"bind\",\"Source\":\"/s\",\"Target\":\"/src\",\"ReadOnly\":true},"
		"{\"Type\":\"tmpfs\",\"Target\":\"/src/.git\",\"ReadOnly\":true},"
		"{\"Type\":\"volume\",\"Source\":\"w\",\"Target\":\"/work\","
		"\"VolumeOptions\":{\"NoCopy\":true}},"
		"{\"Type\":\"volume\",\"Source\":\"c\",\"Target\":\"/c\",\"ReadOnly\":true}],"
		"\"Tmpfs\":{\"/ram\":\"rw,size=1\",\"/none\":\"\"}}}",
		0, NULL);
	podman_adapt_body(body);
	expect_json(body,
		"{\"HostConfig\":{"
		"\"Binds\":[\"w:/work:rw,dev,suid,exec,nocopy\",\"c:/c:ro,dev,suid,exec\"],"
		"\"Mounts\":[{\"ReadOnly\":true,\"Source\":\"/s\",\"Target\":\"/src\","
		"\"Type\":\"bind\"}],"
		"\"Tmpfs\":{\"/none\":\"notmpcopyup\",\"/ram\":\"rw,size=1,notmpcopyup\","
		"\"/src/.git\":\"ro,notmpcopyup\"}}}");
}

static void expect_mount(const char *source, bool flat, const char *binds)
{
	json_auto_t *body = json_pack("{s:{s:[{s:s,s:s,s:s,s:b,s:{s:b}}],s:[s]}}", "HostConfig",
		"Mounts", "Type", "bind", "Source", source, "Target", "/t", "ReadOnly", 1,
		"BindOptions", "NonRecursive", flat, "Binds", "w:/work:rw");
	podman_adapt_mounts(body);
	const json_t *host_config = json_object_get(body, "HostConfig");
	size_t left = binds ? 0 : 1;
	cr_expect_eq(json_array_size(json_object_get(host_config, "Mounts")), left, "%s", source);
	expect_json(json_object_get(host_config, "Binds"), binds ? binds : "[\"w:/work:rw\"]");
}

Test(podman, folders_are_told_where_their_names_are_not_split)
{
	expect_mount("/a b", true, NULL);
	expect_mount("/a:b", true, NULL);
	expect_mount("/a,b", true, "[\"w:/work:rw\",\"/a,b:/t:ro,bind\"]");
	expect_mount("/a\"b", false, "[\"w:/work:rw\",\"/a\\\"b:/t:ro,rbind\"]");
	expect_mount("/a:,b", true, NULL);
	cr_expect(podman_can_mount("/a:b") && podman_can_mount("/a,b"));
	cr_expect_not(podman_can_mount("/a:,b") || podman_can_mount("/a:\"b"));
}

Test(podman, what_it_tells_is_what_it_takes)
{
	json_auto_t *told = json_loads(
		"{\"Tmpfs\":{\"/src/.git\":\"ro,rprivate\"},\"Ulimits\":["
		"{\"Name\":\"RLIMIT_NOFILE\",\"Hard\":2,\"Soft\":1},{\"Name\":\"nproc\"},{}]}",
		0, NULL);
	podman_adapt_told(told);
	expect_json(told, "{\"Tmpfs\":{\"/src/.git\":\"ro,rprivate,notmpcopyup\"},\"Ulimits\":["
			  "{\"Hard\":2,\"Name\":\"nofile\",\"Soft\":1},{\"Name\":\"nproc\"},{}]}");
	podman_adapt_told(NULL);
}
