/* SPDX-License-Identifier: MIT */
/* Against an engine that is a child process and answers what a test tells it to. */
#include "host-launcher/engine/engine.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host-launcher/base/alloc.h"
#include "host-launcher/base/buffer.h"
#include "host-launcher/base/file.h"
#include "host-launcher/base/folder.h"
#include "host-launcher/engine/container.h"
#include "host-launcher/engine/engine_image.h"

#define OK(body)     "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" body
#define VERSION(api) "HTTP/1.1 200 OK\r\nApi-Version: " api "\r\nConnection: close\r\n\r\nOK"
#define PODMAN                                                                                     \
	"HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nLibpod-Api-Version: 4.3.1\r\n"                    \
	"Connection: close\r\n\r\nOK"
static char folder[] = "/tmp/berth-engine-XXXXXX";
static char *socket_path;
static char *url;
static pid_t server = -1;

static void set_up(void)
{
	/* Not Criterion's time limit: its runner may hang with it. */
	alarm(100);
	cr_assert_not_null(mkdtemp(folder));
	socket_path = alloc_printf("%s/s", folder);
	url = alloc_printf("unix://%s", socket_path);
}

static void tear_down(void)
{
	if (server > 0) {
		kill(server, SIGKILL);
		waitpid(server, NULL, 0);
	}
	folder_remove(AT_FDCWD, folder);
	free(socket_path);
	free(url);
}

TestSuite(engine, .init = set_up, .fini = tear_down);

static int listen_socket(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	strncpy(address.sun_path, socket_path, sizeof(address.sun_path) - 1);
	cr_assert_eq(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	cr_assert_eq(listen(fd, 8), 0);
	return fd;
}

/* Reads a request's head, and as much of a body as Content-Length says. */
static void read_request(int fd)
{
	struct buffer head = { 0 };
	char byte;
	while (!strstr(buffer_text(&head), "\r\n\r\n") && read(fd, &byte, 1) == 1) {
		buffer_append(&head, &byte, 1);
	}
	const char *length = strstr(buffer_text(&head), "Content-Length: ");
	long left = length ? strtol(length + strlen("Content-Length: "), NULL, 10) : 0;
	while (left-- > 0 && read(fd, &byte, 1) == 1) {
	}
	buffer_finish(&head);
}

/* One canned answer a connection; after the last one the engine is gone. */
static void serve(const char *const *answers)
{
	int listener = listen_socket();
	server = fork();
	if (server == 0) {
		for (; *answers; answers++) {
			int fd = accept(listener, NULL, NULL);
			read_request(fd);
			file_write_all(fd, *answers, strlen(*answers));
			close(fd);
		}
		_exit(0);
	}
	close(listener);
}

#define SERVE(...) serve((const char *const[]) { __VA_ARGS__, NULL })

static void refuse(int code, const char *words)
{
	struct engine *engine;
	struct failure failure = { 0 };
	cr_assert_eq(engine_open(url, &engine, &failure), -1);
	cr_assert_eq(failure.code, code, "%d: %s", failure.code, failure.text);
	cr_assert_not_null(strstr(failure.text, words), "%s", failure.text);
}

static struct engine *need(void)
{
	struct engine *engine;
	struct failure failure = { 0 };
	cr_assert_eq(engine_open(url, &engine, &failure), 0, "%s", failure.text);
	return engine;
}

Test(engine, no_socket_a_dead_one_and_a_forbidden_one)
{
	refuse(EXIT_NO_ENGINE, "no container engine at unix://");
	close(listen_socket());
	refuse(EXIT_NO_ENGINE, "answers at");
}

Test(engine, without_permission_it_says_so)
{
	if (geteuid() != 0) {
		cr_skip_test("needs root");
	}
	int fd = listen_socket();
	cr_assert_eq(chmod(folder, 0755), 0);
	cr_assert_eq(chmod(socket_path, 0600), 0);
	cr_assert_eq(seteuid(4711), 0);
	refuse(EXIT_PERMISSION, "sudo");
	cr_assert_eq(seteuid(0), 0);
	close(fd);
}

Test(engine, other_urls_are_refused)
{
	static const char *const bad[] = { "tcp://192.0.2.1:2375", "unix://relative", "", "/s" };
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct engine *engine;
		struct failure failure = { 0 };
		cr_assert_eq(engine_open(bad[i], &engine, &failure), -1);
		cr_assert_eq(failure.code, EXIT_USAGE);
	}
}

Test(engine, the_newest_version_both_know_is_used)
{
	SERVE(VERSION("1.41"));
	struct engine *engine = need();
	cr_assert_str_eq(engine_facts(engine)->api_version, "1.41");
	autofree char *path = engine_versioned(engine, "/x");
	cr_assert_str_eq(path, "/v1.41/x");
	engine_close(engine);
}

