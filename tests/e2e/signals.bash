#!/bin/bash
# SPDX-License-Identifier: MIT
# Signals to a launcher at known moments of its build, with a terminal and without, and what they
# leave. For suites that source lib.bash and stand-in.bash first.
# Functions are called by their names; single quotes hold what another shell is to see.
# shellcheck disable=SC2154,SC2034,SC2317,SC2016
signals_folder=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
declare -A number=([HUP]=1 [INT]=2 [KILL]=9 [TERM]=15)

# Before the engine; see gate.py.
start_gate() {
	mkfifo "$work/control" "$work/keys"
	gate_socket=$work/gate.sock
	python3 "$signals_folder/gate.py" "$engine_socket" "$gate_socket" "$work/control" \
		"$work/told" &
	gate_pid=$!
	await 60 test -S "$gate_socket"
	exec 7<>"$work/keys"
	# What berth puts there has to go, too.
	mkdir "$work/scratch"
}

# What the launcher said, and what the gate saw of it, tell why.
eval "plain_$(declare -f fail)"
fail() {
	tail -n 20 "$out" "$err" "$work/told" | sed 's/^/# /'
	plain_fail "$@"
}

# gate LINE... : to the gate, which forgets what it told before; returns when it knows.
gate() {
	local line
	for line; do
		: >"$work/told"
		echo "$line" >"$work/control"
		await 60 grep -qxF "set $line" "$work/told"
	done
}

# gate_told COUNT PATTERN : the gate held or choked so many requests.
gate_told() {
	told_so() { [ "$(grep -cE "^(held|choked) .*$2" "$work/told")" -ge "$1" ]; }
	await 200 told_so "$@"
}

# What was typed for a launcher that had ended would be the next one's.
forget_keys() {
	while read -rN1 -t 0.01 <&7; do :; done
}

# launch PLACE COMMAND... : in the background, as $launcher; PLACE is "tty" or "pipe". It speaks to
# the engine through the gate. On a terminal what it says goes to $err as well.
launch() {
	local place=$1 line
	shift
	rm -f "$work/pid" "$work"/tty-*
	forget_keys
	: >"$out"
	: >"$err"
	local set=(env "DOCKER_HOST=unix://$gate_socket" "TMPDIR=$work/scratch")
	if [ "$place" = pipe ]; then
		"${set[@]}" sh -c 'echo $$ >"$0.new"; mv "$0.new" "$0"; exec "$@"' "$work/pid" "$@" \
			>"$out" 2>"$err" </dev/null 7>&- &
	else
		printf -v line '%q ' "${set[@]}" sh -c \
			'echo $$ >"$0.new"; mv "$0.new" "$0"; exec "$@"' "$work/pid" "$@"
		# A key may come when the launcher has ended.
		cat >"$work/on-tty" <<-EOF
			trap : HUP INT QUIT TERM
			stty rows 33 cols 99
			stty -a >$work/tty-before
			$line
			code=\$?
			trap '' HUP INT QUIT TERM
			stty -a >$work/tty-after
			exit \$code
		EOF
		SHELL=/bin/bash script -qefc "bash $work/on-tty" /dev/null <"$work/keys" >"$err" 7>&- &
	fi
	waiter=$!
	await 60 test -s "$work/pid"
	launcher=$(cat "$work/pid")
}

# send SIGNAL PLACE : by the key where there is one. Where the launcher has ended it is too late.
send() {
	if [ "$1 $2" = "INT tty" ]; then
		printf '\003' >&7
	else
		kill -s "$1" "$launcher" 2>/dev/null || :
	fi
}

# The build or berth did, wherever that goes.
said() {
	await 60 grep -qF -e "$1" "$out" "$err"
}

# ended CODE PLACE : the launcher did, with it, and left its terminal as it was.
ended() {
	local code=0
	timeout 200 tail -s 0.05 --pid="$waiter" -f /dev/null || fail "it does not end"
	wait "$waiter" || code=$?
	[ "$code" = "$1" ] || {
		tail -n 20 "$out" "$err" | sed 's/^/# /'
		fail "ended with $code instead of $1"
	}
	[ "$2" = pipe ] || cmp "$work/tty-before" "$work/tty-after" ||
		fail "the terminal is not as it was"
}

nothing_at_all_left() {
	nothing_left
	same "$(find "$BERTH_STATE/runs" -type f)" ""
	same "$(find "$work/scratch" -mindepth 1 -maxdepth 1)" ""
	same "$(pgrep -af "build .*$work/src")" ""
}

# What a launcher that was killed, or sent away, has to leave is found.
collect() {
	DOCKER_HOST=unix://$gate_socket TMPDIR=$work/scratch "$berth" gc 2>"$work/gc" ||
		fail "gc: $(cat "$work/gc")"
}

# each_signal PHASE PLACE : calls PHASE SIGNAL TIMES PLACE for all that there are.
each_signal() {
	local signal times
	for signal in INT TERM HUP; do
		for times in 1 2 3; do
			each_signal_one $signal $times "$@"
		done
	done
	each_signal_one KILL 1 "$@"
}

each_signal_one() {
	echo "# SIG$1, $2 times, ${3//_/ }, $4"
	"$3" "$1" "$2" "$4"
	nothing_at_all_left
	rm -rf "$work"/artifacts*
}

eval "stand_in_$(declare -f finish)"
finish() {
	kill "$gate_pid"
	stand_in_finish
}

# A case that failed leaves a launcher, and what that has.
eval "stand_in_$(declare -f suite_setup)"
suite_setup() {
	stand_in_suite_setup
	start_gate
}

eval "stand_in_$(declare -f suite_reset)"
suite_reset() {
	local pid
	gate free
	pid=$(cat "$work/pid") && kill -KILL "$pid" && timeout 10 tail -s 0.05 --pid="$pid" -f /dev/null
	rm -rf "$work"/scratch/*
	stand_in_suite_reset
} >/dev/null 2>&1
