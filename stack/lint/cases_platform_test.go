// SPDX-License-Identifier: Apache-2.0

package lint

func kafkaOf(fields string) string { return "kafka: {" + fields + "}" }

func external(fields string) string {
	return kafkaOf("mode: external, bootstrapServers: ['b:1'], " + fields)
}

func topicOf(fields string) string { return kafkaOf("topics: {orders: {" + fields + "}}") }

const saslSecret = "kafka.sasl.secret.name"

// Kafka, KEDA and the rest of the platform.
var platformCases = []siteCase{
	{"HW02", errorSev, "runner", "runner: null", "runner: {}", Options{}},
	{"HW06", warnSev, "", "kafka: {}\n---\nkafka: {}", "kafka: {}", Options{}},
	{"HW25", errorSev, "kafka.bootstrapServers", kafkaOf("mode: external"), external(""), Options{}},
	{"HW25", warnSev, "kafka.bootstrapServers", kafkaOf("bootstrapServers: ['b:1']"), external(""), Options{}},
	{
		"HW25", errorSev, "kafka.bootstrapServers[0]", kafkaOf("mode: external, bootstrapServers: ['b:65536']"),
		kafkaOf("mode: external, bootstrapServers: ['[::1]:65535']"),
		Options{},
	},
	{"HW26", errorSev, "kafka.sasl.mechanism", kafkaOf("sasl: {mechanism: plain}"), kafkaOf("sasl: {mechanism: none}"), Options{}},
	{"HW26", errorSev, "kafka.tls.enabled", kafkaOf("tls: {enabled: true}"), kafkaOf("mode: strimzi, tls: {enabled: true}"), Options{}},
	{
		"HW33", warnSev, "kafka.bundled.storage.enabled", kafkaOf("bundled: {storage: {enabled: false}}"),
		external("bundled: {storage: {enabled: false}}"),
		Options{},
	},
	{
		"HW33", warnSev, "kafka.strimzi.storage.enabled",
		kafkaOf("mode: strimzi, strimzi: {storage: {enabled: false}}"),
		kafkaOf("strimzi: {storage: {enabled: false}}"),
		Options{},
	},
	{
		"KE15", errorSev, saslSecret, external("sasl: {mechanism: plain}"),
		external("sasl: {mechanism: plain, secret: {name: s}}"),
		Options{},
	},
	{
		"KE15", errorSev, saslSecret, external("sasl: {mechanism: oauthbearer}"),
		external("sasl: {mechanism: oauthbearer, secret: {name: s}}"),
		Options{},
	},
	{
		"KE15", errorSev, "kafka.sasl.oauth.tokenEndpointUri", external("sasl: {mechanism: oauthbearer}"),
		external("sasl: {mechanism: oauthbearer, oauth: {tokenEndpointUri: 'https://t'}}"),
		Options{},
	},
	{
		"KE15", errorSev, "kafka.sasl.oauth.tokenEndpointUri",
		external("sasl: {mechanism: oauthbearer, oauth: {tokenEndpointUri: t}}"),
		external("sasl: {mechanism: oauthbearer, oauth: {tokenEndpointUri: 'http://t'}}"),
		Options{},
	},
	{
		"KE15", errorSev, "kafka.sasl.aws.region", external("sasl: {mechanism: aws-msk-iam}"),
		external("sasl: {mechanism: aws-msk-iam, aws: {region: eu}}"),
		Options{},
	},
	{
		"KE15", errorSev, "kafka.tls.enabled", external("sasl: {mechanism: aws-msk-iam}"),
		external("tls: {enabled: true}, sasl: {mechanism: aws-msk-iam}"),
		Options{},
	},
	{
		"KE15", warnSev, saslSecret, external("sasl: {secret: {name: s}}"),
		external("sasl: {mechanism: plain, secret: {name: s}}"),
		Options{},
	},
	{
		"KE15", warnSev, "kafka.sasl.mechanism", external("sasl: {mechanism: plain}"),
		external("sasl: {mechanism: scram-sha-512}"),
		Options{},
	},
	{
		"KE15", warnSev, "kafka.tls.enabled", external("tls: {caSecret: {name: s}}"),
		external("tls: {enabled: true, caSecret: {name: s}}"),
		Options{},
	},
	{
		"KE15", errorSev, "kafka.tls.clientCertSecret.keyKey",
		external("tls: {enabled: true, clientCertSecret: {name: s, keyKey: ''}}"),
		external("tls: {enabled: true, clientCertSecret: {name: s, keyKey: k}}"),
		Options{},
	},
	{
		"HW37", warnSev, "kafka.tls.insecureSkipVerify", external("tls: {enabled: true, insecureSkipVerify: true}"),
		external("tls: {insecureSkipVerify: true}"),
		Options{},
	},
	{
		"HW15", errorSev, "kafka.topics.orders.replicationFactor", topicOf("replicationFactor: 2"),
		kafkaOf("bundled: {replicas: 3}, topics: {orders: {replicationFactor: 3}}"),
		Options{},
	},
	{
		"HW36", errorSev, `kafka.topics.orders.config.min\.insync\.replicas`,
		topicOf("config: {min.insync.replicas: 2}"), topicOf("config: {min.insync.replicas: 1}"),
		Options{},
	},
	{
		"HW36", warnSev, `kafka.topics.orders.config.min\.insync\.replicas`,
		kafkaOf("bundled: {replicas: 3}, topics: {orders: {config: {min.insync.replicas: 3}}}"),
		kafkaOf("bundled: {replicas: 3}, topics: {orders: {config: {min.insync.replicas: 2}}}"),
		Options{},
	},
	{"HW05", errorSev, `kafka.topics.\.\.`, kafkaOf("topics: {'..': {}}"), kafkaOf("topics: {'...': {}}"), Options{}},
	{"HW39", errorSev, "kafka.topics.orders_dead", kafkaOf("topics: {orders_dead: {}}"), kafkaOf("topics: {orders-dead: {}}"), Options{}},
	{"HW34", errorSev, "keda.crds.install", "keda: {crds: {install: true}}", "keda: {crds: {install: false}}", Options{}},
	{
		"HW40", warnSev, "networkPolicy.kedaNamespace", "keda: {enabled: false}\nnetworkPolicy: {enabled: true}",
		"networkPolicy: {enabled: true}",
		Options{},
	},
	{"HW12", errorSev, "runtimes.mine.handler", "runtimes: {mine: {}}", "runtimes: {mine: {create: false}}", Options{}},
	{"HW12", errorSev, "runtimes.wazero", "runtimes: {wazero: {handler: h}}", "runtimes: {wazer: {handler: h}}", Options{}},
	{"HW47", errorSev, "runner.image.repository", "runner: {image: {repository: ''}}", "nodeSetup: {image: {repository: ''}}", Options{}},
}

