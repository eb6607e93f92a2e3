# SPDX-License-Identifier: MIT
# Lines of METRIC, NAME, NANOSECONDS: for each metric a table of the subjects, with their ratios to
# two of them, -v first=NAME -v second=NAME.
function sort(list, count,    i, j, keep) {
	for (i = 2; i <= count; i++) {
		keep = list[i]
		for (j = i - 1; j > 0 && list[j] > keep; j--)
			list[j + 1] = list[j]
		list[j + 1] = keep
	}
}
function quartiles(key,    i, list) {
	for (i = 1; i <= n[key]; i++)
		list[i] = time[key, i]
	sort(list, n[key])
	middle[key] = list[int((n[key] + 1) / 2)]
	low[key] = list[int((n[key] + 3) / 4)]
}
function ratio(a, b) {
	return b > 0 ? sprintf("%13.2f", a / b) : sprintf("%13s", "-")
}
{
	key = $1 FS $2
	if (!(key in n)) {
		names[$1] = names[$1] FS $2
		if (!($1 in seen)) {
			seen[$1] = 1
			metrics[++rows] = $1
		}
	}
	time[key, ++n[key]] = $3
}
END {
	for (key in n)
		quartiles(key)
	for (row = 1; row <= rows; row++) {
		metric = metrics[row]
		unit = (metric == "orphans") ? "us" : "ms"
		scale = (unit == "us") ? 1000 : 1000000
		printf "%s%-15s %5s %12s %12s %13s %13s\n", (row > 1 ? "\n" : ""), metric, "runs",
			"median " unit, "low 1/4 " unit, "x " first, "x " second
		count = split(substr(names[metric], 2), list, FS)
		for (i = 2; i <= count; i++)
			for (j = i; j > 1 && low[metric FS list[j]] < low[metric FS list[j - 1]]; j--) {
				keep = list[j]
				list[j] = list[j - 1]
				list[j - 1] = keep
			}
		for (i = 1; i <= count; i++) {
			key = metric FS list[i]
			printf "%-15s %5d %12.3f %12.3f %s %s\n", list[i], n[key], middle[key] / scale,
				low[key] / scale, ratio(low[key], low[metric FS first]),
				ratio(low[key], low[metric FS second])
		}
	}
}