Test(engine, a_newer_engine_is_spoken_to_in_a_version_we_know)
{
	SERVE(VERSION("1.99"));
	struct engine *engine = need();
	cr_assert_str_eq(engine_facts(engine)->api_version, "1.51");
	engine_close(engine);
}

Test(engine, too_old)
{
	SERVE(VERSION("1.40"));
	refuse(EXIT_API, "speaks API version 1.40");
}

/* Whatever it is asked for first. */
Test(engine, too_new)
{
	SERVE(VERSION("1.99"), "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"
			       "{\"message\":\"client version 1.51 is too old\"}");
	struct engine *engine = need();
	struct engine_request request = {
		.method = "GET",
		.path = "/containers/json",
		.purpose = "list containers",
	};
	struct failure failure = { 0 };
	cr_assert_eq(engine_tell(engine, &request, NULL, &failure), -1);
	cr_assert_eq(failure.code, EXIT_API);
	cr_assert_not_null(strstr(failure.text, "needs a newer berth"));
	cr_assert_not_null(strstr(failure.text, "client version 1.51 is too old"));
	engine_close(engine);
}

Test(engine, docker_tells_more_if_asked)
{
	SERVE(VERSION("1.41"),
		OK("{\"ServerVersion\":\"9\",\"DockerRootDir\":\"/d\",\"LiveRestoreEnabled\":true,"
		   "\"SecurityOptions\":[\"name=apparmor\",\"name=seccomp,profile=default\"]}"));
	struct engine *engine = need();
	struct failure failure = { 0 };
	const struct engine_facts *facts = engine_facts(engine);
	cr_assert_eq(engine_learn(engine, &failure), 0);
	cr_assert_str_eq(facts->server_version, "9");
	cr_assert_str_eq(facts->root, "/d");
	cr_assert(facts->apparmor && facts->outlived);
	cr_assert_not(facts->podman || facts->rootless);
	engine_close(engine);
}

/* Nothing answers behind the greeting. */
Test(engine, podman_is_asked_for_no_more_than_its_greeting)
{
	SERVE(PODMAN);
	struct engine *engine = need();
	struct failure failure = { 0 };
	const struct engine_facts *facts = engine_facts(engine);
	cr_assert_eq(engine_learn(engine, &failure), 0);
	cr_assert_str_eq(facts->server_version, "4.3.1");
	cr_assert_null(facts->root);
	cr_assert(facts->podman && facts->apparmor && facts->outlived);
	engine_close(engine);
}

Test(engine, something_else_answers)
{
	SERVE(OK("<html>hello</html>"));
	refuse(EXIT_API, "speaks API version unknown");
}

Test(engine, an_error_page)
{
	SERVE("HTTP/1.1 500 Oops\r\nContent-Length: 4\r\n\r\nbad!");
	refuse(EXIT_API, "bad! (HTTP 500)");
}

Test(engine, no_http_at_all)
{
	SERVE("garbage");
	refuse(EXIT_NO_ENGINE, "lost the container engine");
}

Test(engine, hangs_up)
{
	SERVE("");
	refuse(EXIT_NO_ENGINE, "lost the container engine");
}

static int load(const char *answer, char **ret_loaded, struct failure *failure)
{
	char path[] = "/tmp/berth-archive-XXXXXX";
	int fd = mkstemp(path);
	unlink(path);
	cr_assert_eq(file_write_all(fd, "not a tar archive", 17), 0);
	SERVE(VERSION("1.41"), answer);
	struct engine *engine = need();
	int rc = engine_image_load(engine, fd, ret_loaded, failure);
	engine_close(engine);
	close(fd);
	return rc;
}

Test(engine, a_loaded_image_is_named)
{
	autofree char *loaded = NULL;
	struct failure failure = { 0 };
	cr_assert_eq(load(OK("{\"stream\":\"Loaded image: a:b\\n\"}\n"), &loaded, &failure), 0);
	cr_assert_str_eq(loaded, "a:b");
}

Test(engine, success_without_an_image_is_a_failure)
{
	autofree char *loaded = NULL;
	struct failure failure = { 0 };
	cr_assert_eq(load(OK(""), &loaded, &failure), -1);
	cr_assert_eq(failure.code, EXIT_IMAGE_LOAD);
}

