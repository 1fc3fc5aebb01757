// SPDX-License-Identifier: Apache-2.0

package lint

// kedaRules are traps of KEDA and the HPA. Ids are stable.
var kedaRules = [...]Rule{
	{
		ID: "KE01", Severity: SeverityError, Title: "A trigger's type or metadata is unknown to KEDA",
		Why: "KEDA creates no HPA for an unknown type or a missing parameter, and silently ignores metadata that it does not know, so a typing mistake means a default.",
	},
	{
		ID: "KE02", Severity: SeverityError, Title: "Trigger metadata is not a scalar",
		Why: "KEDA's metadata maps strings to strings. The chart quotes numbers and booleans; lists and mappings have no spelling.",
	},
	{
		ID: "KE03", Severity: SeverityError, Title: "Trigger metadata has a value that KEDA cannot read",
		Why: "KEDA reads integers as JSON: 1e+06, 010 and 1_000 fail when the scaler is built, and then there is no HPA at all. The same holds for booleans, for values outside a fixed list, and for the schedules of cron triggers.",
	},
	{
		ID: "KE04", Severity: SeverityError, Title: "Replica counts contradict one another",
		Why: "KEDA's webhook refuses minReplicas above maxReplicas and an idleReplicaCount that is not below minReplicas; idle counts other than 0 flap between KEDA and the HPA.",
	},
	{
		ID: "KE05", Severity: SeverityError, Title: "A name is too long for KEDA",
		Why: "The HPA is named keda-hpa-<ScaledObject> and may have 63 characters, which leaves 54 for the ScaledObject.",
	},
	{
		ID: "KE06", Severity: SeverityError, Title: "Two autoscalers have one target or one HPA",
		Why: "Two autoscalers on one target fight; KEDA's webhook refuses a second ScaledObject, and one whose target has an HPA already. Workloads, functions and extraObjects are compared; the names of functions' Deployments are certain where --release is given.",
	},
	{
		ID: "KE07", Severity: SeverityError, Title: "The target of a workload cannot be scaled",
		Why: "KEDA needs an object with a scale subresource in the release's namespace, and the API version that has its kind.",
	},
	{
		ID: "KE08", Severity: SeverityError, Title: "A scaled Deployment has spec.replicas",
		Why: "Every upgrade and every GitOps sync sets the replicas back, against KEDA. The chart never writes replicas for functions.",
	},
	{
		ID: "KE09", Severity: SeverityError, Title: "The topic or consumer group is missing",
		Why: "Without a topic KEDA looks at whatever the group has committed: a new group stays at zero for ever, and the cap is the partitions of all topics.",
	},
	{
		ID: "KE10", Severity: SeverityError, Title: "Kafka trigger settings do not go together",
		Why: "KEDA refuses to build the scaler, and without a scaler there is no HPA. Partitions that the topic does not have are never seen.",
	},
	{
		ID: "KE11", Severity: SeverityError, Title: "A lag threshold is out of bounds",
		Why: "lagThreshold must be above 0 and activationLagThreshold at least 0, or KEDA does not build the scaler.",
	},
	{
		ID: "KE12", Severity: SeverityWarning, Title: "The offset reset policy does not go with scaling to zero",
		Why: "A group that has never committed shows a lag of 1 for each partition with latest, so replicas start at once, and what arrived before the first commit is lost. With scaleToZeroOnInvalidOffset the group never wakes at all.",
	},
	{
		ID: "KE13", Severity: SeverityWarning, Title: "Replicas do not go with the topic's partitions",
		Why: "A partition has at most one consumer in a group: replicas beyond the partitions idle. KEDA caps the lag at about partitions x lagThreshold, and rounding can still ask for one replica more than partitions (lag 29 of 5 partitions with threshold 5: 6 replicas), while the HPA's tolerance of 10 % can keep the last ones away (22 of 24 stay 22).",
	},
	{
		ID: "KE14", Severity: SeverityWarning, Title: "activationLagThreshold is not below lagThreshold",
		Why: "Activation beats scaling: at or below activationLagThreshold KEDA goes to zero, even while the HPA wants several replicas.",
	},
	{
		ID: "KE15", Severity: SeverityError, Title: "Credentials are incomplete",
		Why: "KEDA only logs a missing parameter or Secret and fails later with `no username given`; functions cannot connect either. What a TriggerAuthentication in extraObjects gives is read; one that the release does not have is a warning.",
	},
	{
		ID: "KE16", Severity: SeverityInfo, Title: "cooldownPeriod or pollingInterval does not do what it seems to",
		Why: "Between one replica and the maximum the HPA decides alone, every 15 s. cooldownPeriod only delays the step to zero, pollingInterval only the step from zero. The step to zero is from any number of replicas, also from those that the HPA still holds.",
	},
	{
		ID: "KE17", Severity: SeverityError, Title: "The HPA's behavior is invalid or partial",
		Why: "KEDA passes behavior on without a check; the API server then refuses the HPA, and nothing scales. A partial behavior makes KEDA rewrite the HPA again and again.",
	},
	{
		ID: "KE18", Severity: SeverityError, Title: "The metric type does not go with the trigger",
		Why: "cpu and memory triggers need metricType Utilization or AverageValue and a request to measure against; no other trigger may use Utilization. Both alone cannot start from zero.",
	},
	{
		ID: "KE19", Severity: SeverityError, Title: "useCachedMetrics on cpu, memory or cron",
		Why: "KEDA's webhook refuses the ScaledObject.",
	},
	{
		ID: "KE20", Severity: SeverityError, Title: "Scaling modifiers are incomplete or wrong",
		Why: "A formula may only use names of triggers, needs a target above 0, and must yield a number; a wrong activationTarget shows only at run time. KEDA also drops the metric of a single container (containerName) from an HPA with a formula.",
	},
	{
		ID: "KE21", Severity: SeverityWarning, Title: "The fallback is incomplete or does not start",
		Why: "KEDA's Kafka client connects when it is built. After one failure KEDA rebuilds it, fails before it counts, and never passes a failureThreshold of 1 or more while all brokers are away. Its RabbitMQ client does the same; that of apache-kafka does not. With 0 the fallback comes and goes, for the autoscaler does not wait as long as that client takes to fail. While all brokers are away replicas have nothing to read anyway.",
	},
	{
		ID: "KE22", Severity: SeverityError, Title: "A pause setting or annotation does not do what it says",
		Why: "KEDA fails on a paused-replicas that is no number, takes every odd paused value for true, and looks for hpa-ownership on the HPA only.",
	},
	{
		ID: "KE23", Severity: SeverityWarning, Title: "Several Kafka triggers without a formula",
		Why: "The HPA takes the largest of several metrics. Who reads two topics usually means their sum.",
	},
	{
		ID: "KE24", Severity: SeverityError, Title: "authenticationRef names the wrong object",
		Why: "A TriggerAuthentication must be in the ScaledObject's namespace, and the kind must be right; KEDA only logs a missing one and goes on with empty credentials.",
	},
	{
		ID: "KE25", Severity: SeverityInfo, Title: "restoreToOriginalReplicaCount on a function",
		Why: "It gives a target its replicas back when the ScaledObject goes. A function's Deployment goes with it. For workloads it makes sense.",
	},
}
