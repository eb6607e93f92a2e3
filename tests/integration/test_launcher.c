/* SPDX-License-Identifier: MIT */
/* `berth build` with an engine that splits what it sends at every byte, breaks off and talks
 * nonsense. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/integration/scene.h"

#define ARGS(...) ((const char *const[]) { __VA_ARGS__, NULL })
#define NONE      ((const char *const[]) { NULL })

static struct scene scene;

static void set_up(void)
{
	/* Not Criterion's time limit: its runner may hang with it. */
	alarm(200);
	scene_init(&scene);
}

static void tear_down(void)
{
	scene_finish(&scene);
}

TestSuite(launcher, .init = set_up, .fini = tear_down);

static void build(const char *const *engine, int code)
{
	scene_engine(&scene, engine);
	scene_start(&scene, NONE);
	scene_end(&scene);
	cr_assert_eq(scene.code, code, "ended with %d: %s", scene.code, scene.errors);
}

static bool says(const char *text)
{
	return strstr(scene.errors, text);
}

/* As for an engine that sees none of our files: what it would mount is sent. */
static const char *const uploading[] = { "--source-upload", NULL };

/* The container and its volume were removed. */
static bool is_tidy(void)
{
	return strstr(scene.record, "DELETE /v1.41/containers/berth-") &&
	       strstr(scene.record, "DELETE /v1.41/volumes/berth-work-");
}

Test(launcher, every_byte_apart_is_the_same_log)
{
	build(ARGS("split=1", "log=one\ntwo\nthree", "code=3"), 3);
	cr_assert_str_eq(scene.output, "one\ntwo\nthree");
	char *log = scene_read(&scene, "artifacts.failed/build.log");
	cr_assert_str_eq(log, "one\ntwo\nthree");
	free(log);
	cr_assert(is_tidy());
}

Test(launcher, exit_codes_are_the_builds_own)
{
	build(ARGS("code=137", "log=x\n"), 137);
	cr_assert(says("code 137"));
}

/* Podman does not tell of it where the container's first process lived. */
Test(launcher, want_of_memory_that_berth_init_saw_alone)
{
	build(ARGS("code=3", "oom=yes", "log=x\n"), 85);
	cr_assert(says("ran out of memory"), "%s", scene.errors);
	char *iso = scene_read(&scene, "artifacts.failed/x");
	cr_assert_str_eq(iso, "iso\n");
	free(iso);
	cr_assert(is_tidy());
}

Test(launcher, want_of_memory_that_a_build_got_over)
{
	build(ARGS("code=0", "oom=yes", "log=x\n"), 0);
}

/* The results come all the same. */
static void build_without_word_of_init(const char *fault)
{
	build(ARGS("code=3", fault, "log=x\n"), 3);
	char *iso = scene_read(&scene, "artifacts.failed/x");
	cr_assert_str_eq(iso, "iso\n");
	free(iso);
	cr_assert(is_tidy());
}

Test(launcher, an_engine_that_hangs_up_when_asked_for_the_word_of_berth_init)
{
	build_without_word_of_init("oom=hangup");
}

Test(launcher, an_engine_that_talks_nonsense_of_the_word_of_berth_init)
{
	build_without_word_of_init("oom=html");
}

/* The log from where it broke, exactly once. */
static void build_whole(const char *fault, const char *other)
{
	char expected[600000] = "";
	size_t length = 0;
	for (int i = 1; i <= 60000; i++) {
		length += (size_t)sprintf(expected + length, "%d\n", i);
	}
	build(ARGS("lines=60000", "single=1", fault, other), 0);
	cr_assert_eq(strlen(scene.output), length, "%zu bytes instead of %zu: %s",
		strlen(scene.output), length, scene.errors);
	cr_assert(strcmp(scene.output, expected) == 0);
	cr_assert(is_tidy());
}

Test(launcher, a_log_that_breaks_off_is_followed_from_there)
{
	build_whole("attach=break", NULL);
}

Test(launcher, a_log_that_breaks_off_inside_a_frame_is_followed_from_there)
{
	build_whole("attach=inside", NULL);
}

/* As docker 20.10 does. */
Test(launcher, a_record_that_was_followed_is_read_to_its_end)
{
	build_whole("attach=break", "logs=early");
}

