# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# A network namespace that reaches what this machine reaches, for suites whose engine must fetch
# packages without meddling with the machine's own engine, bridges and rules.

online_name=

# online_begin : creates it; $online_name is its name for ip-netns(8), in /run/netns too.
online_begin() {
	local number
	for number in $(seq 0 63 | shuf); do
		online_net=10.213.$number
		ip -4 route show | grep -qF "$online_net." || break
	done
	online_name=berth-e2e-$$
	online_link=be2e$$
	ip netns add "$online_name"
	ip link add "$online_link" type veth peer name eth0 netns "$online_name"
	ip addr add "$online_net.1/30" dev "$online_link"
	ip link set "$online_link" up
	ip -n "$online_name" link set lo up
	ip -n "$online_name" addr add "$online_net.2/30" dev eth0
	ip -n "$online_name" link set eth0 up
	ip -n "$online_name" route add default via "$online_net.1"
	sysctl -qw net.ipv4.ip_forward=1
	online_rules -I
}

online_rules() {
	iptables -t nat "$1" POSTROUTING -s "$online_net.0/30" ! -o "$online_link" -j MASQUERADE
	iptables "$1" FORWARD -i "$online_link" -j ACCEPT
	iptables "$1" FORWARD -o "$online_link" -j ACCEPT
}

# online_run COMMAND... : in it. Not by `ip netns exec`, whose fresh /sys has no control groups.
online_run() {
	nsenter --net="/run/netns/$online_name" "$@"
}

online_end() {
	[ -n "$online_name" ] || return 0
	online_rules -D
	ip link del "$online_link"
	ip netns del "$online_name"
	online_name=
}