// What values.schema.json holds too.
var schemaCases = []siteCase{
	{"HW01", errorSev, "functions.enrich.sorce", fn("sorce: {}"), fn("source: {}"), Options{}},
	{"HW02", errorSev, "functions.enrich.source", fn("source: orders"), fn("source: {topic: orders}"), Options{}},
	{"HW03", errorSev, "functions.enrich.abi", fn("abi: wasm"), fn("abi: wasi"), Options{}},
	{"HW03", errorSev, "kafka.bundled.replicas", kafkaOf("bundled: {replicas: 2}"), kafkaOf("bundled: {replicas: 3}"), Options{}},
	{"HW04", errorSev, "functions.enrich.scaling.maxReplicas", sc("maxReplicas: 0"), sc("maxReplicas: 1"), Options{}},
	{"HW04", errorSev, "functions.enrich.http.port", fn("http: {port: 65536}"), fn("http: {port: 65535}"), Options{}},
	{"HW05", errorSev, "functions.a_b", "functions: {a_b: {}}", "functions: {a-b: {}}", Options{}},
	{"HW05", errorSev, "functions.enrich.podDisruptionBudget.maxUnavailable", budget("half"), budget("50%"), Options{}},
	{"HW05", errorSev, "commonLabels.team", "commonLabels: {team: 'a b'}", "commonLabels: {team: a_b}", Options{}},
	{"HW05", errorSev, "commonLabels.a b", "commonLabels: {a b: c}", "commonLabels: {example.com/a_b: c}", Options{}},
	{
		"HW05", errorSev, "functions.enrich.pod.labels.l",
		fn("pod: {labels: {l: a234567890123456789012345678901234567890123456789012345678901234}}"),
		fn("pod: {labels: {l: a23456789012345678901234567890123456789012345678901234567890123}}"),
		Options{},
	},
	{
		"HW05", errorSev, "functions.enrich.pod.annotations./a", fn("pod: {annotations: {/a: x}}"),
		fn("pod: {annotations: {Example.com/a: x y}}"),
		Options{},
	},
	{
		"HW05", errorSev, "functions.enrich.pod.nodeSelector.a/b/c", fn("pod: {nodeSelector: {a/b/c: x}}"),
		fn("pod: {nodeSelector: {a/b-c: x}}"),
		Options{},
	},
	{"HW05", errorSev, "functions.enrich.scaling.annotations.a!", sc("annotations: {a!: x}"), sc("annotations: {a.b/c: x}"), Options{}},
	{
		"HW05", errorSev, "kafka.bundled.storage.size", kafkaOf("bundled: {storage: {size: -1Gi}}"),
		kafkaOf("bundled: {storage: {size: 1Gi}}"),
		Options{},
	},
	{
		"HW05", errorSev, "kafka.bundled.storage.size", kafkaOf("bundled: {storage: {size: 0}}"),
		kafkaOf("bundled: {storage: {size: 0.5Gi}}"),
		Options{},
	},
	{
		"HW05", errorSev, "functions.enrich.resources.limits.cpu", fn("resources: {limits: {cpu: -1}}"),
		fn("resources: {limits: {cpu: 1}}"),
		Options{},
	},
	{
		"HW05", errorSev, "functions.enrich.pod.priorityClassName", fn("pod: {priorityClassName: A B}"),
		fn("pod: {priorityClassName: a-b}"),
		Options{},
	},
	{
		"HW05", errorSev, "functions.enrich.source.consumerGroup", fn(`source: {consumerGroup: "a\tb"}`),
		fn("source: {consumerGroup: Any Group}"),
		Options{},
	},
}
