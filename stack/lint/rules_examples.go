// SPDX-License-Identifier: Apache-2.0

package lint

// RuleExample are two texts that are laid over RulesBase: bad triggers the rule
// and no other, good is the same with the fix and triggers nothing. Tests hold
// both to it. They stand apart from the rules, for the plugin does not need them.
func RuleExample(id string) (bad, good string) {
	for _, e := range ruleExamples {
		if e.id == id {
			return e.bad, e.good
		}
	}
	return "", ""
}

var ruleExamples = [...]struct{ id, bad, good string }{
	{
		id:   "KE01",
		bad:  "functions: {enrich: {scaling: {triggers: {office: {type: corn, metadata: {}}}}}}",
		good: "functions: {enrich: {scaling: {triggers: {office: {type: cron, metadata: {timezone: Europe/Berlin, start: 0 8 * * 1-5, end: 0 18 * * 1-5, desiredReplicas: 2}}}}}}",
	},
	{
		id:   "KE02",
		bad:  "functions: {enrich: {scaling: {triggers: {m: {type: external, metadata: {scalerAddress: \"scaler:9090\", tags: [a, b]}}}}}}",
		good: "functions: {enrich: {scaling: {triggers: {m: {type: external, metadata: {scalerAddress: \"scaler:9090\", tags: \"a,b\"}}}}}}",
	},
	{
		id:   "KE03",
		bad:  "functions: {enrich: {scaling: {triggers: {list: {type: redis, metadata: {address: \"redis:6379\", listName: jobs, listLength: \"1e+06\"}}}}}}",
		good: "functions: {enrich: {scaling: {triggers: {list: {type: redis, metadata: {address: \"redis:6379\", listName: jobs, listLength: \"1000000\"}}}}}}",
	},
	{
		id:   "KE04",
		bad:  "functions: {enrich: {scaling: {minReplicas: 11}}}\nkafka: {topics: {orders: {partitions: 20}}}",
		good: "functions: {enrich: {scaling: {minReplicas: 9}}}\nkafka: {topics: {orders: {partitions: 10}}}",
	},
	{
		id:   "KE05",
		bad:  "functions: {enrich: {scaling: {hpaName: a-name-that-goes-on-and-on-and-on-until-nobody-can-remember-how-it-began}}}",
		good: "functions: {enrich: {scaling: {hpaName: enrich}}}",
	},
	{
		id:   "KE06",
		bad:  "workloads:\n  a: {scaleTargetRef: {name: shop}, source: {topic: orders, consumerGroup: a}}\n  b: {scaleTargetRef: {name: shop}, source: {topic: orders, consumerGroup: b}}",
		good: "workloads:\n  a: {scaleTargetRef: {name: shop}, source: {topic: orders, consumerGroup: a}}\n  b: {scaleTargetRef: {name: mail}, source: {topic: orders, consumerGroup: b}}",
	},
	{
		id:   "KE07",
		bad:  "workloads: {a: {scaleTargetRef: {kind: DaemonSet, name: shop}, source: {topic: orders, consumerGroup: a}}}",
		good: "workloads: {a: {scaleTargetRef: {kind: Deployment, name: shop}, source: {topic: orders, consumerGroup: a}}}",
	},
	{
		id:   "KE08",
		bad:  "workloads: {a: {scaleTargetRef: {name: shop}, source: {topic: orders, consumerGroup: a}}}\nextraObjects: {shop: {apiVersion: apps/v1, kind: Deployment, metadata: {name: shop}, spec: {replicas: 2}}}",
		good: "workloads: {a: {scaleTargetRef: {name: shop}, source: {topic: orders, consumerGroup: a}}}\nextraObjects: {shop: {apiVersion: apps/v1, kind: Deployment, metadata: {name: shop}, spec: {}}}",
	},
	{
		id:   "KE09",
		bad:  "functions: {enrich: {source: {topic: null}}}",
		good: "functions: {enrich: {source: {topic: orders}}}",
	},
	{
		id:   "KE10",
		bad:  "functions: {enrich: {scaling: {allowIdleConsumers: true, limitToPartitionsWithLag: true}}}",
		good: "functions: {enrich: {scaling: {limitToPartitionsWithLag: true}}}",
	},
	{
		id:   "KE11",
		bad:  "functions: {enrich: {scaling: {triggers: {more: {type: kafka, metadata: {bootstrapServers: \"b:9092\", consumerGroup: g, topic: more, offsetResetPolicy: earliest, lagThreshold: \"0\"}}}, scalingModifiers: {formula: kafka + more, target: 50}}}}",
		good: "functions: {enrich: {scaling: {triggers: {more: {type: kafka, metadata: {bootstrapServers: \"b:9092\", consumerGroup: g, topic: more, offsetResetPolicy: earliest, lagThreshold: \"5\"}}}, scalingModifiers: {formula: kafka + more, target: 50}}}}",
	},
	{
		id:   "KE12",
		bad:  "functions: {enrich: {source: {offsetResetPolicy: latest}}}",
		good: "functions: {enrich: {source: {offsetResetPolicy: earliest}}}",
	},
	{
		id:   "KE13",
		bad:  "functions: {enrich: {scaling: {maxReplicas: 40}}}",
		good: "functions: {enrich: {scaling: {maxReplicas: 10}}}",
	},
	{
		id:   "KE14",
		bad:  "functions: {enrich: {scaling: {lagThreshold: 50, activationLagThreshold: 100}}}",
		good: "functions: {enrich: {scaling: {lagThreshold: 50, activationLagThreshold: 10}}}",
	},
	{
		id:   "KE15",
		bad:  "kafka: {mode: external, bootstrapServers: [\"b:9092\"], sasl: {mechanism: scram-sha-512}}",
		good: "kafka: {mode: external, bootstrapServers: [\"b:9092\"], sasl: {mechanism: scram-sha-512, secret: {name: kafka-user}}}",
	},
	{
		id:   "KE16",
		bad:  "functions: {enrich: {scaling: {minReplicas: 1, cooldownPeriod: 300}}}",
		good: "functions: {enrich: {scaling: {minReplicas: 1, behavior: {scaleDown: {stabilizationWindowSeconds: 300}}}}}",
	},
	{
		id:   "KE17",
		bad:  "functions: {enrich: {scaling: {behavior: {scaleDown: {policies: [{type: Pods, value: 1}]}}}}}",
		good: "functions: {enrich: {scaling: {behavior: {scaleDown: {policies: [{type: Pods, value: 1, periodSeconds: 60}]}}}}}",
	},
	{
		id:   "KE18",
		bad:  "functions: {enrich: {resources: {requests: {cpu: null}}, scaling: {triggers: {load: {type: cpu, metricType: Utilization, metadata: {value: \"60\"}}}}}}",
		good: "functions: {enrich: {resources: {requests: {cpu: 100m}}, scaling: {triggers: {load: {type: cpu, metricType: Utilization, metadata: {value: \"60\"}}}}}}",
	},
	{
		id:   "KE19",
		bad:  "functions: {enrich: {scaling: {triggers: {office: {type: cron, useCachedMetrics: true, metadata: {timezone: UTC, start: 0 8 * * *, end: 0 18 * * *, desiredReplicas: 2}}}}}}",
		good: "functions: {enrich: {scaling: {triggers: {office: {type: cron, metadata: {timezone: UTC, start: 0 8 * * *, end: 0 18 * * *, desiredReplicas: 2}}}}}}",
	},
	{
		id:   "KE20",
		bad:  "functions: {enrich: {scaling: {scalingModifiers: {formula: kafka + office, target: 50}}}}",
		good: "functions: {enrich: {scaling: {scalingModifiers: {formula: kafka / 2, target: 50}}}}",
	},
	{
		id:   "KE21",
		bad:  "functions: {enrich: {scaling: {fallback: {failureThreshold: 3, replicas: 2}}}}",
		good: "functions: {enrich: {scaling: {fallback: {failureThreshold: 0, replicas: 2}}}}",
	},
	{
		id:   "KE22",
		bad:  "functions: {enrich: {scaling: {annotations: {autoscaling.keda.sh/paused-replicas: two}}}}",
		good: "functions: {enrich: {scaling: {pausedReplicas: 2}}}",
	},
	{
		id:   "KE23",
		bad:  "functions: {enrich: {scaling: {triggers: {other: {type: kafka, metadata: {bootstrapServers: \"b:9092\", consumerGroup: g, topic: more, offsetResetPolicy: earliest}}}}}}",
		good: "functions: {enrich: {scaling: {triggers: {other: {type: kafka, metadata: {bootstrapServers: \"b:9092\", consumerGroup: g, topic: more, offsetResetPolicy: earliest}}}, scalingModifiers: {formula: kafka + other, target: 50}}}}",
	},
	{
		id:   "KE24",
		bad:  "functions: {enrich: {scaling: {triggers: {jobs: {type: redis, metadata: {address: \"redis:6379\", listName: jobs}, authenticationRef: {kind: TriggerAuthentication}}}}}}",
		good: "functions: {enrich: {scaling: {triggers: {jobs: {type: redis, metadata: {address: \"redis:6379\", listName: jobs}, authenticationRef: {name: redis}}}}}}\nextraObjects: {redis: {apiVersion: keda.sh/v1alpha1, kind: TriggerAuthentication, metadata: {name: redis}, spec: {secretTargetRef: [{parameter: password, name: redis, key: password}]}}}",
	},
	{
		id:   "KE25",
		bad:  "functions: {enrich: {scaling: {restoreToOriginalReplicaCount: true}}}",
		good: "workloads: {shop: {scaleTargetRef: {name: shop}, source: {topic: orders, consumerGroup: shop}, scaling: {restoreToOriginalReplicaCount: true}}}",
	},
	{
		id:   "HW01",
		bad:  "functions: {enrich: {scaling: {maxReplicaCount: 10}}}",
		good: "functions: {enrich: {scaling: {maxReplicas: 10}}}",
	},
	{
		id:   "HW02",
		bad:  "functions: {enrich: {config: {RATE: 0.2}}}",
		good: "functions: {enrich: {config: {RATE: \"0.2\"}}}",
	},
	{
		id:   "HW03",
		bad:  "functions: {enrich: {delivery: exactly_once}}",
		good: "functions: {enrich: {delivery: at-least-once}}",
	},
	{
		id:   "HW04",
		bad:  "functions: {enrich: {scaling: {pollingInterval: 0}}}",
		good: "functions: {enrich: {scaling: {pollingInterval: 5}}}",
	},
	{
		id:   "HW05",
		bad:  "functions: {enrich: {limits: {timeout: 10 seconds}}}",
		good: "functions: {enrich: {limits: {timeout: 10s}}}",
	},
	{
		id:   "HW06",
		bad:  "{}\n---\ncommonLabels: {team: shop}",
		good: "commonLabels: {team: shop}",
	},
	{
		id:   "HW10",
		bad:  "functions: {enrich: {sink: {topic: orders}}}",
		good: "functions: {enrich: {sink: {topic: orders.enriched}}}",
	},
	{
		id:   "HW11",
		bad:  "functions:\n  enrich: {source: {consumerGroup: shop}}\nworkloads:\n  mail: {scaleTargetRef: {name: mail}, source: {topic: orders, consumerGroup: shop}}",
		good: "functions:\n  enrich: {source: {consumerGroup: shop}}\nworkloads:\n  mail: {scaleTargetRef: {name: mail}, source: {topic: orders, consumerGroup: mail}}",
	},
	{
		id:   "HW12",
		bad:  "functions: {enrich: {runtime: wasmtme}}",
		good: "functions: {enrich: {runtime: wasmtime}}\nruntimes: {wasmtime: {nodeSelector: {wasm: \"yes\"}}}",
	},
	{
		id:   "HW13",
		bad:  "functions: {enrich: {abi: http}}",
		good: "functions: {enrich: {abi: http, runtime: spin}}\nruntimes: {spin: {nodeSelector: {wasm: \"yes\"}}}",
	},
	{
		id:   "HW14",
		bad:  "functions: {enrich: {onError: {deadLetterTopic: null}}}",
		good: "functions: {enrich: {onError: {deadLetterTopic: orders.dead}}}",
	},
	{
		id:   "HW15",
		bad:  "kafka: {topics: {orders: {replicationFactor: 3}}}",
		good: "kafka: {topics: {orders: {replicationFactor: 3}}, bundled: {replicas: 3}}",
	},
	{
		id:   "HW16",
		bad:  "functions: {enrich: {sink: {topic: orders.enrichd}}}",
		good: "functions: {enrich: {sink: {topic: orders.enriched}}}",
	},
	{
		id:   "HW17",
		bad:  "functions: {enrich: {module: {image: \"ghcr.io/acme/enrich:latest\"}}}",
		good: "functions: {enrich: {module: {image: \"ghcr.io/acme/enrich@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"}}}",
	},
	{
		id:   "HW18",
		bad:  "functions: {enrich: {module: {configMap: {name: code, key: enrich.wasm}}}}",
		good: "functions: {enrich: {module: {image: null, configMap: {name: code, key: enrich.wasm}}}}",
	},
	{
		id:   "HW19",
		bad:  "workloads: {enrich: {scaleTargetRef: {name: shop}, source: {topic: orders, consumerGroup: shop}}}",
		good: "workloads: {shop: {scaleTargetRef: {name: shop}, source: {topic: orders, consumerGroup: shop}}}",
	},
	{
		id:   "HW21",
		bad:  "functions: {enrich: {delivery: exactly-once}}",
		good: "functions: {enrich: {delivery: exactly-once, scaling: {activationLagThreshold: 10}}}",
	},
	{
		id:   "HW22",
		bad:  "functions: {enrich: {limits: {memory: 1Mi}}}",
		good: "functions: {enrich: {limits: {memory: 16Mi}}}",
	},
	{
		id:   "HW23",
		bad:  "functions: {enrich: {limits: {memory: 64Mi, concurrency: 4}, resources: {limits: {memory: 128Mi}}}}",
		good: "functions: {enrich: {limits: {memory: 64Mi, concurrency: 4}, resources: {limits: {memory: 320Mi}}}}",
	},
	{
		id:   "HW24",
		bad:  "nodeSetup: {enabled: true, runtimes: {wasmtime: {image: \"registry.example.com/shims:1\"}}}",
		good: "nodeSetup: {enabled: true, runtimes: {wasmtime: {path: /usr/local/bin/containerd-shim-wasmtime-v1}}}",
	},
	{
		id:   "HW25",
		bad:  "kafka: {mode: external, bootstrapServers: [kafka.example.com]}",
		good: "kafka: {mode: external, bootstrapServers: [\"kafka.example.com:9092\"]}",
	},
	{
		id:   "HW26",
		bad:  "kafka: {tls: {enabled: true}}",
		good: "kafka: {mode: external, bootstrapServers: [\"kafka.example.com:9093\"], tls: {enabled: true}}",
	},
	{
		id:   "HW27",
		bad:  "functions: {enrich: {config: {tax-rate: \"0.2\"}}}",
		good: "functions: {enrich: {config: {TAX_RATE: \"0.2\"}}}",
	},
	{
		id:   "HW28",
		bad:  "functions: {enrich: {podDisruptionBudget: {enabled: true, maxUnavailable: 0}}}",
		good: "functions: {enrich: {podDisruptionBudget: {enabled: true, maxUnavailable: 1}}}",
	},
	{
		id:   "HW29",
		bad:  "functions: {enrich: {limits: {timeout: 60s}}}",
		good: "functions: {enrich: {limits: {timeout: 60s}, pod: {terminationGracePeriodSeconds: 90}}}",
	},
	{
		id:   "HW30",
		bad:  "functions: {enrich: {scaling: {pollingInterval: 300}}}",
		good: "functions: {enrich: {scaling: {pollingInterval: 15}}}",
	},
	{
		id:   "HW32",
		bad:  "functions: {enrich: {onError: {backoff: 1m}}}",
		good: "functions: {enrich: {onError: {backoff: 1m, maxBackoff: 2m, retries: 3}}}",
	},
	{
		id:   "HW33",
		bad:  "kafka: {bundled: {storage: {enabled: false}}}",
		good: "kafka: {bundled: {storage: {enabled: true}}}",
	},
	{
		id:   "HW34",
		bad:  "keda: {crds: {install: true}}",
		good: "keda: {crds: {install: false}}",
	},
	{
		id:   "HW35",
		bad:  "functions: {enrich: {limits: {memory: 8Gi}}}",
		good: "functions: {enrich: {limits: {memory: 2Gi}, resources: {limits: {memory: 3Gi}}}}",
	},
	{
		id:   "HW36",
		bad:  "kafka: {topics: {orders: {replicationFactor: 1, config: {min.insync.replicas: 2}}}}",
		good: "kafka: {bundled: {replicas: 3}, topics: {orders: {replicationFactor: 3, config: {min.insync.replicas: 2}}}}",
	},
	{
		id:   "HW37",
		bad:  "kafka: {mode: external, bootstrapServers: [\"b:9093\"], tls: {enabled: true, insecureSkipVerify: true}}",
		good: "kafka: {mode: external, bootstrapServers: [\"b:9093\"], tls: {enabled: true, caSecret: {name: kafka-ca}}}",
	},
	{
		id:   "HW38",
		bad:  "functions: {enrich: {onError: {retries: 1000}}}",
		good: "functions: {enrich: {onError: {retries: 10}}}",
	},
	{
		id:   "HW39",
		bad:  "kafka: {topics: {orders_dead: {partitions: 1}}}",
		good: "kafka: {topics: {orders-late: {partitions: 1}}}",
	},
	{
		id:   "HW40",
		bad:  "keda: {enabled: false}\nnetworkPolicy: {enabled: true}",
		good: "keda: {enabled: false}\nnetworkPolicy: {enabled: true, kedaNamespace: keda}",
	},
	{
		id:   "HW41",
		bad:  "functions: {enrich: {resources: {requests: {cpu: \"2\"}, limits: {cpu: 500m}}}}",
		good: "functions: {enrich: {resources: {requests: {cpu: 250m}, limits: {cpu: 500m}}}}",
	},
	{
		id:   "HW42",
		bad:  "functions: {enrich: {runtime: wasmtime}}",
		good: "functions: {enrich: {runtime: wasmtime}}\nruntimes: {wasmtime: {nodeSelector: {wasm: \"yes\"}}}",
	},
	{
		id:   "HW43",
		bad:  "functions: {enrich: {abi: extism, module: {function: process}}}",
		good: "functions: {enrich: {abi: extism, module: {function: handle}}}",
	},
	{
		id:   "HW44",
		bad:  "functions: {enrich: {enabled: false}}",
		good: "{}",
	},
	{
		id:   "HW45",
		bad:  "functions: {back: {module: {image: \"ghcr.io/acme/back@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"}, source: {topic: orders.enriched}, sink: {topic: orders}, onError: {deadLetterTopic: orders.dead}}}",
		good: "functions: {mail: {module: {image: \"ghcr.io/acme/mail@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"}, source: {topic: orders.enriched}, onError: {deadLetterTopic: orders.dead}}}",
	},
	{
		id:   "HW46",
		bad:  "functions: {enrich: {runtime: spin, http: {port: 9464}}}\nruntimes: {spin: {nodeSelector: {wasm: \"yes\"}}}",
		good: "functions: {enrich: {runtime: spin, http: {port: 8080}}}\nruntimes: {spin: {nodeSelector: {wasm: \"yes\"}}}",
	},
	{
		id:   "HW47",
		bad:  "runner: {image: {repository: \"\"}}",
		good: "runner: {image: {repository: mirror/wasm-runner}}",
	},
}
