/* SPDX-License-Identifier: MIT */
#include "host-launcher/cache_lock.h"

#include <criterion/criterion.h>

static void expect(const char *others, const char *holder)
{
	char text[1024];
	snprintf(text, sizeof(text), "[{\"Id\":\"m\",\"State\":\"created\",\"Created\":1000}%s]",
		others);
	json_t *list = json_loads(text, 0, NULL);
	cr_assert_not_null(list, "%s", text);
	const char *found = cache_lock_holder(list, "m");
	if (holder) {
		cr_assert_not_null(found);
		cr_assert_str_eq(found, holder);
	} else {
		cr_assert_null(found);
	}
	json_decref(list);
}

Test(cache_lock, alone_it_is_free)
{
	expect("", NULL);
	expect(",{\"Id\":\"x\",\"State\":\"exited\",\"Created\":999}", NULL);
	expect(",{\"Id\":\"x\",\"State\":\"dead\",\"Created\":999}", NULL);
}

Test(cache_lock, a_running_container_has_it)
{
	expect(",{\"Id\":\"x\",\"State\":\"running\",\"Created\":1}", "x");
	expect(",{\"Id\":\"x\",\"State\":\"running\",\"Created\":2000}", "x");
	expect(",{\"Id\":\"x\",\"State\":\"paused\",\"Created\":1}", "x");
}

Test(cache_lock, of_two_new_ones_the_older_wins)
{
	expect(",{\"Id\":\"x\",\"State\":\"created\",\"Created\":999}", "x");
	expect(",{\"Id\":\"x\",\"State\":\"created\",\"Created\":1001}", NULL);
}

Test(cache_lock, the_id_breaks_a_tie)
{
	expect(",{\"Id\":\"a\",\"State\":\"created\",\"Created\":1000}", "a");
	expect(",{\"Id\":\"z\",\"State\":\"created\",\"Created\":1000}", NULL);
}

Test(cache_lock, one_given_up_long_ago_does_not_count)
{
	expect(",{\"Id\":\"x\",\"State\":\"created\",\"Created\":100}", NULL);
}

Test(cache_lock, nonsense_is_no_holder)
{
	expect(",7,{},{\"Id\":5,\"State\":[]}", NULL);
}