/* Both streams broke in good order, as when an engine is started anew. */
Test(launcher, a_log_that_broke_off_is_whole_though_the_container_ended_meanwhile)
{
	build_whole("attach=vanish", "wait=late-gone");
}

/* Minutes of it, where it is long. */
Test(launcher, a_log_is_not_read_twice_because_the_engine_is_slow_to_tell_the_end)
{
	build_whole("wait=late-told", NULL);
	cr_assert_null(strstr(scene.record, "/logs?"), "%s", scene.record);
}

/* It says so when it is asked. */
Test(launcher, an_end_that_the_engine_never_tells)
{
	build(ARGS("code=7", "log=x\n", "wait=late-never"), 7);
	cr_assert(says("does not tell that the build has ended"), "%s", scene.errors);
	cr_assert(is_tidy());
}

/* As if it had lost sight of the container. */
Test(launcher, an_engine_that_tells_of_no_end_at_all_is_asked)
{
	build(ARGS("code=7", "log=x\n", "wait=late-never", "attach=stay"), 7);
	cr_assert(says("does not tell that the build has ended"), "%s", scene.errors);
	cr_assert_null(strstr(scene.errors, "may not be whole"), "%s", scene.errors);
	cr_assert_str_eq(scene.output, "x\n");
	cr_assert(is_tidy());
}

Test(launcher, a_log_that_the_engine_does_not_end_is_read_from_its_record)
{
	build_whole("attach=stay", NULL);
	cr_assert(strstr(scene.record, "/logs?"), "%s", scene.record);
	cr_assert_null(strstr(scene.errors, "may not be whole"), "%s", scene.errors);
}

Test(launcher, a_log_that_the_engine_does_not_end_is_not_waited_for_for_ever)
{
	build_whole("attach=stay", "logs=stay!");
	cr_assert(says("the log may not be whole"));
}

Test(launcher, nonsense_in_a_log_is_left_out)
{
	build_whole("attach=nonsense", NULL);
	cr_assert(says("makes no sense"));
}

Test(launcher, a_log_that_stays_broken_is_said_to_be_and_the_code_counts)
{
	scene_engine(&scene, ARGS("log=abcdef", "attach=break", "logs=text!", "code=5", "hold=1"));
	scene_start(&scene, NONE);
	scene_await(&scene, "err", "the log is not whole");
	cr_assert_eq(kill(scene.berth, SIGTERM), 0);
	scene_end(&scene);
	cr_assert_eq(scene.code, 143);
	cr_assert_str_eq(scene.output, "abc");
}

Test(launcher, a_log_that_is_followed_and_always_ends_too_early_is_given_up)
{
	scene_engine(&scene, ARGS("log=abcdef", "logs=short!", "hold=1", "running=1"));
	scene_start_command(&scene, ARGS("logs", "--follow"));
	scene_end(&scene);
	cr_assert(says("the log is not whole"), "%s", scene.errors);
	cr_assert_str_eq(scene.output, "abc");
}

Test(launcher, an_end_that_is_cut_off_is_asked_for_again)
{
	build(ARGS("wait=late-cut", "log=x\n", "code=9"), 9);
	cr_assert(is_tidy());
}

/* As podman answers for a container whose code it has forgotten. */
Test(launcher, an_end_without_a_code_is_asked_for_elsewhere)
{
	build(ARGS("wait=late-error", "log=x\n", "code=9"), 9);
	cr_assert(says("the engine says of the container's end: no such exit code"));
	cr_assert(is_tidy());
}

Test(launcher, an_end_with_no_possible_code_is_asked_for_elsewhere)
{
	build(ARGS("wait=late-unknown", "log=x\n", "code=9"), 9);
	cr_assert(is_tidy());
}

Test(launcher, a_lost_wait_goes_on_waiting)
{
	build(ARGS("wait=late-hangup", "hold=wait", "lines=10000", "code=4"), 4);
	cr_assert(says("looking for the build") && says("the build goes on"), "%s", scene.errors);
}

Test(launcher, an_engine_that_goes_silent_is_74)
{
	build(ARGS("log=x\n", "attach=break", "wait=late-hangup", "gone=1"), 74);
	cr_assert(says("lost the container engine during the build"));
}

