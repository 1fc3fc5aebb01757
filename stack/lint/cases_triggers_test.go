// SPDX-License-Identifier: Apache-2.0

package lint

import "strings"

func trigger(fields string) string { return sc("triggers: {t: {" + fields + "}}") }

// cronTrigger is one in which a setting, as "key: value", is another.
func cronTrigger(setting string) string {
	text := "timezone: UTC, start: 0 8 * * *, end: 0 18 * * *, desiredReplicas: 2"
	key, _, _ := strings.Cut(setting, ":")
	before, after, _ := strings.Cut(text, key+":")
	_, after, more := strings.Cut(after, ",")
	if more {
		after = "," + after
	}
	return trigger("type: cron, metadata: {" + before + setting + after + "}")
}

const load = "type: cpu, metadata: {value: '60'}"

// Triggers of any type, and formulas over them.
var triggerCases = []siteCase{
	{
		"KE20", errorSev, "functions.enrich.scaling.triggers.kafka", sc("triggers: {kafka: {" + load + "}}"),
		sc("triggers: {kafka2: {" + load + "}}"),
		Options{},
	},
	{"KE01", errorSev, "functions.enrich.scaling.triggers.t.type", trigger("metadata: {}"), trigger("type: cron, metadata: {}"), Options{}},
	{"KE01", errorSev, "functions.enrich.scaling.triggers.t.type", trigger("type: corn"), trigger("type: cron"), Options{}},
	{
		"KE01", errorSev, "functions.enrich.scaling.triggers.t.metadata.valueFromEnv",
		trigger("type: cpu, metadata: {valueFromEnv: X}"), trigger("type: redis, metadata: {addressFromEnv: X}"),
		Options{},
	},
	{
		"KE01", warnSev, "functions.enrich.scaling.triggers.t.metadata.valeu",
		trigger("type: cpu, metadata: {valeu: '60'}"), trigger(load),
		Options{},
	},
	{
		"KE01", errorSev, "functions.enrich.scaling.triggers.t", trigger("type: redis, metadata: {address: 'r:1'}"),
		trigger("type: redis, metadata: {address: 'r:1', listName: l}"),
		Options{},
	},
	{
		"KE01", errorSev, "workloads.w.scaling.triggers.t.metadata.password",
		raw(earliest + "topic: x, password: secret"), raw(earliest + "topic: x, saslFromEnv: X"),
		Options{},
	},
	{
		"KE02", errorSev, "functions.enrich.scaling.triggers.t.metadata.value",
		trigger("type: cpu, metadata: {value: [60]}"), trigger("type: cpu, metadata: {value: 60}"),
		Options{},
	},
	{
		"KE03", errorSev, "workloads.w.scaling.triggers.t.metadata.unsafeSsl",
		raw(earliest + "topic: x, unsafeSsl: yess"), raw(earliest + "topic: x, unsafeSsl: T"),
		Options{},
	},
	{
		"KE03", errorSev, "workloads.w.scaling.triggers.t.metadata.allowIdleConsumers",
		apache(earliest + "topic: x, allowIdleConsumers: often"),
		apache(earliest + "topic: x, allowIdleConsumers: 'True'"),
		Options{},
	},
	{
		"KE03", errorSev, "workloads.w.scaling.triggers.t.metadata.lagThreshold",
		raw(earliest + "topic: x, lagThreshold: 1e3x"), raw(earliest + "topic: x, lagThreshold: 1000"),
		Options{},
	},
	{
		"KE03", errorSev, "workloads.w.scaling.triggers.t.metadata.lagThreshold",
		raw(earliest + "topic: x, lagThreshold: 2.5"), raw(earliest + "topic: x, lagThreshold: 2"),
		Options{},
	},
	{
		"KE03", errorSev, "workloads.w.scaling.triggers.t.metadata.sasl", raw(earliest + "topic: x, sasl: plain"),
		raw(earliest + "topic: x, sasl: none"),
		Options{},
	},
	{
		"KE03", errorSev, "functions.enrich.scaling.triggers.t.metadata.start", cronTrigger("start: 0 24 * * *"),
		cronTrigger("start: 0 23 * * mon-FRI"),
		Options{},
	},
	{
		"KE03", errorSev, "functions.enrich.scaling.triggers.t.metadata.end", cronTrigger("end: '@daily'"),
		cronTrigger("end: '*/5 0-8/2 ? jan 0'"),
		Options{},
	},
	{
		"KE03", errorSev, "functions.enrich.scaling.triggers.t.metadata.end", cronTrigger("end: 0 8 * * *"),
		cronTrigger("end: 1 8 * * *"),
		Options{},
	},
	{
		"KE03", warnSev, "functions.enrich.scaling.triggers.t.metadata.timezone", cronTrigger("timezone: Berlin"),
		cronTrigger("timezone: America/Port-au-Prince"),
		Options{},
	},
	{
		"KE03", errorSev, "functions.enrich.scaling.triggers.t.metadata.desiredReplicas",
		cronTrigger("desiredReplicas: 0"), cronTrigger("desiredReplicas: '3'"),
		Options{},
	},
	{"KE09", warnSev, "workloads.w.scaling.triggers.t", raw(earliest + "version: 1.0.0"), raw(earliest + "topicFromEnv: X"), Options{}},
	{
		"KE11", errorSev, "workloads.w.scaling.triggers.t.metadata.lagThreshold",
		raw(earliest + "topic: x, lagThreshold: 0"), raw(earliest + "topic: x, lagThreshold: 1"),
		Options{},
	},
	{
		"KE11", errorSev, "workloads.w.scaling.triggers.t.metadata.activationLagThreshold",
		apache(earliest + "topic: x, activationLagThreshold: -1"),
		apache(earliest + "topic: x, activationLagThreshold: 0"),
		Options{},
	},
	{
		"KE18", errorSev, "workloads.w.scaling.minReplicas",
		wl("triggers: {t: {" + load + ", metricType: Utilization}}"),
		wl("minReplicas: 1, triggers: {t: {" + load + ", metricType: Utilization}}"),
		Options{},
	},
	{
		"KE18", errorSev, "functions.enrich.scaling.triggers.t.metricType", trigger(load),
		trigger(load + ", metricType: AverageValue"),
		Options{},
	},
	{
		"KE18", errorSev, "functions.enrich.scaling.triggers.t.metricType",
		trigger("type: cron, metricType: Utilization"), trigger("type: cron, metricType: Value"),
		Options{},
	},
	{
		"KE18", errorSev, "functions.enrich.scaling.triggers.t.metricType",
		fn("resources: {requests: null, limits: null}, scaling: {triggers: {t: {" + load + ", metricType: Utilization}}}"),
		fn("resources: {requests: null, limits: {cpu: 1}}, scaling: {triggers: {t: {" + load + ", metricType: Utilization}}}"),
		Options{},
	},
	{
		"KE19", errorSev, "functions.enrich.scaling.triggers.t.useCachedMetrics",
		trigger("type: cron, useCachedMetrics: true"), trigger("type: redis, useCachedMetrics: true"),
		Options{},
	},
	{
		"KE23", warnSev, "functions.enrich.scaling.triggers", trigger("type: apache-kafka"),
		sc("triggers: {t: {type: kafka}}, scalingModifiers: {formula: kafka + t, target: 5}"),
		Options{},
	},

	{
		"KE20", warnSev, "functions.enrich.scaling.triggers.t.metadata.containerName",
		sc("triggers: {t: {type: memory, metricType: AverageValue, metadata: {value: '1', containerName: c}}}, " +
			"scalingModifiers: {formula: kafka, target: 5}"),
		trigger("type: memory, metricType: AverageValue, metadata: {value: '1', containerName: c}"),
		Options{},
	},
	{
		"KE20", errorSev, "functions.enrich.scaling.scalingModifiers", sc("scalingModifiers: {target: 5}"),
		sc("scalingModifiers: {}"),
		Options{},
	},
	{"KE20", errorSev, "functions.enrich.scaling.scalingModifiers", sc("scalingModifiers: {formula: kafka}"), formula("kafka"), Options{}},
	{
		"KE20", errorSev, "functions.enrich.scaling.scalingModifiers.target",
		sc("scalingModifiers: {formula: kafka, target: 5m}"), sc("scalingModifiers: {formula: kafka, target: 0.5}"),
		Options{},
	},
	{
		"KE20", warnSev, "functions.enrich.scaling.scalingModifiers.target",
		sc("scalingModifiers: {formula: kafka, target: 0.5}, fallback: {failureThreshold: 0, replicas: 1}"),
		sc("scalingModifiers: {formula: kafka, target: 5}, fallback: {failureThreshold: 0, replicas: 1}"),
		Options{},
	},
	{
		"KE20", errorSev, "functions.enrich.scaling.scalingModifiers.activationTarget",
		sc("scalingModifiers: {formula: kafka, target: 5, activationTarget: 1k}"),
		sc("scalingModifiers: {formula: kafka, target: 5, activationTarget: 1.5}"),
		Options{},
	},
	{
		"KE20", errorSev, "functions.enrich.scaling.scalingModifiers.formula",
		sc("triggers: {a-b: {type: cron}}, scalingModifiers: {formula: kafka + a-b, target: 5}"),
		sc("triggers: {ab: {type: cron}}, scalingModifiers: {formula: kafka + ab, target: 5}"),
		Options{},
	},
	{"KE20", errorSev, "functions.enrich.scaling.scalingModifiers.formula", formula("kafka + "), formula("kafka + 1"), Options{}},
	{"KE20", errorSev, "functions.enrich.scaling.scalingModifiers.formula", formula("(kafka"), formula("(kafka)"), Options{}},
	{
		"KE20", errorSev, "functions.enrich.scaling.scalingModifiers.formula", formula("kafka ? 1 : 0"),
		formula("kafka > 1 ? 1 : 0"),
		Options{},
	},
	{
		"KE20", errorSev, "functions.enrich.scaling.scalingModifiers.formula",
		sc("triggers: {t: {" + load + "}}, scalingModifiers: {formula: kafka + t, target: 5}"),
		sc("triggers: {t: {" + load + "}}, scalingModifiers: {formula: kafka, target: 5}"),
		Options{},
	},
	{
		"KE20", errorSev, "functions.enrich.scaling.scalingModifiers.formula", formula("kafak"),
		formula("let kafak = kafka; kafak"),
		Options{},
	},
	{
		"KE20", errorSev, "functions.enrich.scaling.scalingModifiers.formula", formula("kafka != 3"),
		formula("kafka != 3 ? kafka : 0"),
		Options{},
	},
	{
		"KE20", errorSev, "functions.enrich.scaling.scalingModifiers.formula", formula("not (kafka > 3)"),
		formula("not (kafka > 3) ? 1 : 2"),
		Options{},
	},
	{"KE20", errorSev, "functions.enrich.scaling.scalingModifiers.formula", formula("[kafka, 1]"), formula("sum([kafka, 1])"), Options{}},
}

