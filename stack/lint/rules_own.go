// SPDX-License-Identifier: Apache-2.0

package lint

// ownRules are those of this schema, of Kafka and of Kubernetes. Ids are stable.
var ownRules = [...]Rule{
	{
		ID: "HW01", Severity: SeverityError, Title: "Unknown key",
		Why: "Nothing reads it, so what it should do does not happen. Usually it is a typing mistake, KEDA's spelling, or a wrong indentation.",
	},
	{
		ID: "HW02", Severity: SeverityError, Title: "Wrong type",
		Why: "The chart's schema refuses the file at install.",
	},
	{
		ID: "HW03", Severity: SeverityError, Title: "Not one of the legal values",
		Why: "The chart's schema refuses the file at install.",
	},
	{
		ID: "HW04", Severity: SeverityError, Title: "Number out of bounds",
		Why: "The chart's schema refuses the file at install.",
	},
	{
		ID: "HW05", Severity: SeverityError, Title: "Not in the required form",
		Why: "Names, quantities, durations, topics and images have a grammar of Kubernetes, Go or Kafka, which would refuse it later.",
	},
	{
		ID: "HW06", Severity: SeverityWarning, Title: "Several YAML documents in one file",
		Why: "Helm 4 merges them; Helm 3, Argo CD and Flux read only the first and drop the rest without a word.",
	},
	{
		ID: "HW10", Severity: SeverityError, Title: "A function writes to the topic that it reads",
		Why: "Every event comes back as a new one: the topic fills, and scaling follows.",
	},
	{
		ID: "HW11", Severity: SeverityError, Title: "Two readers share a consumer group on one topic",
		Why: "Kafka divides the partitions among them, so each sees only part of the events, and both scale on the lag of both.",
	},
	{
		ID: "HW12", Severity: SeverityError, Title: "Unknown or unusable runtime",
		Why: "Pods with a RuntimeClass that does not exist are refused, and one without a handler cannot be made.",
	},
	{
		ID: "HW13", Severity: SeverityError, Title: "The ABI does not go with the runtime or the module",
		Why: "In-process functions speak redpanda, extism or wasi; under a RuntimeClass a function is a server that is reached by HTTP.",
	},
	{
		ID: "HW14", Severity: SeverityWarning, Title: "Nowhere for events that always fail",
		Why: "One poisonous event holds its partition until somebody acts, usually at night. The lag grows, KEDA adds replicas, and none of them helps.",
	},
	{
		ID: "HW15", Severity: SeverityError, Title: "More replicas of a topic than brokers",
		Why: "Kafka refuses to create the topic, and functions wait for it.",
	},
	{
		ID: "HW16", Severity: SeverityWarning, Title: "A topic is used but not listed in kafka.topics",
		Why: "Nothing creates it: the function waits, or the broker makes it with one partition. And since its partitions are unknown, replicas are not capped.",
	},
	{
		ID: "HW17", Severity: SeverityWarning, Title: "A module is not pinned by digest",
		Why: "A tag can move. A replica that starts at night then runs other code than its neighbours.",
	},
	{
		ID: "HW18", Severity: SeverityError, Title: "A function has no module, or two",
		Why: "There is nothing to run, or no telling what.",
	},
	{
		ID: "HW19", Severity: SeverityError, Title: "A function's name is taken",
		Why: "Its objects would have the names of other objects in the release.",
	},
	{
		ID: "HW21", Severity: SeverityWarning, Title: "exactly-once keeps a function from going to zero",
		Why: "Each transaction leaves a marker that KEDA counts as one event of lag per partition, for ever.",
	},
	{
		ID: "HW22", Severity: SeverityError, Title: "The memory limit is below what the module starts with",
		Why: "The module cannot be instantiated; every replica fails.",
	},
	{
		ID: "HW23", Severity: SeverityWarning, Title: "The container's memory does not hold what functions may use",
		Why: "The kernel kills the runner in the middle of the load that it was scaled for.",
	},
	{
		ID: "HW24", Severity: SeverityError, Title: "Node setup does not know what to install",
		Why: "Node setup runs as root on nodes, so it takes one source for each runtime, and no download without a checksum.",
	},
	{
		ID: "HW25", Severity: SeverityError, Title: "The brokers' addresses are missing or malformed",
		Why: "Neither functions nor KEDA can reach Kafka.",
	},
	{
		ID: "HW26", Severity: SeverityError, Title: "SASL or TLS with brokers that have neither",
		Why: "Clients would insist on what the brokers of this release do not offer.",
	},
	{
		ID: "HW27", Severity: SeverityError, Title: "Not the name of an environment variable",
		Why: "wasi, redpanda and http functions get their config as environment variables; Kubernetes or the guest's runtime drops or refuses odd names.",
	},
	{
		ID: "HW28", Severity: SeverityWarning, Title: "A disruption budget that blocks every drain",
		Why: "Nodes can then not be upgraded without force.",
	},
	{
		ID: "HW29", Severity: SeverityWarning, Title: "Pods are killed before a call can end",
		Why: "Every scale-in then interrupts calls, whose events are processed again elsewhere.",
	},
	{
		ID: "HW30", Severity: SeverityInfo, Title: "The first event waits long",
		Why: "From zero replicas KEDA only sees an event at its next poll.",
	},
	{
		ID: "HW32", Severity: SeverityWarning, Title: "backoff is longer than maxBackoff",
		Why: "One of the two does not do what it says.",
	},
	{
		ID: "HW33", Severity: SeverityWarning, Title: "Brokers without storage",
		Why: "A restart loses all events, and the committed offsets with them.",
	},
	{
		ID: "HW34", Severity: SeverityError, Title: "KEDA's CRDs are templated",
		Why: "Helm builds all objects of a release before it creates any, so a ScaledObject cannot be in the release that brings its definition by a template.",
	},
	{
		ID: "HW35", Severity: SeverityError, Title: "A limit of calls is impossible",
		Why: "A module addresses at most 4Gi in pages of 64Ki, and a call needs some time.",
	},
	{
		ID: "HW36", Severity: SeverityError, Title: "min.insync.replicas does not go with the topic's replicas",
		Why: "With more than there are nothing can be written; with all of them one broker that restarts stops all writes.",
	},
	{
		ID: "HW37", Severity: SeverityWarning, Title: "TLS without verification",
		Why: "Anybody on the way can read and write events.",
	},
	{
		ID: "HW38", Severity: SeverityWarning, Title: "Retries hold a partition for a long time",
		Why: "Events of one partition keep their order, so all behind a failing one wait for its last retry.",
	},
	{
		ID: "HW39", Severity: SeverityError, Title: "Topics differ in . and _ only",
		Why: "Kafka's metrics do not tell them apart, so Kafka refuses the second.",
	},
	{
		ID: "HW40", Severity: SeverityWarning, Title: "The network policy keeps KEDA from Kafka",
		Why: "KEDA reads the lag itself. If it cannot, no HPA is made and functions stay where they are.",
	},
	{
		ID: "HW41", Severity: SeverityError, Title: "Requests above limits",
		Why: "The API server refuses the pods.",
	},
	{
		ID: "HW42", Severity: SeverityInfo, Title: "A RuntimeClass without node selector",
		Why: "Unless every node has the handler, some pods stay in ContainerCreating.",
	},
	{
		ID: "HW43", Severity: SeverityError, Title: "The module does not export the function",
		Why: "Every call fails.",
	},
	{
		ID: "HW44", Severity: SeverityInfo, Title: "Nothing to run",
		Why: "The release then consists of Kafka and KEDA only.",
	},
	{
		ID: "HW45", Severity: SeverityWarning, Title: "Functions feed one another in a ring",
		Why: "Unless one of them drops events, they run round for ever and multiply.",
	},
	{
		ID: "HW46", Severity: SeverityError, Title: "Function and runner listen on one port",
		Why: "Under a RuntimeClass the runner is a sidecar: both share the pod's network, and the second to start fails.",
	},
	{
		ID: "HW47", Severity: SeverityError, Title: "An image has no repository",
		Why: "There is nothing to pull.",
	},
}
