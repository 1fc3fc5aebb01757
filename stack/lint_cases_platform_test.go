// SPDX-License-Identifier: Apache-2.0

package stack

func kafkaOf(fields string) string { return "kafka: {" + fields + "}" }

func external(fields string) string {
	return kafkaOf("mode: external, bootstrapServers: ['b:1'], " + fields)
}

func topicOf(fields string) string { return kafkaOf("topics: {orders: {" + fields + "}}") }

const saslSecret = "kafka.sasl.secret.name"

// Kafka, KEDA and the rest of the platform.
var platformCases = []siteCase{
	{"HW02", errorSev, "runner", "runner: null", "runner: {}", LintOptions{}},
	{"HW25", errorSev, "kafka.bootstrapServers", kafkaOf("mode: external"), external(""), LintOptions{}},
	{"HW25", warnSev, "kafka.bootstrapServers", kafkaOf("bootstrapServers: ['b:1']"), external(""), LintOptions{}},
	{"HW25", errorSev, "kafka.bootstrapServers[0]", kafkaOf("mode: external, bootstrapServers: ['b:65536']"), kafkaOf("mode: external, bootstrapServers: ['[::1]:65535']"), LintOptions{}},
	{"HW26", errorSev, "kafka.sasl.mechanism", kafkaOf("sasl: {mechanism: plain}"), kafkaOf("sasl: {mechanism: none}"), LintOptions{}},
	{"HW26", errorSev, "kafka.tls.enabled", kafkaOf("tls: {enabled: true}"), kafkaOf("mode: strimzi, tls: {enabled: true}"), LintOptions{}},
	{"HW33", warnSev, "kafka.bundled.storage.enabled", kafkaOf("bundled: {storage: {enabled: false}}"), external("bundled: {storage: {enabled: false}}"), LintOptions{}},
	{"HW33", warnSev, "kafka.strimzi.storage.enabled", kafkaOf("mode: strimzi, strimzi: {storage: {enabled: false}}"), kafkaOf("strimzi: {storage: {enabled: false}}"), LintOptions{}},
	{"KE15", errorSev, saslSecret, external("sasl: {mechanism: plain}"), external("sasl: {mechanism: plain, secret: {name: s}}"), LintOptions{}},
	{"KE15", errorSev, saslSecret, external("sasl: {mechanism: oauthbearer}"), external("sasl: {mechanism: oauthbearer, secret: {name: s}}"), LintOptions{}},
	{"KE15", errorSev, "kafka.sasl.oauth.tokenEndpointUri", external("sasl: {mechanism: oauthbearer}"), external("sasl: {mechanism: oauthbearer, oauth: {tokenEndpointUri: 'https://t'}}"), LintOptions{}},
	{"KE15", errorSev, "kafka.sasl.oauth.tokenEndpointUri", external("sasl: {mechanism: oauthbearer, oauth: {tokenEndpointUri: t}}"), external("sasl: {mechanism: oauthbearer, oauth: {tokenEndpointUri: 'http://t'}}"), LintOptions{}},
	{"KE15", errorSev, "kafka.sasl.aws.region", external("sasl: {mechanism: aws-msk-iam}"), external("sasl: {mechanism: aws-msk-iam, aws: {region: eu}}"), LintOptions{}},
	{"KE15", errorSev, "kafka.tls.enabled", external("sasl: {mechanism: aws-msk-iam}"), external("tls: {enabled: true}, sasl: {mechanism: aws-msk-iam}"), LintOptions{}},
	{"KE15", warnSev, saslSecret, external("sasl: {secret: {name: s}}"), external("sasl: {mechanism: plain, secret: {name: s}}"), LintOptions{}},
	{"KE15", warnSev, "kafka.sasl.mechanism", external("sasl: {mechanism: plain}"), external("sasl: {mechanism: scram-sha-512}"), LintOptions{}},
	{"KE15", warnSev, "kafka.tls.enabled", external("tls: {caSecret: {name: s}}"), external("tls: {enabled: true, caSecret: {name: s}}"), LintOptions{}},
	{"KE15", errorSev, "kafka.tls.clientCertSecret.keyKey", external("tls: {enabled: true, clientCertSecret: {name: s, keyKey: ''}}"), external("tls: {enabled: true, clientCertSecret: {name: s, keyKey: k}}"), LintOptions{}},
	{"HW37", warnSev, "kafka.tls.insecureSkipVerify", external("tls: {enabled: true, insecureSkipVerify: true}"), external("tls: {insecureSkipVerify: true}"), LintOptions{}},
	{"HW15", errorSev, "kafka.topics.orders.replicationFactor", topicOf("replicationFactor: 2"), kafkaOf("bundled: {replicas: 3}, topics: {orders: {replicationFactor: 3}}"), LintOptions{}},
	{"HW36", errorSev, `kafka.topics.orders.config.min\.insync\.replicas`, topicOf("config: {min.insync.replicas: 2}"), topicOf("config: {min.insync.replicas: 1}"), LintOptions{}},
	{"HW36", warnSev, `kafka.topics.orders.config.min\.insync\.replicas`, kafkaOf("bundled: {replicas: 3}, topics: {orders: {config: {min.insync.replicas: 3}}}"), kafkaOf("bundled: {replicas: 3}, topics: {orders: {config: {min.insync.replicas: 2}}}"), LintOptions{}},
	{"HW05", errorSev, `kafka.topics.\.\.`, kafkaOf("topics: {'..': {}}"), kafkaOf("topics: {'...': {}}"), LintOptions{}},
	{"HW39", errorSev, "kafka.topics.orders_dead", kafkaOf("topics: {orders_dead: {}}"), kafkaOf("topics: {orders-dead: {}}"), LintOptions{}},
	{"HW34", errorSev, "keda.crds.install", "keda: {crds: {install: true}}", "keda: {crds: {install: false}}", LintOptions{}},
	{"HW40", warnSev, "networkPolicy.kedaNamespace", "keda: {enabled: false}\nnetworkPolicy: {enabled: true}", "networkPolicy: {enabled: true}", LintOptions{}},
	{"HW12", errorSev, "runtimes.mine.handler", "runtimes: {mine: {}}", "runtimes: {mine: {create: false}}", LintOptions{}},
	{"HW12", errorSev, "runtimes.wazero", "runtimes: {wazero: {handler: h}}", "runtimes: {wazer: {handler: h}}", LintOptions{}},
	{"HW47", errorSev, "runner.image.repository", "runner: {image: {repository: ''}}", "nodeSetup: {image: {repository: ''}}", LintOptions{}},
}

