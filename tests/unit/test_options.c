/* SPDX-License-Identifier: MIT */
#include "host-launcher/options/options.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host-launcher/base/alloc.h"
#include "host-launcher/options/option_store.h"

static const struct command table[] = {
	{ "build", COMMAND_BUILD, 0, 1, true, "[SRC]", "", NULL },
	{ "gitinfo", COMMAND_GITINFO, 0, 1, false, "[SRC]", "", NULL },
	{ "config", COMMAND_CONFIG, 0, 1, false, "[SRC]", "", NULL },
	{ "image load", COMMAND_IMAGE_LOAD, 1, 1, false, "FILE", "", NULL },
	{ NULL },
};

#define ARGV(...) ((const char *const[]) { __VA_ARGS__, NULL })

static int parse(const char *const *argv, struct options *options, struct failure *failure)
{
	int argc = 0;
	while (argv[argc]) {
		argc++;
	}
	return options_parse(table, argc, argv, options, failure);
}

static void need(const char *const *argv, struct options *options)
{
	struct failure failure = { 0 };
	cr_assert_eq(parse(argv, options, &failure), 0, "%s", failure.text);
}

static void refuse(const char *const *argv, const char *words)
{
	struct options options;
	struct failure failure = { 0 };
	cr_assert_eq(parse(argv, &options, &failure), -1, "%s", words);
	cr_assert_eq(failure.code, EXIT_USAGE);
	cr_assert_not_null(strstr(failure.text, words), "%s", failure.text);
}

Test(options, defaults)
{
	struct options options;
	need(ARGV("build"), &options);
	cr_assert_null(options.engine);
	cr_assert_str_eq(options.artifacts, "artifacts");
	cr_assert_str_eq(options.proxy, "builtin");
	cr_assert_eq(options.stop_timeout_ms, 60000);
	cr_assert_eq(options.build_timeout_ms, 0);
	cr_assert_not(options.json);
	options_finish(&options);
}

Test(options, every_spelling)
{
	struct options options;
	need(ARGV("-qC/x", "build", "--env", "A=1", "--env=B=", "src", "--ram",
		     "--build-timeout=1.5h", "-v", "--", "--json", "x y"),
		&options);
	cr_assert(options.quiet);
	cr_assert(options.verbose);
	cr_assert_eq(options.ram, OPTIONS_RAM_ON);
	cr_assert_not(options.json);
	cr_assert_str_eq(options.directory, "/x");
	cr_assert_eq(options.env.count, 2);
	cr_assert_str_eq(options.env.items[1], "B=");
	cr_assert_eq(options.words.count, 1);
	cr_assert_eq(options.build_timeout_ms, 5400000);
	cr_assert_eq(options.build_arguments.count, 2);
	cr_assert_str_eq(options.build_arguments.items[0], "--json");
	options_finish(&options);
}

Test(options, a_command_of_two_words)
{
	struct options options;
	need(ARGV("image", "--json", "load", "file"), &options);
	cr_assert_eq(options.command->bit, COMMAND_IMAGE_LOAD);
	cr_assert_str_eq(options.words.items[0], "file");
	options_finish(&options);
	refuse(ARGV("image"), "only the beginning of a command");
	refuse(ARGV("image", "laod", "x"), "did you mean image load?");
	refuse(ARGV("image", "load"), "usage: berth image load");
}

Test(options, the_same_name_means_what_the_command_says)
{
	struct options options;
	need(ARGV("gitinfo", "--env"), &options);
	cr_assert(options.env_format);
	options_finish(&options);
	refuse(ARGV("build", "--env"), "--env needs KEY=VALUE");
}

