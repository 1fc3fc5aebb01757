// SPDX-License-Identifier: Apache-2.0

package stack

// kedaRules are traps of KEDA and the HPA. Ids are stable.
var kedaRules = [...]Rule{
	{
		ID: "KE01", Severity: SeverityError, Title: "A trigger's type or metadata is unknown to KEDA",
		Why:  "KEDA creates no HPA for an unknown type or a missing parameter, and silently ignores metadata that it does not know, so a typing mistake means a default.",
		Bad:  "functions: {enrich: {scaling: {triggers: {office: {type: corn, metadata: {}}}}}}",
		Good: "functions: {enrich: {scaling: {triggers: {office: {type: cron, metadata: {timezone: Europe/Berlin, start: 0 8 * * 1-5, end: 0 18 * * 1-5, desiredReplicas: 2}}}}}}",
	},
	{
		ID: "KE02", Severity: SeverityError, Title: "Trigger metadata is not a scalar",
		Why:  "KEDA's metadata maps strings to strings. The chart quotes numbers and booleans; lists and mappings have no spelling.",
		Bad:  "functions: {enrich: {scaling: {triggers: {m: {type: external, metadata: {scalerAddress: \"scaler:9090\", tags: [a, b]}}}}}}",
		Good: "functions: {enrich: {scaling: {triggers: {m: {type: external, metadata: {scalerAddress: \"scaler:9090\", tags: \"a,b\"}}}}}}",
	},
	{
		ID: "KE03", Severity: SeverityError, Title: "Trigger metadata has a value that KEDA cannot read",
		Why:  "KEDA reads integers as JSON: 1e+06, 010 and 1_000 fail when the scaler is built, and then there is no HPA at all. The same holds for booleans, for values outside a fixed list, and for the schedules of cron triggers.",
		Bad:  "functions: {enrich: {scaling: {triggers: {list: {type: redis, metadata: {address: \"redis:6379\", listName: jobs, listLength: \"1e+06\"}}}}}}",
		Good: "functions: {enrich: {scaling: {triggers: {list: {type: redis, metadata: {address: \"redis:6379\", listName: jobs, listLength: \"1000000\"}}}}}}",
	},
	{
		ID: "KE04", Severity: SeverityError, Title: "Replica counts contradict one another",
		Why:  "KEDA's webhook refuses minReplicas above maxReplicas and an idleReplicaCount that is not below minReplicas; idle counts other than 0 flap between KEDA and the HPA.",
		Bad:  "functions: {enrich: {scaling: {minReplicas: 11}}}\nkafka: {topics: {orders: {partitions: 20}}}",
		Good: "functions: {enrich: {scaling: {minReplicas: 9}}}\nkafka: {topics: {orders: {partitions: 10}}}",
	},
	{
		ID: "KE05", Severity: SeverityError, Title: "A name is too long for KEDA",
		Why:  "The HPA is named keda-hpa-<ScaledObject> and may have 63 characters, which leaves 54 for the ScaledObject.",
		Bad:  "functions: {enrich: {scaling: {hpaName: a-name-that-goes-on-and-on-and-on-until-nobody-can-remember-how-it-began}}}",
		Good: "functions: {enrich: {scaling: {hpaName: enrich}}}",
	},
	{
		ID: "KE06", Severity: SeverityError, Title: "Two autoscalers have one target or one HPA",
		Why:  "Two autoscalers on one target fight; KEDA's webhook refuses a second ScaledObject, and one whose target has an HPA already. Workloads, functions and extraObjects are compared; the names of functions' Deployments are certain where --release is given.",
		Bad:  "workloads:\n  a: {scaleTargetRef: {name: shop}, source: {topic: orders, consumerGroup: a}}\n  b: {scaleTargetRef: {name: shop}, source: {topic: orders, consumerGroup: b}}",
		Good: "workloads:\n  a: {scaleTargetRef: {name: shop}, source: {topic: orders, consumerGroup: a}}\n  b: {scaleTargetRef: {name: mail}, source: {topic: orders, consumerGroup: b}}",
	},
	{
		ID: "KE07", Severity: SeverityError, Title: "The target of a workload cannot be scaled",
		Why:  "KEDA needs an object with a scale subresource in the release's namespace, and the API version that has its kind.",
		Bad:  "workloads: {a: {scaleTargetRef: {kind: DaemonSet, name: shop}, source: {topic: orders, consumerGroup: a}}}",
		Good: "workloads: {a: {scaleTargetRef: {kind: Deployment, name: shop}, source: {topic: orders, consumerGroup: a}}}",
	},
	{
		ID: "KE08", Severity: SeverityError, Title: "A scaled Deployment has spec.replicas",
		Why:  "Every upgrade and every GitOps sync sets the replicas back, against KEDA. The chart never writes replicas for functions.",
		Bad:  "workloads: {a: {scaleTargetRef: {name: shop}, source: {topic: orders, consumerGroup: a}}}\nextraObjects: {shop: {apiVersion: apps/v1, kind: Deployment, metadata: {name: shop}, spec: {replicas: 2}}}",
		Good: "workloads: {a: {scaleTargetRef: {name: shop}, source: {topic: orders, consumerGroup: a}}}\nextraObjects: {shop: {apiVersion: apps/v1, kind: Deployment, metadata: {name: shop}, spec: {}}}",
	},
	{
		ID: "KE09", Severity: SeverityError, Title: "The topic or consumer group is missing",
		Why:  "Without a topic KEDA looks at whatever the group has committed: a new group stays at zero for ever, and the cap is the partitions of all topics.",
		Bad:  "functions: {enrich: {source: {topic: null}}}",
		Good: "functions: {enrich: {source: {topic: orders}}}",
	},
	{
		ID: "KE10", Severity: SeverityError, Title: "Kafka trigger settings do not go together",
		Why:  "KEDA refuses to build the scaler, and without a scaler there is no HPA. Partitions that the topic does not have are never seen.",
		Bad:  "functions: {enrich: {scaling: {allowIdleConsumers: true, limitToPartitionsWithLag: true}}}",
		Good: "functions: {enrich: {scaling: {limitToPartitionsWithLag: true}}}",
	},
	{
		ID: "KE11", Severity: SeverityError, Title: "A lag threshold is out of bounds",
		Why:  "lagThreshold must be above 0 and activationLagThreshold at least 0, or KEDA does not build the scaler.",
		Bad:  "functions: {enrich: {scaling: {triggers: {more: {type: kafka, metadata: {bootstrapServers: \"b:9092\", consumerGroup: g, topic: more, offsetResetPolicy: earliest, lagThreshold: \"0\"}}}, scalingModifiers: {formula: kafka + more, target: 50}}}}",
		Good: "functions: {enrich: {scaling: {triggers: {more: {type: kafka, metadata: {bootstrapServers: \"b:9092\", consumerGroup: g, topic: more, offsetResetPolicy: earliest, lagThreshold: \"5\"}}}, scalingModifiers: {formula: kafka + more, target: 50}}}}",
	},
	{
		ID: "KE12", Severity: SeverityWarning, Title: "The offset reset policy does not go with scaling to zero",
		Why:  "A group that has never committed shows a lag of 1 for each partition with latest, so replicas start at once, and what arrived before the first commit is lost. With scaleToZeroOnInvalidOffset the group never wakes at all.",
		Bad:  "functions: {enrich: {source: {offsetResetPolicy: latest}}}",
		Good: "functions: {enrich: {source: {offsetResetPolicy: earliest}}}",
	},
	{
		ID: "KE13", Severity: SeverityWarning, Title: "Replicas do not go with the topic's partitions",
		Why:  "A partition has at most one consumer in a group: replicas beyond the partitions idle. KEDA caps the lag at about partitions x lagThreshold, and rounding can still ask for one replica more than partitions (lag 29 of 5 partitions with threshold 5: 6 replicas), while the HPA's tolerance of 10 % can keep the last ones away (22 of 24 stay 22).",
		Bad:  "functions: {enrich: {scaling: {maxReplicas: 40}}}",
		Good: "functions: {enrich: {scaling: {maxReplicas: 10}}}",
	},
	{
		ID: "KE14", Severity: SeverityWarning, Title: "activationLagThreshold is not below lagThreshold",
		Why:  "Activation beats scaling: at or below activationLagThreshold KEDA goes to zero, even while the HPA wants several replicas.",
		Bad:  "functions: {enrich: {scaling: {lagThreshold: 50, activationLagThreshold: 100}}}",
		Good: "functions: {enrich: {scaling: {lagThreshold: 50, activationLagThreshold: 10}}}",
	},
	{
		ID: "KE15", Severity: SeverityError, Title: "Credentials are incomplete",
		Why:  "KEDA only logs a missing parameter or Secret and fails later with `no username given`; functions cannot connect either. What a TriggerAuthentication in extraObjects gives is read; one that the release does not have is a warning.",
		Bad:  "kafka: {mode: external, bootstrapServers: [\"b:9092\"], sasl: {mechanism: scram-sha-512}}",
		Good: "kafka: {mode: external, bootstrapServers: [\"b:9092\"], sasl: {mechanism: scram-sha-512, secret: {name: kafka-user}}}",
	},
	{
		ID: "KE16", Severity: SeverityInfo, Title: "cooldownPeriod or pollingInterval does not do what it seems to",
		Why:  "Between one replica and the maximum the HPA decides alone, every 15 s. cooldownPeriod only delays the step to zero, pollingInterval only the step from zero. The step to zero is from any number of replicas, also from those that the HPA still holds.",
		Bad:  "functions: {enrich: {scaling: {minReplicas: 1, cooldownPeriod: 300}}}",
		Good: "functions: {enrich: {scaling: {minReplicas: 1, behavior: {scaleDown: {stabilizationWindowSeconds: 300}}}}}",
	},
	{
		ID: "KE17", Severity: SeverityError, Title: "The HPA's behavior is invalid or partial",
		Why:  "KEDA passes behavior on without a check; the API server then refuses the HPA, and nothing scales. A partial behavior makes KEDA rewrite the HPA again and again.",
		Bad:  "functions: {enrich: {scaling: {behavior: {scaleDown: {policies: []}}}}}",
		Good: "functions: {enrich: {scaling: {behavior: {scaleDown: {policies: [{type: Pods, value: 1, periodSeconds: 60}]}}}}}",
	},
	{
		ID: "KE18", Severity: SeverityError, Title: "The metric type does not go with the trigger",
		Why:  "cpu and memory triggers need metricType Utilization or AverageValue and a request to measure against; no other trigger may use Utilization. Both alone cannot start from zero.",
		Bad:  "functions: {enrich: {resources: {requests: {cpu: null}}, scaling: {triggers: {load: {type: cpu, metricType: Utilization, metadata: {value: \"60\"}}}}}}",
		Good: "functions: {enrich: {resources: {requests: {cpu: 100m}}, scaling: {triggers: {load: {type: cpu, metricType: Utilization, metadata: {value: \"60\"}}}}}}",
	},
	{
		ID: "KE19", Severity: SeverityError, Title: "useCachedMetrics on cpu, memory or cron",
		Why:  "KEDA's webhook refuses the ScaledObject.",
		Bad:  "functions: {enrich: {scaling: {triggers: {office: {type: cron, useCachedMetrics: true, metadata: {timezone: UTC, start: 0 8 * * *, end: 0 18 * * *, desiredReplicas: 2}}}}}}",
		Good: "functions: {enrich: {scaling: {triggers: {office: {type: cron, metadata: {timezone: UTC, start: 0 8 * * *, end: 0 18 * * *, desiredReplicas: 2}}}}}}",
	},
	{
		ID: "KE20", Severity: SeverityError, Title: "Scaling modifiers are incomplete or wrong",
		Why:  "A formula may only use names of triggers, needs a target above 0, and must yield a number; a wrong activationTarget shows only at run time. KEDA also drops the metric of a single container (containerName) from an HPA with a formula.",
		Bad:  "functions: {enrich: {scaling: {scalingModifiers: {formula: kafka + office, target: 50}}}}",
		Good: "functions: {enrich: {scaling: {scalingModifiers: {formula: kafka / 2, target: 50}}}}",
	},
	{
		ID: "KE21", Severity: SeverityWarning, Title: "The fallback is incomplete or does not start",
		Why:  "KEDA's Kafka client connects when it is built. After one failure KEDA rebuilds it, fails before it counts, and never passes a failureThreshold of 1 or more while all brokers are away. Its RabbitMQ client does the same; that of apache-kafka does not.",
		Bad:  "functions: {enrich: {scaling: {fallback: {failureThreshold: 3, replicas: 2}}}}",
		Good: "functions: {enrich: {scaling: {fallback: {failureThreshold: 0, replicas: 2}}}}",
	},
	{
		ID: "KE22", Severity: SeverityError, Title: "A pause setting or annotation does not do what it says",
		Why:  "KEDA fails on a paused-replicas that is no number, takes every odd paused value for true, and looks for hpa-ownership on the HPA only.",
		Bad:  "functions: {enrich: {scaling: {annotations: {autoscaling.keda.sh/paused-replicas: two}}}}",
		Good: "functions: {enrich: {scaling: {pausedReplicas: 2}}}",
	},
	{
		ID: "KE23", Severity: SeverityWarning, Title: "Several Kafka triggers without a formula",
		Why:  "The HPA takes the largest of several metrics. Who reads two topics usually means their sum.",
		Bad:  "functions: {enrich: {scaling: {triggers: {other: {type: kafka, metadata: {bootstrapServers: \"b:9092\", consumerGroup: g, topic: more, offsetResetPolicy: earliest}}}}}}",
		Good: "functions: {enrich: {scaling: {triggers: {other: {type: kafka, metadata: {bootstrapServers: \"b:9092\", consumerGroup: g, topic: more, offsetResetPolicy: earliest}}}, scalingModifiers: {formula: kafka + other, target: 50}}}}",
	},
	{
		ID: "KE24", Severity: SeverityError, Title: "authenticationRef names the wrong object",
		Why:  "A TriggerAuthentication must be in the ScaledObject's namespace, and the kind must be right; KEDA only logs a missing one and goes on with empty credentials.",
		Bad:  "functions: {enrich: {scaling: {triggers: {jobs: {type: redis, metadata: {address: \"redis:6379\", listName: jobs}, authenticationRef: {kind: TriggerAuthentication}}}}}}",
		Good: "functions: {enrich: {scaling: {triggers: {jobs: {type: redis, metadata: {address: \"redis:6379\", listName: jobs}, authenticationRef: {name: redis}}}}}}\nextraObjects: {redis: {apiVersion: keda.sh/v1alpha1, kind: TriggerAuthentication, metadata: {name: redis}, spec: {secretTargetRef: [{parameter: password, name: redis, key: password}]}}}",
	},
	{
		ID: "KE25", Severity: SeverityInfo, Title: "restoreToOriginalReplicaCount on a function",
		Why:  "It gives a target its replicas back when the ScaledObject goes. A function's Deployment goes with it. For workloads it makes sense.",
		Bad:  "functions: {enrich: {scaling: {restoreToOriginalReplicaCount: true}}}",
		Good: "workloads: {shop: {scaleTargetRef: {name: shop}, source: {topic: orders, consumerGroup: shop}, scaling: {restoreToOriginalReplicaCount: true}}}",
	},
}