/* Before the container runs: refused, told why, and cleaned up. */
static void refuse(const char *fault, int code, const char *words)
{
	build(ARGS("log=x\n", fault), code);
	cr_assert(says(words), "%s: %s", fault, scene.errors);
	cr_assert_null(strstr(scene.errors, "\x01"), "control bytes");
}

Test(launcher, refusal_of_create_in_plain_text)
{
	refuse("create=text", 82, "plain words (HTTP 500)");
	cr_assert(is_tidy(), "what an answer said may not be what was done");
}

Test(launcher, refusal_of_create_by_a_page)
{
	refuse("create=html", 82, "(HTTP 502)");
	cr_assert_lt(strlen(scene.errors), 2000);
}

Test(launcher, create_without_an_id)
{
	refuse("create=empty", 71, "no ID");
	cr_assert(is_tidy());
}

Test(launcher, create_of_another_type)
{
	refuse("create=string", 71, "no ID");
}

Test(launcher, create_that_hangs_up)
{
	refuse("create=hangup", 69, "lost the container engine");
	cr_assert(is_tidy());
}

Test(launcher, create_with_garbage)
{
	refuse("create=garbage", 69, "lost the container engine");
}

Test(launcher, create_that_is_cut_off)
{
	refuse("create=cut", 69, "lost the container engine");
	cr_assert(is_tidy());
}

Test(launcher, refusal_of_upload)
{
	scene_engine(&scene, ARGS("log=x\n", "upload=text"));
	scene_start(&scene, uploading);
	scene_end(&scene);
	cr_assert_eq(scene.code, 82, "ended with %d: %s", scene.code, scene.errors);
	cr_assert(says("put berth's files into the container: plain words"), "%s", scene.errors);
	cr_assert(is_tidy());
}

Test(launcher, refusal_of_attach)
{
	refuse("attach=text", 82, "attach to the container: plain words");
	cr_assert(is_tidy());
}

Test(launcher, refusal_of_wait)
{
	refuse("wait=html", 82, "(HTTP 502)");
	cr_assert(is_tidy());
}

Test(launcher, refusal_of_start)
{
	refuse("start=text", 82, "start the container: plain words");
	cr_assert(is_tidy());
}

Test(launcher, a_version_of_another_type)
{
	refuse("version=string", 71, "speaks API version unknown");
}

Test(launcher, results_that_are_cut_off_are_no_success)
{
	build(ARGS("log=x\n", "archive=half"), 78);
	cr_assert(is_tidy());
}

Test(launcher, results_that_hang_up_are_no_success)
{
	build(ARGS("log=x\n", "archive=hangup"), 74);
	cr_assert(is_tidy());
}

/* Removed, as after any failure. */
static void wait_for_results(const char *fault)
{
	setenv("BERTH_LAUNCHER", BERTH_HURRIED, 1);
	build(ARGS("log=x\n", fault), 74);
	cr_assert(says("did not send the results: nothing came for 120 s"), "%s", scene.errors);
	cr_assert(says("with --on-failure keep, berth attach can fetch"), "%s", scene.errors);
	cr_assert(is_tidy());
}

Test(launcher, results_that_never_come_are_not_waited_for_for_ever)
{
	wait_for_results("archive=hang");
}

Test(launcher, results_that_stop_half_way_are_not_waited_for_for_ever)
{
	wait_for_results("archive=stay");
}

Test(launcher, the_word_of_berth_init_is_not_waited_for_for_ever)
{
	setenv("BERTH_LAUNCHER", BERTH_HURRIED, 1);
	build_without_word_of_init("oom=hang");
}

Test(launcher, results_that_never_came_are_left_to_be_fetched_later)
{
	char record[64];
	const char *said;
	setenv("BERTH_LAUNCHER", BERTH_HURRIED, 1);
	scene_engine(&scene, ARGS("log=x\n", "archive=hang"));
	scene_start(&scene, ARGS("--on-failure", "keep"));
	scene_end(&scene);
	cr_assert_eq(scene.code, 74, "%d: %s", scene.code, scene.errors);
	said = strstr(scene.errors, "with its results: berth attach ");
	cr_assert(said, "%s", scene.errors);
	cr_assert_null(strstr(scene.record, "DELETE "), "%s", scene.record);
	snprintf(record, sizeof(record), "state/runs/%.10s.json",
		said + strlen("with its results: berth attach "));
	char *text = scene_read(&scene, record);
	cr_assert(strstr(text, "detached"), "%s: %s", record, text);
	free(text);
}