Test(options, mistakes_are_named_with_a_hint)
{
	refuse(ARGV("biuld"), "did you mean build?");
	refuse(ARGV("build", "--articats=x"), "did you mean --artifacts?");
	refuse(ARGV("build", "--xyzzy"), "unknown option --xyzzy");
	refuse(ARGV("build", "-x"), "unknown option -x");
	refuse(ARGV("gitinfo", "--ram"), "--ram is no option of berth gitinfo");
	refuse(ARGV("--ram", "build"), "must come after the command");
	refuse(ARGV("build", "--json=1"), "--json takes no value");
	refuse(ARGV("build", "--artifacts"), "--artifacts needs DIR");
	refuse(ARGV("build", "--artifacts="), "--artifacts cannot be ''");
	refuse(ARGV("build", "--on-failure=maybe"), "expected remove|keep");
	refuse(ARGV("build", "--on-failure=rem"), "expected remove|keep");
	refuse(ARGV("build", "--stop-timeout=5 parsecs"), "expected TIME");
	refuse(ARGV("build", "--ram=much"), "expected SIZE");
	refuse(ARGV("build", "--ram=5"), "expected SIZE");
	refuse(ARGV("build", "--cpus=0"), "expected N");
	refuse(ARGV("build", "--cpus=2x"), "expected N");
	refuse(ARGV("build", "--memory=0"), "expected SIZE");
	refuse(ARGV("build", "--date-offset=soon"), "expected DAYS");
	refuse(ARGV("build", "a", "b"), "usage: berth build");
	refuse(ARGV("gitinfo", "--", "x"), "takes nothing after --");
}

Test(options, flags_win_over_variables_which_win_over_defaults)
{
	struct options options;
	setenv("BERTH_PROXY", "none", 1);
	setenv("BERTH_CACHE", "mine", 1);
	setenv("BERTH_ALLOW_DIRTY", "yes", 1);
	setenv("BERTH_JSON", "0", 1);
	setenv("BERTH_ARTIFACTS", "", 1);
	need(ARGV("build", "--proxy=builtin"), &options);
	cr_assert_str_eq(options.proxy, "builtin");
	cr_assert_str_eq(options.cache, "mine");
	cr_assert_str_eq(options.artifacts, "artifacts");
	cr_assert(options.allow_dirty);
	cr_assert_not(options.json);
	options_finish(&options);
	setenv("BERTH_ENGINE", "unix:///e", 1);
	need(ARGV("build"), &options);
	cr_assert_str_eq(options.engine, "unix:///e");
	options_finish(&options);
	setenv("BERTH_ALLOW_DIRTY", "perhaps", 1);
	refuse(ARGV("build"), "BERTH_ALLOW_DIRTY cannot be 'perhaps'");
}

static char folder[] = "/tmp/berth-options-XXXXXX";

/* Files of all three layers in a folder of the test's own. */
static void write_file(const char *name, const char *text)
{
	autofree char *command = alloc_printf("mkdir -p \"$(dirname %s/%s)\"", folder, name);
	cr_assert_eq(system(command), 0);
	autofree char *path = alloc_printf("%s/%s", folder, name);
	FILE *file = fopen(path, "w");
	cr_assert_not_null(file);
	fputs(text, file);
	fclose(file);
}

static void use_folder(void)
{
	cr_assert_not_null(mkdtemp(folder));
	setenv("HOME", folder, 1);
	unsetenv("XDG_CONFIG_HOME");
	unsetenv("TAILS_BUILD_OPTIONS");
	cr_assert_eq(chdir(folder), 0);
}

static void remove_folder(void)
{
	autofree char *command = alloc_printf("rm -r %s", folder);
	cr_assert_eq(system(command), 0);
}

TestSuite(layers, .init = use_folder, .fini = remove_folder);

static void expect_origin(const struct options *options, const char *name, const char *expected)
{
	const char *origin = option_origin(options, option_find(name, COMMAND_BUILD));
	cr_assert_str_eq(origin ? origin : "built in", expected, "%s", name);
}

