#!/bin/bash
# SPDX-License-Identifier: MIT
# A network namespace that reaches what this machine reaches, for suites whose engine must fetch
# packages without meddling with the machine's own engine, bridges and rules.

online_pid=
online_net=
online_link=

# online_begin : creates it; it lives as long as process $online_pid.
online_begin() {
	local number
	# shellcheck disable=SC2016 # for the inner shell
	exec {online_fd}< <(exec unshare --net sh -c 'echo $$; exec sleep infinity')
	read -r online_pid <&"$online_fd"
	# The first network of ours that no other suite has.
	for number in {1..250}; do
		online_net=10.213.$number
		online_link=berth-e2e-$number
		ip link add "$online_link" type veth peer name eth0 netns "$online_pid" \
			2>/dev/null && break
	done
	ip addr add "$online_net.1/30" dev "$online_link"
	ip link set "$online_link" up
	# shellcheck disable=SC2016 # for the inner shell
	online_run sh -euc '
		ip link set lo up
		ip link set eth0 up
		ip addr add "$1.2/30" dev eth0
		ip route add default via "$1.1"
	' sh "$online_net"
	sysctl -qw net.ipv4.ip_forward=1
	online_rules -I
}

online_rules() {
	iptables -t nat "$1" POSTROUTING -s "$online_net.0/30" ! -o "$online_link" -j MASQUERADE
	iptables "$1" FORWARD -i "$online_link" -j ACCEPT
	iptables "$1" FORWARD -o "$online_link" -j ACCEPT
}

# online_run COMMAND... : in it.
online_run() {
	nsenter --net="/proc/$online_pid/ns/net" "$@"
}

# What was started in it must have ended.
online_end() {
	[ -n "$online_pid" ] || return 0
	online_rules -D
	ip link del "$online_link" || :
	kill "$online_pid" || :
	online_pid=
}
