#!/bin/bash
# SPDX-License-Identifier: MIT
# Podman's service in place of dockerd, by the same names, so that the same cases run in either. Its
# containers outlive it.
# shellcheck disable=SC2154,SC2034

# What machines lack that podman takes for granted.
podman_configure() {
	local podman=$1
	mkdir -p "$podman"
	cat >"$podman/containers.conf" <<-'END'
		[containers]
		default_ulimits = ["nofile=1024:1024", "nproc=1000:1000"]
		log_driver = "k8s-file"
		[engine]
		runtime = "runc"
		cgroup_manager = "cgroupfs"
		events_logger = "file"
	END
	cat >"$podman/storage.conf" <<-END
		[storage]
		driver = "vfs"
		graphroot = "$podman/data"
		runroot = "$podman/exec"
	END
	export CONTAINERS_CONF=$podman/containers.conf CONTAINERS_STORAGE_CONF=$podman/storage.conf
}

# engine_start [COMMAND...] : begun by COMMAND.
engine_start() {
	engine_socket=$work/engine.sock
	export DOCKER_HOST=unix://$engine_socket
	podman_configure "$work/engine"
	[ $# -gt 0 ] || set -- env
	"$@" podman system service --time 0 "$DOCKER_HOST" >>"$work/engine.log" 2>&1 &
	engine_pid=$!
	echo $engine_pid >"$work/engine/pid"
	await 60 docker version
}

eval "dockerd_$(declare -f engine_stop)"
engine_stop() {
	podman rm -fa >/dev/null 2>&1
	# Each has one of the locks that all of the machine's podmans share.
	podman volume rm -fa >/dev/null 2>&1
	dockerd_engine_stop
}
