/* SPDX-License-Identifier: MIT */
/* What systemd.resource-control(5) has: nothing of it is honoured. */
#include "conf/directives_table.h"

/* Why not. */
#define SANDBOX     "the container is the sandbox"
#define CONTROLLERS "the container's limits hold, no cgroup controller is enabled"
#define ACCOUNTING  "nothing is asked for its account"
#define NO_SLICES   "there are no slices"
#define NO_OOMD     "there is no systemd-oomd"

static const struct directive directives[] = {
	{ "Service", "AllowedCPUs", NULL, 0, NULL, CONTROLLERS },
	{ "Service", "AllowedMemoryNodes", NULL, 0, NULL, CONTROLLERS },
	{ "Service", "BPFProgram", NULL, 0, NULL, SANDBOX },
	{ "Service", "BlockIOAccounting", parse_accepted, 0, NULL, ACCOUNTING },
	{ "Service", "BlockIODeviceWeight", NULL, 0, NULL, CONTROLLERS },
	{ "Service", "BlockIOReadBandwidth", NULL, 0, NULL, CONTROLLERS },
	{ "Service", "BlockIOWeight", NULL, 0, NULL, CONTROLLERS },
	{ "Service", "BlockIOWriteBandwidth", NULL, 0, NULL, CONTROLLERS },
	{ "Service", "CPUAccounting", parse_accepted, 0, NULL, ACCOUNTING },
	{ "Service", "CPUQuota", NULL, 0, NULL, CONTROLLERS },
	{ "Service", "CPUQuotaPeriodSec", NULL, 0, NULL, CONTROLLERS },
	{ "Service", "CPUShares", NULL, 0, NULL, CONTROLLERS },
	{ "Service", "CPUWeight", NULL, 0, NULL, CONTROLLERS },
	{ "Service", "DefaultMemoryLow", NULL, 0, NULL, CONTROLLERS },
	{ "Service", "DefaultMemoryMin", NULL, 0, NULL, CONTROLLERS },
	{ "Service", "Delegate", NULL, 0, NULL, CONTROLLERS },
	{ "Service", "DeviceAllow", NULL, 0, NULL, SANDBOX },
	{ "Service", "DevicePolicy", NULL, 0, NULL, SANDBOX },
	{ "Service", "DisableControllers", NULL, 0, NULL, CONTROLLERS },
	{ "Service", "IOAccounting", parse_accepted, 0, NULL, ACCOUNTING },
	{ "Service", "IODeviceLatencyTargetSec", NULL, 0, NULL, CONTROLLERS },
	{ "Service", "IODeviceWeight", NULL, 0, NULL, CONTROLLERS },
	{ "Service", "IOReadBandwidthMax", NULL, 0, NULL, CONTROLLERS },
	{ "Service", "IOReadIOPSMax", NULL, 0, NULL, CONTROLLERS },
	{ "Service", "IOWeight", NULL, 0, NULL, CONTROLLERS },
	{ "Service", "IOWriteBandwidthMax", NULL, 0, NULL, CONTROLLERS },
	{ "Service", "IOWriteIOPSMax", NULL, 0, NULL, CONTROLLERS },
	{ "Service", "IPAccounting", parse_accepted, 0, NULL, ACCOUNTING },
	{ "Service", "IPAddressAllow", NULL, 0, NULL, SANDBOX },
	{ "Service", "IPAddressDeny", NULL, 0, NULL, SANDBOX },
	{ "Service", "IPEgressFilterPath", NULL, 0, NULL, SANDBOX },
	{ "Service", "IPIngressFilterPath", NULL, 0, NULL, SANDBOX },
	{ "Service", "ManagedOOMMemoryPressure", parse_accepted, 0, NULL, NO_OOMD },
	{ "Service", "ManagedOOMMemoryPressureLimit", parse_accepted, 0, NULL, NO_OOMD },
	{ "Service", "ManagedOOMPreference", parse_accepted, 0, NULL, NO_OOMD },
	{ "Service", "ManagedOOMSwap", parse_accepted, 0, NULL, NO_OOMD },
	{ "Service", "MemoryAccounting", parse_accepted, 0, NULL, ACCOUNTING },
	{ "Service", "MemoryHigh", NULL, 0, NULL, CONTROLLERS },
	{ "Service", "MemoryLimit", NULL, 0, NULL, CONTROLLERS },
	{ "Service", "MemoryLow", NULL, 0, NULL, CONTROLLERS },
	{ "Service", "MemoryMax", NULL, 0, NULL, CONTROLLERS },
	{ "Service", "MemoryMin", NULL, 0, NULL, CONTROLLERS },
	{ "Service", "MemorySwapMax", NULL, 0, NULL, CONTROLLERS },
	{ "Service", "RestrictNetworkInterfaces", NULL, 0, NULL, SANDBOX },
	{ "Service", "Slice", parse_accepted, 0, NULL, NO_SLICES },
	{ "Service", "SocketBindAllow", NULL, 0, NULL, SANDBOX },
	{ "Service", "SocketBindDeny", NULL, 0, NULL, SANDBOX },
	{ "Service", "StartupAllowedCPUs", NULL, 0, NULL, CONTROLLERS },
	{ "Service", "StartupAllowedMemoryNodes", NULL, 0, NULL, CONTROLLERS },
	{ "Service", "StartupBlockIOWeight", NULL, 0, NULL, CONTROLLERS },
	{ "Service", "StartupCPUShares", NULL, 0, NULL, CONTROLLERS },
	{ "Service", "StartupCPUWeight", NULL, 0, NULL, CONTROLLERS },
	{ "Service", "StartupIOWeight", NULL, 0, NULL, CONTROLLERS },
	{ "Service", "TasksAccounting", parse_accepted, 0, NULL, ACCOUNTING },
	{ "Service", "TasksMax", NULL, 0, NULL, CONTROLLERS },
};

const struct directive_table directives_resource = { directives,
	sizeof(directives) / sizeof(directives[0]) };
