/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Text in the forms that reports need it in. Pure.
 */

#include <jansson.h>

#include "host-launcher/base/buffer.h"

/* Replaces each byte that makes no valid UTF-8 by '?'. */
void report_text_make_utf8(char *text);

/* As a string of JSON, which has to be UTF-8: logs and names of files need not be; null for NULL.
 * Owned by the caller. */
json_t *report_text_to_json(const char *text);

/* As content or attribute of XML 1.0; bytes that cannot be in it become '?'. `text` is UTF-8. */
void report_text_add_xml(struct buffer *out, const char *text);

/* JSON that can stand in a <script> of HTML: without any '<'. */
void report_text_add_script(struct buffer *out, const char *json);