func formula(text string) string {
	return sc("scalingModifiers: {target: 5, formula: '" + text + "'}")
}

const hub = "extraObjects: {ta: {apiVersion: keda.sh/v1alpha1, kind: TriggerAuthentication, metadata: {name: hub}, spec: SPEC}}"

// login is a raw trigger whose credentials come from a TriggerAuthentication
// in the release.
func login(typ, metadata, spec string) string {
	text := raw(earliest + "topic: x, " + metadata)
	text = strings.Replace(text, "type: kafka", "type: "+typ+", authenticationRef: {name: hub}", 1)
	return text + "\n" + strings.Replace(hub, "SPEC", spec, 1)
}

func secrets(params ...string) string {
	var list []string
	for _, p := range params {
		list = append(list, "{parameter: "+p+", name: s, key: "+p+"}")
	}
	return "{secretTargetRef: [" + strings.Join(list, ", ") + "]}"
}

const (
	withRef = "workloads.w.scaling.triggers.t.authenticationRef"
	redis   = "type: redis, metadata: {address: 'r:1', listName: l}, authenticationRef: "
)

var credentialCases = []siteCase{
	{
		"KE24", errorSev, "functions.enrich.scaling.triggers.t.authenticationRef",
		trigger(redis + "{kind: TriggerAuthentication}"), trigger(redis + "{name: a}"),
		Options{},
	},
	{
		"KE24", errorSev, "functions.enrich.scaling.triggers.t.authenticationRef",
		trigger(redis+"{name: hub, kind: ClusterTriggerAuthentication}") + "\n" + hub,
		trigger(redis+"{name: hub}") + "\n" + hub,
		Options{},
	},
	{
		"KE24", errorSev, "functions.enrich.scaling.triggers.t.authenticationRef",
		trigger(redis+"{name: hub}") + "\n" + strings.Replace(hub, "{name: hub}", "{name: hub, namespace: other}", 1),
		trigger(redis+"{name: hub}") + "\n" + strings.Replace(hub, "{name: hub}", "{name: hub, namespace: prod}", 1),
		Options{Namespace: "prod"},
	},
	{
		"KE15", warnSev, "functions.enrich.scaling.triggers.t.authenticationRef", trigger(redis + "{name: hub}"),
		trigger(redis + "{name: hub, kind: ClusterTriggerAuthentication}"),
		Options{},
	},
	{
		"KE15", warnSev, "functions.enrich.scaling.triggers.t.authenticationRef",
		trigger(redis+"{name: r-kafka}") + "\n" + tls, trigger(redis+"{name: rel-kafka}") + "\n" + tls,
		Options{Release: "rel"},
	},
	{
		"KE15", errorSev, withRef, login("kafka", "tls: enable", secrets("cert")),
		login("kafka", "tls: enable", secrets("cert", "key")),
		Options{},
	},
	{
		"KE15", errorSev, "workloads.w.scaling.triggers.t.metadata.sasl",
		apache(earliest + "topic: x, sasl: gssapi"), apache(earliest + "topic: x, sasl: none"),
		Options{},
	},
	{
		"KE15", errorSev, withRef,
		login("kafka", "sasl: gssapi", secrets("username", "realm", "kerberosConfig", "keytab", "password")),
		login("kafka", "sasl: gssapi", secrets("username", "realm", "kerberosConfig", "keytab")),
		Options{},
	},
	{
		"KE15", errorSev, "workloads.w.scaling.triggers.t", raw(earliest + "topic: x, sasl: scram_sha512"),
		login("kafka", "sasl: scram_sha512", secrets("username", "password")),
		Options{},
	},
	{
		"KE15", errorSev, withRef, login("kafka", "sasl: plaintext", secrets("username")),
		login("kafka", "sasl: plaintext", "{filePath: /x}"),
		Options{},
	},
	{
		"KE15", errorSev, withRef, login("kafka", "sasl: oauthbearer", secrets("username", "password")),
		login("kafka", "sasl: oauthbearer", secrets("username", "password", "oauthTokenEndpointUri")),
		Options{},
	},
	{
		"KE15", errorSev, withRef,
		login("kafka", "sasl: oauthbearer, saslTokenProvider: bearer", "{hashiCorpVault: {secrets: [{parameter: username}]}}"),
		login("kafka", "sasl: oauthbearer", secrets("saslTokenProvider")),
		Options{},
	},
	{
		"KE15", errorSev, "workloads.w.scaling.triggers.t",
		login("kafka", "sasl: oauthbearer, saslTokenProvider: aws_msk_iam, awsRegion: eu", "{podIdentity: {provider: aws}}"),
		login("kafka", "sasl: oauthbearer, saslTokenProvider: aws_msk_iam, tls: enable, awsRegion: eu", "{podIdentity: {provider: aws}}"),
		Options{},
	},
	{
		"KE15", errorSev, "workloads.w.scaling.triggers.t",
		apache(earliest + "topic: x, sasl: aws_msk_iam, tls: enable"),
		apache(earliest + "topic: x, sasl: aws_msk_iam, tls: enable, awsRegion: eu"),
		Options{},
	},
	{"KE15", warnSev, "extraObjects.ta.spec.secretTargetRef[0]", clusterAuth("prod"), clusterAuth("keda"), Options{Namespace: "keda"}},
	{
		"KE15", errorSev, "extraObjects.ta.spec.secretTargetRef[0]", clusterAuth("keda") + "\nworkloads: {}",
		strings.Replace(clusterAuth("keda"), "stringData: {}", "stringData: {username: u}", 1),
		Options{Namespace: "keda"},
	},
}

const tls = "kafka: {mode: external, bootstrapServers: ['b:1'], tls: {enabled: true, caSecret: {name: ca}}}"

func clusterAuth(namespace string) string {
	text := strings.Replace(hub, "SPEC", secrets("username"), 1)
	text = strings.Replace(text, "kind: Trigger", "kind: ClusterTrigger", 1)
	return strings.TrimSuffix(text, "}") + ", s: {apiVersion: v1, kind: Secret, metadata: {name: s, namespace: " +
		namespace + "}, stringData: {}}}"
}
