#!/bin/bash
# SPDX-License-Identifier: MIT
# Git repositories in many states, and whether berth says of them what git says, for suites that
# source lib.bash first. No engine is needed.
# shellcheck disable=SC2154
suite_setup() {
	export HOME=$work GIT_CONFIG_NOSYSTEM=1
	unset JENKINS_URL GIT_BRANCH GIT_LOCAL_BRANCH BRANCH_NAME CHANGE_BRANCH GIT_COMMIT CI \
		CI_COMMIT_REF_NAME GITHUB_HEAD_REF GITHUB_REF_NAME SUDO_UID SUDO_GID
	git config --global user.name e2e
	git config --global user.email e2e@example.org
	git config --global protocol.file.allow always
	git config --global init.defaultBranch main
	git config --global advice.detachedHead false
	mkdir "$work/tmp"
	export TMPDIR=$work/tmp
	cd "$work" || exit 1
}

suite_reset() {
	rm -rf "$work"/r* "$work"/c*
}

# repo DIR [OPTION...] : one commit on main, whose base branch is main.
repo() {
	local dir=$1
	shift
	rm -rf "$dir" c c-merge
	git init -q "$@" "$dir"
	mkdir "$dir/config"
	echo main >"$dir/config/base_branch"
	seq 20 >"$dir/numbers"
	git -C "$dir" add .
	git -C "$dir" commit -qm one
}

# add DIR FILE TEXT : commits a file.
add() {
	mkdir -p "$(dirname "$1/$2")"
	printf '%s\n' "$3" >"$1/$2"
	git -C "$1" add -- "$2"
	git -C "$1" commit -qm "$2"
}

# feature DIR : a branch that main has left behind.
feature() {
	git -C "$1" checkout -qb feature
	add "$1" ours ours
	git -C "$1" checkout -q main
	add "$1" theirs theirs
	git -C "$1" checkout -q feature
}

# fact NAME : of the last facts
fact() {
	(
		set +u
		# shellcheck source=/dev/null
		. "$work/facts"
		printf '%s' "${!1}"
	)
}

facts() {
	expect 0 "$berth" gitinfo --env "$@"
	cp "$out" "$work/facts"
}

# is FACT VALUE
is() {
	[ "$(fact "$1")" = "$2" ] || fail "$1 is '$(fact "$1")', not '$2'"
}

# Where nothing may change: the work tree, the index, refs and objects.
fingerprint() {
	(cd "$1" && find . -printf '%p %m %s %T@ %l\n' | sort | sha256sum)
}

# agrees DIR : all facts are what git says, and asking has changed nothing.
agrees() {
	local dir=$1 base ref tag before head
	before=$(fingerprint "$dir")
	facts "$dir"
	same "$(fingerprint "$dir")" "$before"
	same "$(find "$TMPDIR" -mindepth 1)" ''
	head=$(git -C "$dir" rev-parse HEAD)
	is GIT_COMMIT "$head"
	is FEATURE_BRANCH_GIT_COMMIT "$head"
	is BERTH_GIT_FEATURE_SHORT "$(git -C "$dir" rev-parse --short HEAD)"
	tag=$(git -C "$dir" describe --tags --exact-match 2>/dev/null) || :
	is BERTH_GIT_TAG "$tag"
	is BERTH_RELEASE "$([ -z "$tag" ] && echo 0 || echo 1)"
	ref=$(git -C "$dir" symbolic-ref HEAD 2>/dev/null) || :
	is BERTH_GIT_BRANCH "${ref#refs/heads/}"
	is GIT_REF "${tag:-${ref#refs/heads/}}"
	is BERTH_BASE_BRANCH "$(head -n 1 "$dir/config/base_branch")"
	base=$(git -C "$dir" rev-parse -q --verify "refs/remotes/origin/$(fact BERTH_BASE_BRANCH)" ||
		git -C "$dir" rev-parse -q --verify "refs/heads/$(fact BERTH_BASE_BRANCH)")
	is BASE_BRANCH_GIT_COMMIT "$base"
	is BERTH_GIT_BASE_SHORT "$(git -C "$dir" rev-parse --short "$base")"
	is BERTH_GIT_DESCRIBE "$(git -C "$dir" describe --tags --always --abbrev=12)"
	is BERTH_GIT_SHALLOW "$([ "$(git -C "$dir" rev-parse --is-shallow-repository)" = true ] &&
		echo 1 || echo 0)"
	is BERTH_GIT_DIRTY "$([ -n "$(git -C "$dir" status --porcelain)" ] && echo 1 || echo 0)"
	if [ -z "$tag" ] && [ "$(fact GIT_REF)" != "$(fact BERTH_BASE_BRANCH)" ] &&
		! git -C "$dir" merge-base --is-ancestor "$base" HEAD; then
		is BERTH_GIT_MERGED 1
	else
		is BERTH_GIT_MERGED 0
		is BERTH_GIT_HEAD "$head"
		is BERTH_GIT_HEAD_SHORT "$(git -C "$dir" rev-parse --short HEAD)"
	fi
	if [ ! -e "$dir/debian/changelog" ] && [ "$(fact BERTH_GIT_MERGED)" = 0 ]; then
		is SOURCE_DATE_EPOCH "$(git -C "$dir" log -1 --format=%ct)"
	fi
}

# refuses TEXT ARGUMENT... : with 66
refuses() {
	local text=$1
	shift
	expect 66 "$berth" gitinfo "$@"
	says "$text"
	same "$(find "$TMPDIR" -mindepth 1)" ''
}

# merges DIR : the merge that berth makes is git's own, down to the tree.
merges() {
	local dir=$1 tree
	agrees "$dir"
	is BERTH_GIT_MERGED 1
	rm -rf "$work/c-merge"
	git clone -q --no-local "$dir" "$work/c-merge"
	git -C "$work/c-merge" checkout -q "$(git -C "$dir" rev-parse HEAD)"
	git -C "$dir" push -q "$work/c-merge" "$(fact BASE_BRANCH_GIT_COMMIT):refs/heads/berth-base"
	git -C "$work/c-merge" merge -q -m x berth-base
	tree=$(git -C "$work/c-merge" rev-parse 'HEAD^{tree}')
	same "$(printf 'tree %s\n' "$tree")" "tree $(merged_tree "$dir")"
}

# The tree of the merge berth makes, by way of git's own plumbing.
merged_tree() {
	local dir=$1
	GIT_AUTHOR_NAME=berth GIT_AUTHOR_EMAIL=berth@localhost GIT_COMMITTER_NAME=berth \
		GIT_COMMITTER_EMAIL=berth@localhost \
		GIT_AUTHOR_DATE="@$(fact SOURCE_DATE_EPOCH) +0000" \
		GIT_COMMITTER_DATE="@$(fact SOURCE_DATE_EPOCH) +0000" \
		git -C "$work/c-merge" commit-tree "$(git -C "$work/c-merge" rev-parse 'HEAD^{tree}')" \
		-p "$(fact GIT_COMMIT)" -p "$(fact BASE_BRANCH_GIT_COMMIT)" \
		-m "Merge commit '$(fact BASE_BRANCH_GIT_COMMIT)' ($(fact BERTH_BASE_BRANCH)) into $(fact GIT_REF)" \
		>"$work/merge-commit"
	same "$(cat "$work/merge-commit")" "$(fact BERTH_GIT_HEAD)" >&2
	git -C "$work/c-merge" rev-parse 'HEAD^{tree}'
}
