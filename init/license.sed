# SPDX-License-Identifier: MIT
# A text as a string of C.
1i\
#include "init/license.h"\
const char license_text[] =
s/[\\"]/\\&/g
s/.*/"&\\n"/
$a\
;