Test(engine, an_error_within_success_is_a_failure)
{
	autofree char *loaded = NULL;
	struct failure failure = { 0 };
	cr_assert_eq(load(OK("{\"error\":\"unexpected EOF\"}\n"), &loaded, &failure), -1);
	cr_assert_eq(failure.code, EXIT_IMAGE_LOAD);
	cr_assert_not_null(strstr(failure.text, "unexpected EOF"));
}

static int inspect(const char *answer, struct engine_image *image, struct failure *failure)
{
	SERVE(VERSION("1.41"), answer);
	struct engine *engine = need();
	int rc = engine_image_inspect(engine, "a:b", image, failure);
	engine_close(engine);
	return rc;
}

Test(engine, an_image)
{
	struct engine_image image;
	struct failure failure = { 0 };
	cr_assert_eq(inspect(OK("{\"Id\":\"i\",\"RootFS\":{\"Layers\":[\"1\",\"2\"]}}"), &image,
			     &failure),
		1);
	cr_assert_eq(image.diff_id_count, 2);
	cr_assert_str_eq(image.diff_ids[1], "2");
	engine_image_finish(&image);
}

Test(engine, no_image)
{
	struct engine_image image;
	struct failure failure = { 0 };
	cr_assert_eq(
		inspect("HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\n{}", &image, &failure),
		0);
}

Test(engine, an_image_that_makes_no_sense)
{
	struct engine_image image;
	struct failure failure = { 0 };
	cr_assert_eq(
		inspect(OK("{\"Id\":\"i\",\"RootFS\":{\"Layers\":[7]}}"), &image, &failure), -1);
	cr_assert_eq(failure.code, EXIT_API);
}

/* --- what podman has to be asked for again ---------------------------------------------------- */

#define ANSWER(status) "HTTP/1.1 " status "\r\nConnection: close\r\n\r\n"
#define BUSY           ANSWER("500 Internal Server Error") "{\"message\":\"directory not empty\"}"
#define MEANWHILE                                                                                  \
	ANSWER("500 Internal Server Error") "{\"message\":\"volume cache already exists\"}"
#define CREATED(body) ANSWER("201 Created") body

static int create_volume(char **ret_folder, struct failure *failure)
{
	struct engine *engine = need();
	int rc = container_create_volume(engine, "cache", "label", "yes", ret_folder, failure);
	engine_close(engine);
	return rc;
}

static int remove_it(struct failure *failure)
{
	struct engine *engine = need();
	int rc = container_remove(engine, "x", failure);
	engine_close(engine);
	return rc;
}

Test(engine, podman_is_asked_again_for_a_removal_that_failed)
{
	SERVE(PODMAN, BUSY, BUSY, ANSWER("204 No Content"));
	struct failure failure = { 0 };
	cr_assert_eq(remove_it(&failure), 0, "%s", failure.text);
}

Test(engine, a_removal_that_fails_is_told_in_the_end)
{
	SERVE(PODMAN, BUSY, BUSY, BUSY, BUSY, BUSY);
	struct failure failure = { 0 };
	cr_assert_eq(remove_it(&failure), -1);
	cr_assert_eq(failure.code, EXIT_INTERNAL);
	cr_assert_not_null(strstr(failure.text, "directory not empty"), "%s", failure.text);
}

Test(engine, docker_is_not_asked_again)
{
	SERVE(VERSION("1.41"), BUSY);
	struct failure failure = { 0 };
	cr_assert_eq(remove_it(&failure), -1);
	cr_assert_not_null(strstr(failure.text, "directory not empty"), "%s", failure.text);
}

Test(engine, a_removal_that_is_under_way_is_waited_for)
{
	SERVE(VERSION("1.41"), ANSWER("409 Conflict"), OK("{\"StatusCode\":0}"));
	struct failure failure = { 0 };
	cr_assert_eq(remove_it(&failure), 0, "%s", failure.text);
}

/* Two that begin at once name the same cache. */
Test(engine, podman_is_asked_again_for_a_volume_that_came_meanwhile)
{
	SERVE(PODMAN, MEANWHILE, CREATED("{\"Name\":\"cache\",\"Mountpoint\":\"/v/cache\"}"));
	struct failure failure = { 0 };
	autofree char *where = NULL;
	cr_assert_eq(create_volume(&where, &failure), 0, "%s", failure.text);
	cr_assert_str_eq(where, "/v/cache");
}

Test(engine, a_volume_that_docker_does_not_create_is_told_at_once)
{
	SERVE(VERSION("1.41"), MEANWHILE);
	struct failure failure = { 0 };
	autofree char *where = NULL;
	cr_assert_eq(create_volume(&where, &failure), -1);
	cr_assert_eq(failure.code, EXIT_CANNOT_START);
	cr_assert_not_null(strstr(failure.text, "already exists"), "%s", failure.text);
}