/* A signal while the engine does not answer is not kept waiting. */
static void stop_during(const char *fault, const char *request, const char *const *arguments)
{
	scene_engine(&scene, ARGS("log=x\n", fault));
	scene_start(&scene, arguments);
	scene_await(&scene, "record", request);
	cr_assert_eq(kill(scene.berth, SIGINT), 0);
	scene_end(&scene);
	cr_assert_eq(scene.code, 130, "%d: %s", scene.code, scene.errors);
	cr_assert(is_tidy(), "%s", scene.record);
}

Test(launcher, a_signal_while_the_container_is_created)
{
	stop_during("create=hang", "/containers/create", NONE);
}

Test(launcher, a_signal_while_files_are_uploaded)
{
	stop_during("upload=hang", "PUT ", uploading);
}

Test(launcher, a_signal_while_attaching)
{
	stop_during("attach=hang", "/attach", NONE);
}

Test(launcher, a_signal_while_starting)
{
	stop_during("start=hang", "/start", NONE);
}

Test(launcher, a_signal_while_results_are_fetched)
{
	stop_during("archive=hang",
		"GET /v1.41/containers/0123456789abcdef0123456789abcdef0123456"
		"789abcdef0123456789abcdef/archive",
		NONE);
}

/* Of a build that has failed, so its code stays. */
Test(launcher, a_signal_while_berth_init_is_asked_after)
{
	scene_engine(&scene, ARGS("log=x\n", "code=3", "oom=hang"));
	scene_start(&scene, NONE);
	scene_await(&scene, "record", "result.json");
	cr_assert_eq(kill(scene.berth, SIGINT), 0);
	scene_end(&scene);
	cr_assert_eq(scene.code, 3, "%d: %s", scene.code, scene.errors);
	cr_assert(is_tidy(), "%s", scene.record);
}

Test(launcher, the_third_signal_does_not_wait_for_the_removal)
{
	scene_engine(&scene, ARGS("log=x\n", "remove=hang!"));
	scene_start(&scene, NONE);
	scene_await(&scene, "record", "DELETE ");
	cr_assert_eq(kill(scene.berth, SIGTERM), 0);
	scene_await(&scene, "err", "does not help");
	cr_assert_eq(kill(scene.berth, SIGTERM), 0);
	scene_await(&scene, "err", "leaves it behind");
	cr_assert_eq(kill(scene.berth, SIGTERM), 0);
	scene_end(&scene);
	cr_assert_eq(scene.code, 0, "the build itself succeeded: %s", scene.errors);
	cr_assert(says("may be left"));
}

/* Nothing of an image that was being made. */
static bool is_swept(void)
{
	char path[128];
	snprintf(path, sizeof(path), "%s/tmp", scene.folder);
	return rmdir(path) == 0;
}

static void stop_load(const char *const *arguments)
{
	setenv("SOURCE_DATE_EPOCH", "1", 1);
	scene_engine(&scene, ARGS("load=hang"));
	scene_start_command(&scene, arguments);
	scene_await(&scene, "record", "/images/load");
	cr_assert_eq(kill(scene.berth, SIGTERM), 0);
	scene_end(&scene);
	cr_assert_eq(scene.code, 143, "%d: %s", scene.code, scene.errors);
	cr_assert(is_swept());
}

Test(launcher, a_signal_while_an_image_that_was_made_is_loaded)
{
	stop_load(ARGS("image", "build"));
	cr_assert(says("stopped by signal TERM before the image was pinned"), "%s", scene.errors);
}

Test(launcher, a_signal_while_the_archive_of_an_image_is_loaded)
{
	stop_load(ARGS("image", "load", "config/base_branch"));
}

Test(launcher, a_load_that_stands_still_is_given_up)
{
	setenv("BERTH_LAUNCHER", BERTH_HURRIED, 1);
	scene_engine(&scene, ARGS("load=hang"));
	scene_start_command(&scene, ARGS("image", "load", "config/base_branch"));
	scene_end(&scene);
	cr_assert_eq(scene.code, 69, "%d: %s", scene.code, scene.errors);
	cr_assert(says("for 30 min on the way to load the image"), "%s", scene.errors);
}
