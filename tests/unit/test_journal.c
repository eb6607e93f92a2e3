/* SPDX-License-Identifier: MIT */
#include "host-launcher/progress/journal.h"

#include <criterion/criterion.h>
#include <string.h>

static const struct build_event full = {
	.run = "0a1b",
	.commit = "c0ffee",
	.ref = "feature/x",
	.source = "/src",
	.image = "img:1",
};

static bool has(const struct string_list *fields, const char *field)
{
	for (size_t i = 0; i < fields->count; i++) {
		if (strcmp(fields->items[i], field) == 0) {
			return true;
		}
	}
	return false;
}

static bool has_key(const struct string_list *fields, const char *key)
{
	for (size_t i = 0; i < fields->count; i++) {
		if (strncmp(fields->items[i], key, strlen(key)) == 0 &&
			fields->items[i][strlen(key)] == '=') {
			return true;
		}
	}
	return false;
}

/* As sd_journal_sendv(3) wants them. */
static void expect_names(const struct string_list *fields)
{
	for (size_t i = 0; i < fields->count; i++) {
		const char *field = fields->items[i];
		size_t length = strcspn(field, "=");
		cr_expect_eq(field[length], '=', "%s", field);
		cr_expect_eq(strspn(field, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_"), length, "%s", field);
		cr_expect_neq(field[0], '_');
	}
	cr_expect_leq(fields->count, 16);
}

Test(journal, a_build_that_began)
{
	struct string_list fields = { 0 };
	journal_fields_begun(&full, &fields);
	cr_expect(has(&fields, "BERTH_RUN=0a1b"));
	cr_expect(has(&fields, "BERTH_EVENT=begun"));
	cr_expect(has(&fields, "GIT_COMMIT=c0ffee"));
	cr_expect(has(&fields, "GIT_REF=feature/x"));
	cr_expect(has(&fields, "BERTH_SOURCE=/src"));
	cr_expect(has(&fields, "BERTH_IMAGE=img:1"));
	cr_expect(has(&fields, "MESSAGE_ID=" JOURNAL_ID_BEGUN));
	cr_expect(has(&fields, "MESSAGE=Building feature/x (run 0a1b)"));
	expect_names(&fields);
	string_list_finish(&fields);
}

Test(journal, a_phase)
{
	struct string_list fields = { 0 };
	const struct phase phase = { .name = "chroot_hooks" };
	journal_fields_phase(&full, &phase, &fields);
	cr_expect(has(&fields, "BERTH_PHASE=chroot_hooks"));
	cr_expect(has(&fields, "PRIORITY=7"));
	expect_names(&fields);
	string_list_finish(&fields);
}

Test(journal, the_end_of_a_build)
{
	struct string_list fields = { 0 };
	struct journal_end end = {
		.code = 0, .from_build = true, .cause = "", .duration_ms = 61500
	};
	journal_fields_ended(&full, &end, &fields);
	cr_expect(has(&fields, "EXIT_STATUS=0"));
	cr_expect(has(&fields, "PRIORITY=5"));
	cr_expect(has(&fields, "BERTH_DURATION_USEC=61500000"));
	cr_expect(has(&fields, "MESSAGE=Built feature/x in 61 s (run 0a1b)"));
	expect_names(&fields);
	string_list_finish(&fields);
	end = (struct journal_end) { .code = 74, .cause = "the engine was lost" };
	journal_fields_ended(&full, &end, &fields);
	cr_expect(has(&fields, "EXIT_STATUS=74"));
	cr_expect(has(&fields, "BERTH_EXIT_ORIGIN=berth"));
	cr_expect(has(&fields, "PRIORITY=3"));
	cr_expect(has(&fields,
		"MESSAGE=Building feature/x failed after 0 s (run 0a1b): the engine was lost"));
	string_list_finish(&fields);
}

Test(journal, what_is_not_known_is_no_field)
{
	struct string_list fields = { 0 };
	const struct build_event event = { .run = "0a1b" };
	const struct journal_end end = { .code = 66, .cause = "no git" };
	journal_fields_ended(&event, &end, &fields);
	cr_expect(has(&fields, "BERTH_RUN=0a1b"));
	cr_expect_not(has_key(&fields, "GIT_COMMIT"));
	cr_expect_not(has_key(&fields, "GIT_REF"));
	cr_expect_not(has_key(&fields, "BERTH_IMAGE"));
	expect_names(&fields);
	string_list_finish(&fields);
}

Test(journal, each_kind_has_an_id_of_its_own)
{
	cr_expect_str_neq(JOURNAL_ID_BEGUN, JOURNAL_ID_PHASE);
	cr_expect_str_neq(JOURNAL_ID_BEGUN, JOURNAL_ID_ENDED);
	cr_expect_str_neq(JOURNAL_ID_PHASE, JOURNAL_ID_ENDED);
	cr_expect_eq(strspn(JOURNAL_ID_BEGUN, "0123456789abcdef"), 32);
}
