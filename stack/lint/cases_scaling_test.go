// SPDX-License-Identifier: Apache-2.0

package lint

const (
	fallback = "functions.enrich.scaling.fallback"
	down     = "functions.enrich.scaling.behavior.scaleDown"
	up       = "functions.enrich.scaling.behavior.scaleUp"
	anns     = `functions.enrich.scaling.annotations.`
)

func scaleDown(rules string) string { return sc("behavior: {scaleDown: {" + rules + "}}") }

func annotated(key, value string) string {
	return sc("annotations: {" + key + ": '" + value + "'}")
}

// What becomes a ScaledObject beside its triggers.
var scalingCases = []siteCase{
	{"HW02", errorSev, "functions.enrich.scaling", fn("scaling: null"), fn("scaling: {}"), Options{}},
	{
		"KE04", errorSev, "functions.enrich.scaling.minReplicas", sc("minReplicas: 5, maxReplicas: 4"),
		sc("minReplicas: 4, maxReplicas: 4"),
		Options{},
	},
	{
		"KE04", errorSev, "functions.enrich.scaling.idleReplicaCount", sc("minReplicas: 2, idleReplicaCount: 1"),
		sc("minReplicas: 2, idleReplicaCount: 0"),
		Options{},
	},
	{
		"KE04", infoSev, "functions.enrich.scaling.idleReplicaCount", sc("idleReplicaCount: 0"),
		sc("minReplicas: 1, idleReplicaCount: 0"),
		Options{},
	},
	{
		"KE05", errorSev, "functions.enrich.scaling.hpaName",
		sc("hpaName: a234567890123456789012345678901234567890123456789012345678901234"),
		sc("hpaName: a23456789012345678901234567890123456789012345678901234567890123"),
		Options{},
	},
	{
		"KE05", infoSev, "workloads.a2345678901234567890123456789012345678901",
		"workloads: {a2345678901234567890123456789012345678901: {}}",
		"workloads: {a234567890123456789012345678901234567890: {}}",
		Options{},
	},
	{
		"KE05", infoSev, "functions.a2345678901234567890123456789012345678901234567890",
		"functions: {a2345678901234567890123456789012345678901234567890: {}}",
		"functions: {a234567890123456789012345678901234567890123456789: {}}",
		Options{Release: "shop"},
	},
	{
		"KE26", warnSev, fallback, sc("activation: push, fallback: {failureThreshold: 1, replicas: 1}"),
		sc("activation: push, fallback: {failureThreshold: null}"),
		Options{},
	},
	{
		"HW30", infoSev, "functions.enrich.scaling.pollingInterval", sc("pollingInterval: 61"),
		sc("pollingInterval: 61, activation: push"),
		Options{},
	},
	{
		"KE27", infoSev, "workloads.w.scaling.activation", wl("activation: push, triggers: {t: {type: cron}}"),
		wl("activation: poll, triggers: {t: {type: cron}}"),
		Options{},
	},
	{
		"KE25", infoSev, "functions.enrich.scaling.restoreToOriginalReplicaCount",
		sc("restoreToOriginalReplicaCount: true"), wl("restoreToOriginalReplicaCount: true"),
		Options{},
	},

	{
		"KE16", infoSev, "functions.enrich.scaling.cooldownPeriod", sc("minReplicas: 1, cooldownPeriod: 60"),
		sc("minReplicas: 1, idleReplicaCount: 0, cooldownPeriod: 60"),
		Options{},
	},
	{
		"KE16", infoSev, "functions.enrich.scaling.pollingInterval", sc("minReplicas: 1, pollingInterval: 9"),
		sc("minReplicas: 1, pollingInterval: 9, useCachedMetrics: true"),
		Options{},
	},
	{"KE16", infoSev, "functions.enrich.scaling.cooldownPeriod", sc("cooldownPeriod: 59"), sc("cooldownPeriod: 60"), Options{}},
	{
		"KE16", infoSev, "functions.enrich.scaling.cooldownPeriod", sc("cooldownPeriod: 299, behavior: null"),
		sc("cooldownPeriod: null, behavior: null"),
		Options{},
	},
	{"HW30", infoSev, "functions.enrich.scaling.pollingInterval", sc("pollingInterval: 61"), sc("pollingInterval: 60"), Options{}},

	{"KE17", warnSev, down + ".policies", scaleDown("policies: []"), scaleDown("selectPolicy: Disabled, policies: []"), Options{}},
	{
		"KE17", errorSev, down + ".policies", scaleDown("policies: [{type: Pods, value: 1}]"),
		scaleDown("policies: [{type: Pods, value: 1, periodSeconds: 1800}]"),
		Options{},
	},
	{"KE17", warnSev, down, scaleDown("selectPolicy: null"), sc("behavior: null"), Options{}},
	{"KE17", warnSev, up, sc("behavior: {scaleUp: null}"), sc("behavior: {scaleUp: null, scaleDown: null}"), Options{}},
	{
		"KE17", warnSev, up + ".selectPolicy", sc("behavior: {scaleUp: {selectPolicy: Disabled}}"),
		sc("maxReplicas: 1, behavior: {scaleUp: {selectPolicy: Disabled}}"),
		Options{},
	},
	{"KE17", errorSev, down + ".tolerance", scaleDown("tolerance: 1.1"), scaleDown("tolerance: 100m"), Options{}},

	{"KE21", errorSev, fallback, sc("fallback: {replicas: 1}"), sc("fallback: {replicas: null}"), Options{}},
	{"KE21", errorSev, fallback, sc("fallback: {failureThreshold: 0}"), sc("fallback: {failureThreshold: 0, replicas: 1}"), Options{}},
	{
		"KE21", warnSev, fallback + ".failureThreshold", sc("fallback: {failureThreshold: 1, replicas: 1}"),
		sc("fallback: {failureThreshold: 0, replicas: 1}"),
		Options{},
	},
	{
		"KE21", warnSev, "workloads.w.scaling.fallback.failureThreshold",
		wl("fallback: {failureThreshold: 1, replicas: 1}, triggers: {c: {type: cron}, t: {type: kafka}}"),
		wl("fallback: {failureThreshold: 1, replicas: 1}, triggers: {c: {type: cron}, t: {type: apache-kafka}}"),
		Options{},
	},
	{
		"KE21", warnSev, "workloads.w.scaling.fallback.failureThreshold",
		wl("fallback: {failureThreshold: 1, replicas: 1}, triggers: {t: {type: rabbitmq}}"),
		wl("fallback: {failureThreshold: 1, replicas: 1}, triggers: {t: {type: redis}}"),
		Options{},
	},
	{
		"KE21", errorSev, "workloads.w.scaling.fallback",
		wl("minReplicas: 1, fallback: {failureThreshold: 1, replicas: 1}, triggers: {t: {type: cpu}}"),
		wl("minReplicas: 1, fallback: {failureThreshold: 1, replicas: 1}, triggers: {t: {type: cpu}, c: {type: cron}}"),
		Options{},
	},
	{
		"KE21", warnSev, fallback + ".replicas", sc("maxReplicas: 5, fallback: {failureThreshold: 0, replicas: 6}"),
		sc("maxReplicas: 5, fallback: {failureThreshold: 0, replicas: 5}"),
		Options{},
	},
	{
		"KE21", warnSev, fallback + ".replicas", sc("fallback: {failureThreshold: 0, replicas: 0}"),
		sc("minReplicas: 1, fallback: {failureThreshold: 0, replicas: 0}"),
		Options{},
	},
	{
		"KE21", errorSev, fallback + ".behavior",
		sc("fallback: {failureThreshold: 0, replicas: 1, behavior: scalingModifiers}"),
		sc("fallback: {failureThreshold: 0, replicas: 1, behavior: scalingModifiers}, scalingModifiers: {formula: kafka, target: 5}"),
		Options{},
	},

	{"KE22", warnSev, "functions.enrich.scaling.paused", sc("paused: true, pausedReplicas: 1"), sc("paused: true"), Options{}},
	{
		"KE22", errorSev, anns + `autoscaling\.keda\.sh/paused-replicas`,
		annotated("autoscaling.keda.sh/paused-replicas", "two"),
		annotated("autoscaling.keda.sh/paused-replicas", "2"),
		Options{},
	},
	{
		"KE22", warnSev, anns + `autoscaling\.keda\.sh/paused`, annotated("autoscaling.keda.sh/paused", "yes"),
		annotated("autoscaling.keda.sh/paused", "1"),
		Options{},
	},
	{
		"KE22", warnSev, anns + `validations\.keda\.sh/hpa-ownership`,
		annotated("validations.keda.sh/hpa-ownership", "true"),
		annotated("scaledobject.keda.sh/transfer-hpa-ownership", "true"),
		Options{},
	},
	{
		"KE22", warnSev, "functions.enrich.scaling.pausedScaleIn", sc("pausedScaleIn: true, pausedScaleOut: true"),
		sc("pausedScaleIn: true"),
		Options{},
	},
}