// What values.schema.json holds too.
var schemaCases = []siteCase{
	{"HW01", errorSev, "functions.enrich.sorce", fn("sorce: {}"), fn("source: {}"), LintOptions{}},
	{"HW02", errorSev, "functions.enrich.source", fn("source: orders"), fn("source: {topic: orders}"), LintOptions{}},
	{"HW03", errorSev, "functions.enrich.abi", fn("abi: wasm"), fn("abi: wasi"), LintOptions{}},
	{"HW03", errorSev, "kafka.bundled.replicas", kafkaOf("bundled: {replicas: 2}"), kafkaOf("bundled: {replicas: 3}"), LintOptions{}},
	{"HW04", errorSev, "functions.enrich.scaling.maxReplicas", sc("maxReplicas: 0"), sc("maxReplicas: 1"), LintOptions{}},
	{"HW04", errorSev, "functions.enrich.http.port", fn("http: {port: 65536}"), fn("http: {port: 65535}"), LintOptions{}},
	{"HW05", errorSev, "functions.a_b", "functions: {a_b: {}}", "functions: {a-b: {}}", LintOptions{}},
	{"HW05", errorSev, "functions.enrich.podDisruptionBudget.maxUnavailable", budget("half"), budget("50%"), LintOptions{}},
	{"HW05", errorSev, "commonLabels.team", "commonLabels: {team: 'a b'}", "commonLabels: {team: a_b}", LintOptions{}},
	{"HW05", errorSev, "commonLabels.a b", "commonLabels: {a b: c}", "commonLabels: {example.com/a_b: c}", LintOptions{}},
	{"HW05", errorSev, "functions.enrich.pod.labels.l", fn("pod: {labels: {l: a234567890123456789012345678901234567890123456789012345678901234}}"), fn("pod: {labels: {l: a23456789012345678901234567890123456789012345678901234567890123}}"), LintOptions{}},
	{"HW05", errorSev, "functions.enrich.pod.annotations./a", fn("pod: {annotations: {/a: x}}"), fn("pod: {annotations: {Example.com/a: x y}}"), LintOptions{}},
	{"HW05", errorSev, "functions.enrich.pod.nodeSelector.a/b/c", fn("pod: {nodeSelector: {a/b/c: x}}"), fn("pod: {nodeSelector: {a/b-c: x}}"), LintOptions{}},
	{"HW05", errorSev, "functions.enrich.scaling.annotations.a!", sc("annotations: {a!: x}"), sc("annotations: {a.b/c: x}"), LintOptions{}},
	{"HW05", errorSev, "kafka.bundled.storage.size", kafkaOf("bundled: {storage: {size: -1Gi}}"), kafkaOf("bundled: {storage: {size: 1Gi}}"), LintOptions{}},
	{"HW05", errorSev, "kafka.bundled.storage.size", kafkaOf("bundled: {storage: {size: 0}}"), kafkaOf("bundled: {storage: {size: 0.5Gi}}"), LintOptions{}},
	{"HW05", errorSev, "functions.enrich.resources.limits.cpu", fn("resources: {limits: {cpu: -1}}"), fn("resources: {limits: {cpu: 1}}"), LintOptions{}},
	{"HW05", errorSev, "functions.enrich.pod.priorityClassName", fn("pod: {priorityClassName: A B}"), fn("pod: {priorityClassName: a-b}"), LintOptions{}},
	{"HW05", errorSev, "functions.enrich.source.consumerGroup", fn(`source: {consumerGroup: "a\tb"}`), fn("source: {consumerGroup: Any Group}"), LintOptions{}},
}
