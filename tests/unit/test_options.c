/* SPDX-License-Identifier: MIT */
#include "host-launcher/options.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "host-launcher/option_table.h"

static const struct command table[] = {
	{ "build", COMMAND_BUILD, 0, 1, true, "[SRC]", "", NULL },
	{ "gitinfo", COMMAND_GITINFO, 0, 1, false, "[SRC]", "", NULL },
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
	unsetenv("DOCKER_HOST");
	need(ARGV("build"), &options);
	cr_assert_str_eq(options.engine, "unix:///var/run/docker.sock");
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
	cr_assert(options.ram);
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
	setenv("DOCKER_HOST", "unix:///d", 1);
	need(ARGV("build", "--proxy=builtin"), &options);
	cr_assert_str_eq(options.proxy, "builtin");
	cr_assert_str_eq(options.cache, "mine");
	cr_assert_str_eq(options.artifacts, "artifacts");
	cr_assert_str_eq(options.engine, "unix:///d");
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