Test(layers, each_wins_over_those_below_it)
{
	struct options options;
	write_file(".config/berth/berth.ini",
		"[berth]\nBuildTimeout=1s\nStopTimeout=2s\nCompression=fast\nCpus=3\nKeep=yes\n"
		"Env=A=user\n");
	write_file("src/config/berth.ini",
		"; a source tree's\n[berth]\nBuildTimeout=10s\nStopTimeout=20s\n"
		"Compression=default\nEnv=A=source\n");
	setenv("TAILS_BUILD_OPTIONS", "fastcomp cpus=4 noram", 1);
	setenv("BERTH_CPUS", "5", 1);
	setenv("BERTH_STOP_TIMEOUT", "30s", 1);
	setenv("BERTH_KEEP", "no", 1);
	need(ARGV("build", "src", "--stop-timeout=40s", "--env=A=flag"), &options);
	cr_assert_eq(options.build_timeout_ms, 10000);
	cr_assert_eq(options.stop_timeout_ms, 40000);
	cr_assert_str_eq(options.compression, "fast");
	cr_assert_eq(options.cpus, 5);
	cr_assert_eq(options.ram, OPTIONS_RAM_OFF);
	cr_assert_not(options.keep);
	cr_assert_eq(options.env.count, 3);
	cr_assert_str_eq(options.env.items[2], "A=flag");
	expect_origin(&options, "build-timeout", "src/config/berth.ini:3");
	expect_origin(&options, "stop-timeout", "--stop-timeout");
	expect_origin(&options, "compression", "TAILS_BUILD_OPTIONS (fastcomp)");
	expect_origin(&options, "cpus", "BERTH_CPUS");
	expect_origin(&options, "proxy", "built in");
	options_finish(&options);
	write_file("own.ini", "[berth]\nCpus=9\n");
	unsetenv("BERTH_CPUS");
	unsetenv("TAILS_BUILD_OPTIONS");
	need(ARGV("config", "--config", "own.ini", "src"), &options);
	cr_assert_eq(options.cpus, 9);
	cr_assert_eq(options.build_timeout_ms, 10000);
	options_finish(&options);
	need(ARGV("-C", "src", "build"), &options);
	cr_assert_eq(options.build_timeout_ms, 10000);
	options_finish(&options);
}

static void refuse_file(const char *text, const char *words)
{
	struct options options;
	struct failure failure = { 0 };
	write_file("src/config/berth.ini", text);
	cr_assert_eq(parse(ARGV("build", "src"), &options, &failure), -1, "%s", words);
	cr_assert_eq(failure.code, EXIT_SYNTAX);
	cr_assert_not_null(strstr(failure.text, words), "%s", failure.text);
}

Test(layers, a_source_tree_may_not_set_what_reaches_the_host)
{
	static const char *const keys[] = { "Artifacts=/etc", "Engine=tcp://x", "CapAdd=ALL",
		"AllowImageMismatch=x", "ImageFile=/x", "InitConfig=/x", "Proxy=external=http://x",
		"Cache=x", "OnFailure=keep", "AllowDirty=yes", "Memory=1G", "Config=/x" };
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		autofree char *text = alloc_printf("[berth]\n%s\n", keys[i]);
		refuse_file(text, "is not for a source tree to set");
	}
}

Test(layers, mistakes_in_files_have_their_line)
{
	refuse_file("[berth]\nBuildTimout=1s\n",
		"src/config/berth.ini:2:1: error: unknown key BuildTimout=, did you mean "
		"BuildTimeout=?");
	refuse_file("[build]\n", "unknown section [build], expected [berth]");
	refuse_file("[berth]\n\nBuildTimeout=soon\n", ":3:1: error: BuildTimeout cannot be 'soon'");
	refuse_file("[berth]\nJson=maybe\n", "not for a source tree");
	refuse(ARGV("build", "--config"), "--config needs FILE");
}

Test(layers, a_file_that_was_asked_for_must_be_there)
{
	struct options options;
	struct failure failure = { 0 };
	cr_assert_eq(parse(ARGV("build", "--config", "absent.ini"), &options, &failure), -1);
	cr_assert_not_null(strstr(failure.text, "there is no absent.ini"), "%s", failure.text);
	need(ARGV("build", "--config", "absent.ini", "--help"), &options);
	options_finish(&options);
}

Test(options, the_table_is_sound)
{
	for (size_t i = 0; i < option_table_count; i++) {
		const struct option *option = &option_table[i];
		cr_assert_neq(option->commands, 0, "%s", option->name);
		cr_assert_not_null(option->help);
		cr_assert_eq(option->kind == OPTION_SWITCH,
			option->argument == NULL && option->choices == NULL, "%s", option->name);
		for (size_t j = 0; j < i; j++) {
			const struct option *other = &option_table[j];
			cr_assert_not(strcmp(option->name, other->name) == 0 &&
					      (option->commands & other->commands),
				"%s", option->name);
		}
	}
}
