/* SPDX-License-Identifier: MIT */
#include "services/epitaph.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "conf/value.h"

static void add(struct epitaph *epitaph, size_t *count, const char *name, const char *value)
{
	char *text = epitaph->texts[*count];

	snprintf(text, sizeof(epitaph->texts[0]), "%s=%s", name, value);
	epitaph->items[(*count)++] = text;
}

static void add_exit(struct epitaph *epitaph, size_t *count, int status)
{
	char number[16];

	snprintf(number, sizeof(number), "%d", WIFSIGNALED(status) ? 0 : WEXITSTATUS(status));
	add(epitaph, count, "EXIT_CODE",
		!WIFSIGNALED(status) ? "exited"
		: WCOREDUMP(status)  ? "dumped"
				     : "killed");
	add(epitaph, count, "EXIT_STATUS",
		WIFSIGNALED(status) ? conf_signal_name(WTERMSIG(status)) + strlen("SIG") : number);
}

void epitaph_write(struct epitaph *epitaph, const struct service *service)
{
	size_t count = 0;

	if (service_is_stopping(service->state)) {
		/* The longer name of systemd.exec(5): here it is no condition of the unit. */
		add(epitaph, &count, "SERVICE_RESULT",
			service->result == RESULT_CONDITION ? "exec-condition"
							    : service_result_name(service->result));
		if (service->main_ended) {
			add_exit(epitaph, &count, service->main_status);
		}
	}
	epitaph->items[count] = NULL;
}
