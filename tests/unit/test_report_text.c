/* SPDX-License-Identifier: MIT */
#include "host-launcher/base/report_text.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "host-launcher/base/alloc.h"
#include "host-launcher/report/report_html.h"
#include "host-launcher/report/report_junit.h"

static void expect_utf8(const char *given, const char *wanted)
{
	autofree char *text = alloc_copy(given);
	report_text_make_utf8(text);
	cr_assert_str_eq(text, wanted);
}

Test(report_text, what_is_no_utf8_becomes_a_question_mark)
{
	expect_utf8("aäб€😀", "aäб€😀");
	expect_utf8("a\xff\xc3", "a??");
	expect_utf8("\xc0\xaf", "??");
	expect_utf8("\xed\xa0\x80", "???");
	expect_utf8("\xf4\x90\x80\x80", "????");
	expect_utf8("\xe2\x82", "??");
}

Test(report_text, xml_has_no_control_characters)
{
	struct buffer out = { 0 };
	report_text_add_xml(&out, "<a b=\"c\">&\t\n\x01\x1b[1m\xef\xbf\xbe");
	cr_assert_str_eq(buffer_text(&out), "&lt;a b=&quot;c&quot;&gt;&amp;\t\n??[1m?");
	buffer_finish(&out);
}

Test(report_text, the_log_cannot_end_the_script_that_it_is_in)
{
	json_auto_t *report = json_pack("{s:s}", "cause", "</script><!--");
	autofree char *page = report_html_make(report, "</SCRIPT>@LOG@\033[31mred\033[0m", 0);
	cr_assert_not_null(strstr(page, "\\u003c/script>\\u003c!--"));
	cr_assert_not_null(strstr(page, "\\u003c/SCRIPT>@LOG@red\""));
	cr_assert_null(strstr(page, "</SCRIPT>"));
}

Test(report_text, junit_of_next_to_nothing)
{
	json_auto_t *report = json_pack("{s:i, s:s}", "exit_code", 66, "cause", "a < b");
	autofree char *xml = report_junit_make(report);
	cr_assert_not_null(strstr(xml, "tests=\"1\" failures=\"1\""));
	cr_assert_not_null(strstr(xml, "message=\"a &lt; b\" type=\"exit-66\""));
}
