// SPDX-License-Identifier: Apache-2.0

package lint

const (
	errorSev = SeverityError
	warnSev  = SeverityWarning
	infoSev  = SeverityInfo
)

// Settings of Kafka triggers: that of source, and raw ones by the same code.
var kafkaCases = []siteCase{
	{
		"KE10", errorSev, "functions.enrich.scaling.limitToPartitionsWithLag",
		sc("allowIdleConsumers: true, limitToPartitionsWithLag: true"), sc("limitToPartitionsWithLag: true"),
		Options{},
	},
	{
		"KE10", errorSev, "workloads.w.scaling.triggers.t.metadata.limitToPartitionsWithLag",
		raw(earliest + "topic: x, allowIdleConsumers: true, limitToPartitionsWithLag: 'true'"),
		raw(earliest + "topic: x, allowIdleConsumers: false, limitToPartitionsWithLag: 'true'"),
		Options{},
	},
	{
		"KE10", errorSev, "functions.enrich.scaling.limitToPartitionsWithLag",
		sc("ensureEvenDistributionOfPartitions: true, limitToPartitionsWithLag: true"),
		sc("ensureEvenDistributionOfPartitions: true"),
		Options{},
	},
	{
		"KE10", errorSev, "workloads.w.scaling.triggers.t.metadata.limitToPartitionsWithLag",
		raw(earliest + "topic: x, ensureEvenDistributionOfPartitions: 1, limitToPartitionsWithLag: 1"),
		apache(earliest + "topic: x, ensureEvenDistributionOfPartitions: 1, limitToPartitionsWithLag: 1"),
		Options{},
	},
	{
		"KE10", errorSev, "workloads.w.scaling.triggers.t.metadata.limitToPartitionsWithLag",
		raw(earliest + "limitToPartitionsWithLag: true"),
		raw(earliest + "topicFromEnv: X, limitToPartitionsWithLag: true"),
		Options{},
	},
	{
		"KE10", errorSev, "workloads.w.scaling.triggers.t.metadata.ensureEvenDistributionOfPartitions",
		raw(earliest + "ensureEvenDistributionOfPartitions: true"),
		apache(earliest + "ensureEvenDistributionOfPartitions: true"),
		Options{},
	},
	{
		"KE10", warnSev, "workloads.w.scaling.triggers.t.metadata.partitionLimitation",
		raw(earliest + "partitionLimitation: '1'"), raw(earliest + "topic: x, partitionLimitation: '1'"),
		Options{},
	},
	{
		"KE10", errorSev, "functions.enrich.scaling.partitionLimitation", sc("partitionLimitation: 1;2"),
		sc("partitionLimitation: '1, 2-4'"),
		Options{},
	},
	{
		"KE10", errorSev, "workloads.w.scaling.triggers.t.metadata.partitionLimitation",
		raw(earliest + "topic: x, partitionLimitation: 1-2-3"),
		raw(earliest + "topic: x, partitionLimitation: 1 - 2"),
		Options{},
	},
	{
		"KE10", warnSev, "functions.enrich.scaling.partitionLimitation", sc("partitionLimitation: 5-2"),
		sc("partitionLimitation: 2-5, maxReplicas: 4"),
		Options{},
	},
	{
		"KE10", errorSev, "functions.enrich.scaling.partitionLimitation", sc("partitionLimitation: '10,20-30'"),
		sc("partitionLimitation: '9,20-30'"),
		Options{},
	},
	{
		"KE10", warnSev, "functions.enrich.scaling.partitionLimitation", sc("partitionLimitation: 0-10"),
		sc("partitionLimitation: 0-9"),
		Options{},
	},
	{
		"KE10", warnSev, "workloads.w.scaling.triggers.t.metadata.partitionLimitation",
		raw(earliest + "topic: orders, partitionLimitation: 5-10"),
		raw(earliest + "topic: unknown, partitionLimitation: 5-10"),
		Options{},
	},

	{
		"KE12", errorSev, "functions.enrich.scaling.scaleToZeroOnInvalidOffset",
		fn("source: {offsetResetPolicy: latest}, scaling: {scaleToZeroOnInvalidOffset: true}"),
		fn("source: {offsetResetPolicy: latest}, scaling: {minReplicas: 1, scaleToZeroOnInvalidOffset: true}"),
		Options{},
	},
	{
		"KE12", errorSev, "workloads.w.scaling.triggers.t.metadata.scaleToZeroOnInvalidOffset",
		raw("topic: x, scaleToZeroOnInvalidOffset: true"), raw("topic: x, scaleToZeroOnInvalidOffset: false"),
		Options{},
	},
	{"KE12", warnSev, "workloads.w.scaling.triggers.t", raw("topic: x"), raw(earliest + "topic: x"), Options{}},
	{"KE12", warnSev, "workloads.w.scaling.triggers.t", apache("topic: x"), apache(earliest + "topic: x"), Options{}},
	{
		"KE12", warnSev, "functions.enrich.source.offsetResetPolicy", fn("source: {offsetResetPolicy: latest}"),
		fn("source: {offsetResetPolicy: latest}, scaling: {minReplicas: 1}"),
		Options{},
	},
	{
		"KE12", warnSev, "workloads.w.scaling.triggers.t.metadata.offsetResetPolicy",
		raw("topic: x, offsetResetPolicy: latest"), raw(earliest + "topic: x"),
		Options{},
	},
	{
		"KE12", errorSev, "functions.enrich.scaling.scaleToZeroOnInvalidOffset",
		sc("scaleToZeroOnInvalidOffset: true"), sc("scaleToZeroOnInvalidOffset: true, minReplicas: 1"),
		Options{},
	},
	{
		"KE12", warnSev, "functions.enrich.scaling.scaleToZeroOnInvalidOffset",
		sc("scaleToZeroOnInvalidOffset: true, triggers: {c: {type: cron}}"), sc("triggers: {c: {type: cron}}"),
		Options{},
	},

	{
		"KE13", warnSev, "functions.enrich.scaling.maxReplicas", sc("maxReplicas: 11"),
		sc("maxReplicas: 11, allowIdleConsumers: true"),
		Options{},
	},
	{
		"KE13", warnSev, "defaults.scaling.maxReplicas",
		raw(earliest+"topic: orders") + "\ndefaults: {scaling: {maxReplicas: 11}}", raw(earliest + "topic: orders"),
		Options{},
	},
	{
		"KE13", warnSev, "workloads.w.scaling.maxReplicas", apache(earliest + "topic: 'orders.dead,orders.dead'"),
		apache(earliest + "topic: 'orders,orders.dead'"),
		Options{},
	},
	{
		"KE13", warnSev, "functions.enrich.scaling.maxReplicas", sc("maxReplicas: 3, partitionLimitation: '1,1,2'"),
		sc("maxReplicas: 3, partitionLimitation: '1,2,4'"),
		Options{},
	},
	{"KE13", errorSev, "functions.enrich.scaling.minReplicas", sc("minReplicas: 11, maxReplicas: 12"), sc("minReplicas: 10"), Options{}},
	{
		"KE13", warnSev, "functions.enrich.scaling.minReplicas",
		sc("minReplicas: 11, maxReplicas: 12, allowIdleConsumers: true"),
		sc("minReplicas: 10, maxReplicas: 12, allowIdleConsumers: true"),
		Options{},
	},
	{
		"KE13", warnSev, "functions.enrich.scaling.maxReplicas",
		sc("maxReplicas: 4, ensureEvenDistributionOfPartitions: true"),
		sc("maxReplicas: 5, ensureEvenDistributionOfPartitions: true"),
		Options{},
	},
	{
		"KE13", infoSev, "functions.enrich.scaling.maxReplicas",
		sc("maxReplicas: 24") + "\nkafka: {topics: {orders: {partitions: 24}}}",
		sc("maxReplicas: 24, behavior: {scaleUp: {tolerance: 0.01}}") + "\nkafka: {topics: {orders: {partitions: 24}}}",
		Options{},
	},
	{
		"HW21", warnSev, "functions.enrich.scaling.activationLagThreshold",
		fn("delivery: exactly-once, scaling: {activationLagThreshold: 9}"),
		fn("delivery: exactly-once, scaling: {activationLagThreshold: 10}"),
		Options{},
	},

	{
		"KE14", warnSev, "functions.enrich.scaling.activationLagThreshold",
		sc("lagThreshold: 5, activationLagThreshold: 5"),
		sc("lagThreshold: 5, activationLagThreshold: 5, minReplicas: 1"),
		Options{},
	},
	{
		"KE14", warnSev, "workloads.w.scaling.triggers.t.metadata.activationLagThreshold",
		raw(earliest + "topic: x, activationLagThreshold: '10'"),
		raw(earliest + "topic: x, lagThreshold: '11', activationLagThreshold: '10'"),
		Options{},
	},
}
