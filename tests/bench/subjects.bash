# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154,SC2034
# What is measured: the inits, how each is told its services, how each is stopped.

mark=$work/programs/mark
orphans=$work/programs/orphans

# begin_set NAME : an empty configuration for each init in $work/NAME
begin_set() {
	dir=$work/$1
	mkdir -p "$dir/s6" "$dir/runit"
	printf '[supervisord]\nnodaemon=true\nlogfile=/dev/null\nlogfile_maxbytes=0\npidfile=%s/pid\nchildlogdir=%s\n' \
		"$dir" "$dir" >"$dir/supervisord.conf"
	: >"$dir/init.ini"
	: >"$dir/inittab"
}

# add_service NAME PROGRAM INITTAB_ACTION SUPERVISORD_LINE INI_LINE...
add_service() {
	local name=$1 program=$2 action=$3 supervisord=$4
	shift 4
	printf '[service:%s]\nExecStart=%s %s\n' "$name" "$program" "$BENCH_FIFO" >>"$dir/init.ini"
	[ $# -eq 0 ] || printf '%s\n' "$@" >>"$dir/init.ini"
	printf '[program:%s]\ncommand=%s %s\nstartsecs=0\n%s\n' "$name" "$program" "$BENCH_FIFO" \
		"$supervisord" >>"$dir/supervisord.conf"
	# Equal lines would count as one.
	printf '::%s:%s %s %s\n' "$action" "$program" "$BENCH_FIFO" "$name" >>"$dir/inittab"
	mkdir "$dir/s6/$name" "$dir/runit/$name"
	ln "$program" "$dir/s6/$name/run"
	ln "$program" "$dir/runit/$name/run"
}

write_services() {
	local i
	[ ! -d "$work/$1" ] || return 0
	begin_set "$1"
	for ((i = 0; i < $1; i++)); do
		add_service "s$i" "$mark" once autorestart=unexpected
	done
}

# At once and for ever, in the words of each.
write_restarting_services() {
	begin_set restart
	add_service s0 "$mark" respawn autorestart=true Restart=always RestartSec=0 StartLimitIntervalSec=0
}

write_orphan_services() {
	begin_set orphans
	add_service s0 "$orphans" once autorestart=unexpected
}

# subject NAME SET : the command line of an init, in the array `command`; false where it cannot.
subject() {
	local dir=$work/$2 program=$mark
	[ "$2" != orphans ] || program=$orphans
	case $1 in
	limit)
		case $2 in
		restart) command=("$build/tests/bench/limit" -r 1 "$program") ;;
		orphans) command=("$build/tests/bench/limit" 1 "$program") ;;
		*) command=("$build/tests/bench/limit" "$2" "$program") ;;
		esac
		;;
	berth-init) command=("$work/berth-init" -c "$dir/init.ini") ;;
	busybox-init) command=(busybox init) ;;
	s6) command=(s6-svscan "$dir/s6") ;;
	runit) command=(runsvdir "$dir/runit") ;;
	supervisord)
		# 50 s each time.
		[ "$2" != 1000 ] || return 1
		command=(supervisord -n -c "$dir/supervisord.conf")
		;;
	'berth-init --') command=("$work/berth-init" -- "$program") ;;
	*) command=("$1" -- "$program") ;;
	esac
	if is_wrapper "$1" && [ "$2" != 1 ] && [ "$2" != orphans ]; then
		return 1
	fi
	case $1 in
	# The only place where it looks for its configuration.
	busybox-init)
		command=(sh -c "mount -t tmpfs tmpfs /etc && cp '$dir/inittab' /etc/inittab &&
			exec '$build/tests/bench/stamp' busybox init")
		;;
	*) command=("$build/tests/bench/stamp" "${command[@]}") ;;
	esac
}

is_wrapper() {
	case $1 in
	limit | berth-init | busybox-init | s6 | runit | supervisord) false ;;
	esac
}

can_restart() {
	! is_wrapper "$1"
}

can_stop() {
	# As PID 1 of a namespace it reboots, after 2 s of its own.
	! is_wrapper "$1"
}

stop_signal() {
	case $1 in
	runit) echo 1 ;;
	*) echo 15 ;;
	esac
}

installed() {
	case $1 in
	limit | berth-init*) true ;;
	busybox-init) command -v busybox ;;
	s6) command -v s6-svscan ;;
	runit) command -v runsvdir ;;
	*) command -v "$1" ;;
	esac >/dev/null
}

choose_subjects() {
	local name
	subjects=()
	for name in limit 'berth-init --' tini catatonit dumb-init berth-init busybox-init s6 runit supervisord; do
		if installed "$name"; then
			subjects+=("$name")
		else
			echo "ok bench/$name # SKIP not installed"
		fi
	done
}
