#!/bin/bash
# SPDX-License-Identifier: MIT
# A user who is not root, and what must be theirs. For suites that source stand-in.bash first.
# shellcheck disable=SC2154,SC2034

# No such user or group is on the machine.
user=4711
group=4712
groups=$group
home=$work/home

# A home with the suite's source in it, beside what stands for an installation.
make_home() {
	chmod 755 "$work"
	mkdir -p "$home/tmp"
	cp -r "$work/src" "$home/src"
	chown -R $user:$group "$home"
	chmod -R a+rX "$work/data" "$work/init.ini"
}

# as_user COMMAND... : with what a login gives, and no more.
as_user() {
	(
		cd "$home" || exit 1
		exec setpriv --reuid $user --regid $group --groups "$groups" \
			env -u BERTH_STATE -u XDG_STATE_HOME HOME="$home" TMPDIR="$home/tmp" "$@"
	)
}

all_theirs() {
	same "$(find "$@" ! -user $user -o ! -group $group)" ""
}

nothing_left_of_theirs() {
	nothing_left
	same "$(find "$home" -name '*.partial-*')" ""
	same "$(find "$home/.local/state/berth/runs" -type f)" ""
	same "$(ls "$home/tmp")" ""
	all_theirs "$home"
}

eval "stand_in_$(declare -f suite_reset)"
suite_reset() {
	stand_in_suite_reset
	rm -rf "$home"/artifacts* "$home"/.local/state "$home"/tmp/*
}
