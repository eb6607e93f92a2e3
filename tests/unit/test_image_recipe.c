/* SPDX-License-Identifier: MIT */
#include "host-launcher/image/image_recipe.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static char architecture[] = "amd64";
static char suite[] = "forky";
static char customize[] = "/share/image.customize";

static int add(const char *text, struct string_list *packages, struct failure *failure)
{
	return image_recipe_add_packages(text, "LIST", packages, failure);
}

Test(image_recipe, packages_are_sorted_and_each_is_there_once)
{
	struct string_list packages = { 0 };
	struct failure failure;
	cr_assert_eq(add("# why\nzsh\n\n  git # here\r\nlibstdc++6\n", &packages, &failure), 0);
	cr_assert_eq(add("git\nada", &packages, &failure), 0);
	cr_assert_eq(packages.count, 4);
	cr_assert_str_eq(packages.items[0], "ada");
	cr_assert_str_eq(packages.items[1], "git");
	cr_assert_str_eq(packages.items[2], "libstdc++6");
	cr_assert_str_eq(packages.items[3], "zsh");
	string_list_finish(&packages);
}

Test(image_recipe, what_cannot_be_a_package_is_named_with_its_line)
{
	static const char *const bad[] = { "git\n--hook=x\n", "git\na\n", "git\na,b\n",
		"git\nbash zsh\n", "git\nGit\n", "git\n?x\n", "git\n~i\n" };
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct string_list packages = { 0 };
		struct failure failure;
		cr_assert_eq(add(bad[i], &packages, &failure), -1, "%s", bad[i]);
		cr_assert_eq(failure.code, EXIT_SYNTAX);
		cr_assert(strncmp(failure.text, "LIST:2: ", 8) == 0, "%s", failure.text);
		string_list_finish(&packages);
	}
}

static struct image_recipe recipe(const char *mirror)
{
	struct image_recipe recipe = {
		.architecture = architecture,
		.sources = { .suite = suite },
		.customize = customize,
	};
	string_list_add(&recipe.packages, "git");
	string_list_add(&recipe.packages, "zsh");
	string_list_add(&recipe.sources.lines, mirror);
	string_list_add(&recipe.sources.options, "Acquire::http::Proxy \"http://p\";");
	return recipe;
}

static void forget(struct image_recipe *recipe)
{
	string_list_finish(&recipe->packages);
	string_list_finish(&recipe->sources.lines);
	string_list_finish(&recipe->sources.options);
}

Test(image_recipe, the_digest_is_of_the_contents_and_not_of_the_mirror)
{
	struct image_recipe one = recipe("deb http://one forky main");
	struct image_recipe two = recipe("deb http://two forky main");
	char *text_one = image_recipe_text(&one, "script");
	char *text_two = image_recipe_text(&two, "script");
	char *text_other = image_recipe_text(&two, "other");
	cr_assert_str_eq(text_one, text_two);
	cr_assert_str_neq(text_one, text_other);
	cr_assert_not_null(strstr(text_one, "package git\n"));
	free(text_one);
	free(text_two);
	free(text_other);
	forget(&one);
	forget(&two);
}

Test(image_recipe, the_command_has_sources_and_options_as_single_words)
{
	struct image_recipe given = recipe("deb [a=b] http://one forky main");
	struct string_list argv = { 0 };
	image_recipe_command(&given, &argv);
	cr_assert_str_eq(argv.items[0], "mmdebstrap");
	cr_assert_str_eq(argv.items[argv.count - 3], "forky");
	cr_assert_str_eq(argv.items[argv.count - 2], "-");
	cr_assert_str_eq(argv.items[argv.count - 1], "deb [a=b] http://one forky main");
	bool include = false;
	bool proxy = false;
	for (size_t i = 0; i < argv.count; i++) {
		include |= strcmp(argv.items[i], "--include=git,zsh") == 0;
		proxy |= strcmp(argv.items[i], "--aptopt=Acquire::http::Proxy \"http://p\";") == 0;
	}
	cr_assert(include && proxy);
	string_list_finish(&argv);
	forget(&given);
}
