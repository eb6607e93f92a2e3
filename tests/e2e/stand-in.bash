#!/bin/bash
# SPDX-License-Identifier: MIT
# A tiny image, a source tree and builds in them, for suites that source lib.bash first.
# shellcheck disable=SC2154,SC2016
make_image() {
	local root=$work/root
	mkdir -p "$root"/{bin,dev,etc,proc,run,src,sys,tmp,usr/lib,work}
	cp /bin/busybox "$root/bin/busybox"
	"$root/bin/busybox" --list | while read -r name; do
		[ "$name" = busybox ] || ln -s busybox "$root/bin/$name"
	done
	tar -C "$root" -c . | docker import - berth-build:e2e >/dev/null
}

write_pin() {
	{
		echo "[image]"
		echo "Reference=berth-build:e2e"
		docker image inspect berth-build:e2e --format 'ConfigDigest={{.Id}}
{{range .RootFS.Layers}}DiffID={{.}}
{{end}}'
	} >"$1/config/build-image.pin"
}

commit() {
	git -C "$1" add -A
	git -C "$1" -c user.name=e2e -c user.email=e2e@example.org commit -qm "$2"
}

make_source() {
	mkdir -p "$1/config"
	git init -q -b main "$1"
	echo main >"$1/config/base_branch"
	write_pin "$1"
	commit "$1" one
}

suite_setup() {
	export HOME=$work BERTH_STATE=$work/state
	mkdir -p "$BERTH_STATE/runs"
	unset JENKINS_URL GIT_BRANCH GIT_LOCAL_BRANCH BRANCH_NAME CHANGE_BRANCH
	cat >"$work/init.ini" <<-'END'
		[init]
		Main=build
		TimeoutStopSec=8

		[service:build]
		Type=oneshot
		StandardOutput=inherit
		StandardError=inherit
		ExecStart=/bin/sh -c 'eval "set -- $BERTH_BUILD_ARGS"; eval "$BERTH_BUILD_COMMAND"'
	END
	export BERTH_INIT_CONFIG=$work/init.ini BERTH_DATADIR=$work/data BERTH_CACHE=none \
		BERTH_RAM=no
	unset TAILS_BUILD_OPTIONS
	mkdir "$work/data"
	echo 'exit 1' >"$work/data/build-live"
	cp "$BERTH_BUILD/conf/git-facts" "$work/data"
	engine_start
	make_image
	make_source "$work/src"
	cd "$work" || exit 1
}

suite_reset() {
	docker ps -aq | xargs -r docker rm -fv
	docker volume ls -q | xargs -r docker volume rm
	rm -rf "$work"/artifacts* "$work"/*.partial-* "$BERTH_STATE"/runs/*
	git -C src checkout -qf main && git -C src clean -qfd
} >/dev/null 2>&1

# build COMMAND OPTION... : of the suite's source.
build() {
	local command=$1
	shift
	"$berth" build --build-command "$command" "$work/src" "$@"
}

nothing_left() {
	local folder containers volumes
	# Assigned first: an engine that does not answer has not been left with nothing.
	containers=$(docker ps -aq)
	same "$containers" ""
	volumes=$(docker volume ls -q)
	same "$(grep -v '^kept-' <<<"$volumes")" ""
	same "$(find "$work" -maxdepth 2 -name '*.partial-*')" ""
	# What a record is kept of may still have files.
	for folder in "$BERTH_STATE"/runs/*.files; do
		[ ! -e "$folder" ] || [ -e "${folder%.files}.json" ] || fail "left: $folder"
	done
}

# start COMMAND OPTION... : a build in the background, as $launcher, once its log says "ready".
start() {
	local command=$1
	shift
	: >"$out"
	"$berth" build --build-command "$command" "$work/src" "$@" >"$out" 2>"$err" </dev/null &
	launcher=$!
	await 60 grep -q ready "$out"
}

# ends CODE : the build that was started.
ends() {
	local code=0
	wait "$launcher" || code=$?
	[ "$code" = "$1" ] || {
		tail -n 20 "$out" "$err" | sed 's/^/# /'
		fail "ended with $code instead of $1"
	}
}
