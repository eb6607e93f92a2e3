#!/bin/bash
# SPDX-License-Identifier: MIT
# For end-to-end suites: TAP, waiting for events, and a private container engine. A suite sources
# this, defines suite_setup, suite_reset (so that a failed test spoils no other one) and functions
# test_NAME, and calls run_tests. tests/run gives BERTH_BUILD and TMPDIR. With SUITE_ENGINE=podman the
# engine is podman.
: "${BERTH_BUILD:?the build directory}"

# shellcheck disable=SC2034 # for the suites
berth=$BERTH_BUILD/host-launcher/berth
work=$(mktemp -d)
tests_run=0
tests_failed=0
engine_pid=
engine_options=

fail() {
	echo "# $*"
	exit 1
}

skip() {
	echo "SKIP $*" >"$work/skip"
	exit 0
}

# await SECONDS COMMAND... : until it succeeds. Polls, for what gives no event.
await() {
	local deadline=$((SECONDS + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		[ "$SECONDS" -lt "$deadline" ] || fail "gave up waiting for: $*"
		read -rt 0.05 <> <(:) || :
	done
}

# expect CODE COMMAND... : its output and errors go to $out and $err.
out=$work/out
err=$work/err
expect() {
	local wanted=$1 code=0
	shift
	"$@" >"$out" 2>"$err" </dev/null || code=$?
	[ "$code" = "$wanted" ] || {
		tail -n 20 "$out" "$err" | sed 's/^/# /'
		fail "ended with $code instead of $wanted: $*"
	}
}

# says TEXT : the last expect's errors contain it.
says() {
	grep -qF -e "$1" "$err" || {
		sed 's/^/# /' "$err"
		fail "did not say: $1"
	}
}

same() {
	[ "$1" = "$2" ] || fail "'$1' is not '$2'"
}

# engine_start [COMMAND...] : begun by COMMAND, which puts it into a network of its own, so that it
# meddles with no other one's bridge.
engine_start() {
	local data=$work/engine
	mkdir -p "$data"
	engine_socket=$work/engine.sock
	export DOCKER_HOST=unix://$engine_socket
	[ $# -gt 0 ] || set -- unshare -n
	# shellcheck disable=SC2016 # for the inner shell
	"$@" sh -c 'ip link set lo up && exec dockerd --data-root "$0/data" \
		--exec-root "$0/exec" --pidfile "$0/pid" -H "$1" $2' \
		"$data" "$DOCKER_HOST" "$engine_options" \
		>>"$work/engine.log" 2>&1 &
	engine_pid=$!
	await 60 docker version
}

engine_stop() {
	# A test may have started another one than we did.
	local pid
	pid=$(cat "$work/engine/pid" 2>/dev/null || echo "$engine_pid")
	[ -z "$pid" ] || {
		kill "$pid"
		timeout 60 tail -s 0.1 --pid="$pid" -f /dev/null
		engine_pid=
	} 2>/dev/null
	awk -v under="$work/" 'index($5, under) == 1 { print $5 }' /proc/self/mountinfo |
		sort -r | xargs -r umount
}

if [ "${SUITE_ENGINE:-}" = podman ]; then
	# shellcheck source=tests/e2e/podman.bash
	. "$(dirname "${BASH_SOURCE[0]}")/podman.bash"
fi

finish() {
	engine_stop
	rm -rf --one-file-system "$work"
}

run_test() {
	local name=$1 log=$work/log code
	tests_run=$((tests_run + 1))
	rm -f "$work/skip"
	# Not as a condition: within one, set -e is without effect.
	(
		set -e
		"$name"
	) >"$log" 2>&1
	code=$?
	if [ $code -eq 0 ]; then
		if [ -e "$work/skip" ]; then
			echo "ok ${name#test_} # $(cat "$work/skip")"
		else
			echo "ok ${name#test_}"
		fi
	else
		cat "$log"
		echo "not ok ${name#test_}"
		tests_failed=$((tests_failed + 1))
		suite_reset
	fi
}

# run_tests [NAME...] : these, or all functions called test_*, in the order of the file.
run_tests() {
	local name
	trap finish EXIT
	shopt -s extdebug
	[ $# -gt 0 ] || mapfile -t names < <(
		declare -F | awk '$3 ~ /^test_/ { print $3 }' | while read -r name; do
			declare -F "$name"
		done | sort -n -k2 | awk '{ print $1 }'
	)
	[ $# -eq 0 ] || names=("$@")
	shopt -u extdebug
	suite_setup
	for name in "${names[@]}"; do
		run_test "$name"
	done
	echo "1..$tests_run"
	[ $tests_failed -eq 0 ]
}
