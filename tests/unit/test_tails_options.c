/* SPDX-License-Identifier: MIT */
#include "host-launcher/options/tails_options.h"

#include <criterion/criterion.h>
#include <string.h>

static struct buffer seen;
static struct string_list warnings;
static const char *http_proxy;
static const char *jenkins;

static int set(void *user, const char *option, const char *value, const char *word,
	struct failure *failure)
{
	(void)user;
	(void)word;
	(void)failure;
	buffer_printf(&seen, "%s%s=%s", seen.length ? " " : "", option, value);
	return 0;
}

static const char *get(void *user, const char *name)
{
	(void)user;
	return strcmp(name, "http_proxy") == 0    ? http_proxy
	       : strcmp(name, "JENKINS_URL") == 0 ? jenkins
						  : NULL;
}

static int parse(const char *text, struct failure *failure)
{
	struct tails_options_sink sink = { .set = set, .get = get, .warnings = &warnings };
	buffer_finish(&seen);
	string_list_finish(&warnings);
	return tails_options_parse(text, &sink, failure);
}

static void expect(const char *text, const char *expected)
{
	struct failure failure = { 0 };
	cr_assert_eq(parse(text, &failure), 0, "%s", failure.text);
	cr_assert_str_eq(buffer_text(&seen), expected);
}

static void refuse(const char *text, const char *words)
{
	struct failure failure = { 0 };
	cr_assert_eq(parse(text, &failure), -1, "%s", text);
	cr_assert_eq(failure.code, EXIT_USAGE);
	cr_assert_not_null(strstr(failure.text, words), "%s", failure.text);
}

Test(tails_options, every_word)
{
	http_proxy = "http://p:1";
	expect("", "");
	expect("ram", "ram=yes");
	expect("noram", "ram=no");
	expect("vmproxy", "proxy=builtin");
	expect("extproxy", "proxy=external=http://p:1");
	expect("vmproxy+extproxy", "proxy=builtin+external=http://p:1");
	expect("noproxy", "proxy=none");
	expect("offline", "offline=yes");
	expect("cachewebsite", "website-cache=yes");
	expect("cachewebsite=yes", "website-cache=yes");
	expect("cachewebsite=no", "website-cache=no");
	expect("fastcomp", "compression=fast");
	expect("gzipcomp", "compression=fast");
	expect("defaultcomp", "compression=default");
	expect("cpus=3", "cpus=3");
	expect("ignorechanges", "allow-dirty=yes");
	expect("dateoffset=+40", "date-offset=+40");
	expect("dateoffset=-1", "date-offset=-1");
	expect("dateoffset=7", "date-offset=7");
	expect("keeprunning", "on-failure=keep keep=yes");
	expect("forcecleanup", "on-failure=remove keep=no");
	expect("rescue", "on-failure=shell");
	expect("nomergebasebranch", "no-merge-base=yes");
	expect(" ram\t\n fastcomp  cpus=8 ", "ram=yes compression=fast cpus=8");
}

Test(tails_options, words_of_virtual_machines_are_told_to_have_no_effect)
{
	expect("machinetype=pc-q35-8.0 cpumodel=host ram", "ram=yes");
	cr_assert_eq(warnings.count, 2);
	cr_assert_not_null(strstr(warnings.items[0], "machinetype=pc-q35-8.0"));
}

/* The fifth of the ten wrongs: words were matched anywhere. */
Test(tails_options, words_are_matched_whole)
{
	refuse("xcpus=3y", "unknown word 'xcpus'");
	refuse("cpus=3y", "expected cpus=NUMBER");
	refuse("cpus", "expected cpus=NUMBER");
	refuse("cpus=", "expected cpus=NUMBER");
	refuse("mycachewebsite=nonsense", "unknown word");
	refuse("cachewebsite=maybe", "expected cachewebsite[=yes|no]");
	refuse("cachewebsite=", "expected cachewebsite[=yes|no]");
	refuse("dateoffset", "expected dateoffset");
	refuse("dateoffset=+", "expected dateoffset");
	refuse("dateoffset=1-2", "expected dateoffset");
	refuse("machinetype=a'b", "expected machinetype=NAME");
	refuse("ram=yes", "expected ram");
	refuse("RAM", "unknown word 'RAM'");
	refuse("ram,offline", "unknown word");
}

Test(tails_options, an_unknown_word_has_its_nearest)
{
	refuse("offlin", "did you mean offline?");
	refuse("noprox", "did you mean noproxy?");
	refuse("xyzzyplugh", "berth(1) lists them");
}

Test(tails_options, an_external_proxy_must_be_known)
{
	http_proxy = NULL;
	refuse("extproxy", "needs http_proxy to be set");
	http_proxy = "";
	refuse("vmproxy+extproxy", "needs http_proxy to be set");
}

Test(tails_options, jenkins_may_still_pass_an_obsolete_word)
{
	refuse("mergebasebranch", "counts in Jenkins only");
	jenkins = "http://j";
	expect("mergebasebranch", "");
	cr_assert_eq(warnings.count, 1);
}
