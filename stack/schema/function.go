// SPDX-License-Identifier: Apache-2.0

package schema

// Function is one WebAssembly function: where its code is, where its events
// come from and go to, and how it scales.
type Function struct {
	// Enabled renders the function; false leaves it out and keeps its values.
	Enabled *bool `json:"enabled,omitempty" default:"true"`

	// Module says where the function's .wasm is.
	Module Module `json:"module,omitempty"`

	// Runtime runs the module: `wazero` in-process in the runner (no change
	// to nodes), or a key of `runtimes` for a RuntimeClass.
	Runtime string `json:"runtime,omitempty" default:"wazero" example:"wasmtime"`

	// ABI is the contract between runner and module. `auto` reads it from the
	// binary; under a RuntimeClass it is always `http`.
	ABI string `json:"abi,omitempty" enum:"auto,redpanda,extism,wasi,http" default:"auto"`

	// Source is the topic that events come from.
	Source Source `json:"source,omitempty"`

	// Sink is the topic that results go to. Without one the function works by
	// its side effects and results are dropped.
	Sink Sink `json:"sink,omitempty"`

	// Delivery is the guarantee from source to sink. `exactly-once` uses Kafka
	// transactions, whose markers KEDA sees as one event of lag per partition.
	Delivery string `json:"delivery,omitempty" enum:"at-least-once,exactly-once" default:"at-least-once"`

	// OnError says what happens to an event that the function cannot process.
	OnError OnError `json:"onError,omitempty"`

	// Scaling says how many replicas run, and when.
	Scaling Scaling `json:"scaling,omitempty"`

	// Host is the key of `hosts` where the function runs, together with others.
	// Empty gives it a Deployment of its own.
	Host string `json:"host,omitempty" default:"\"\"" example:"small"`

	// Weight is the function's part of its host's time, beside that of other
	// functions that have work.
	Weight int `json:"weight,omitempty" min:"1" max:"1000" default:"1"`

	// Config is what the function reads: environment variables for `wasi` and
	// `redpanda`, config keys for `extism`, environment of the container for
	// `http`. Values are strings.
	Config map[string]string `json:"config,omitempty"`

	// Limits apply to each call.
	Limits Limits `json:"limits,omitempty"`

	// HTTP is how the runner reaches a function of ABI `http`.
	HTTP HTTP `json:"http,omitempty"`

	// Resources of the container that runs the function.
	Resources Resources `json:"resources,omitempty" default:"{requests: {cpu: 100m, memory: 128Mi}, limits: {memory: 512Mi}}"`

	// ServiceAccount the pods run as.
	ServiceAccount ServiceAccount `json:"serviceAccount,omitempty"`

	// PodDisruptionBudget limits voluntary evictions.
	PodDisruptionBudget PodDisruptionBudget `json:"podDisruptionBudget,omitempty"`

	// Pod are settings of the function's pods.
	Pod Pod `json:"pod,omitempty"`
}

// Module names a function's code. Give exactly one of image and configMap.
type Module struct {
	// Image is an OCI image or artifact that contains the module; pin it by digest.
	Image string `json:"image,omitempty" format:"image" example:"ghcr.io/acme/enrich-orders@sha256:0123..."`

	// ConfigMap contains a module of up to 1 MiB under binaryData.
	ConfigMap ModuleConfigMap `json:"configMap,omitempty"`

	// PullPolicy is the imagePullPolicy when the image runs under a RuntimeClass.
	PullPolicy string `json:"pullPolicy,omitempty" enum:"Always,IfNotPresent,Never" default:"IfNotPresent"`

	// Function is the export to call for ABI `extism`.
	Function string `json:"function,omitempty" default:"handle"`
}

// ModuleConfigMap names a key of a ConfigMap in the release's namespace.
type ModuleConfigMap struct {
	// Name of the ConfigMap.
	Name string `json:"name,omitempty" format:"name"`

	// Key in its binaryData.
	Key string `json:"key,omitempty" example:"module.wasm"`
}

// Source is where events come from.
type Source struct {
	// Topic to read.
	Topic string `json:"topic,omitempty" format:"topic" keda:"triggers[].metadata.topic"`

	// ConsumerGroup to join; also the group whose lag KEDA reads. Empty means
	// <namespace>.<object name>, which is unique in the Kafka cluster as long as
	// only one Kubernetes cluster uses it.
	ConsumerGroup string `json:"consumerGroup,omitempty" format:"text" default:"\"\"" keda:"triggers[].metadata.consumerGroup"`

	// OffsetResetPolicy is where a group without commits starts. With
	// `latest`, events that arrive before the first commit are lost.
	OffsetResetPolicy string `json:"offsetResetPolicy,omitempty" enum:"earliest,latest" default:"earliest" keda:"triggers[].metadata.offsetResetPolicy"`
}

// Sink is where results go.
type Sink struct {
	// Topic to write.
	Topic string `json:"topic,omitempty" format:"topic"`

	// Topics are further output topics that a `redpanda` function may write
	// to by name.
	Topics []string `json:"topics,omitempty" format:"topic"`
}

// OnError is the failure policy. A call fails when the module traps, returns
// an error, or breaks a limit.
type OnError struct {
	// Retries after the first attempt.
	Retries int `json:"retries" min:"0" max:"1000" default:"5"`

	// Backoff before the first retry; it doubles up to maxBackoff.
	Backoff string `json:"backoff,omitempty" format:"duration" default:"100ms"`

	// MaxBackoff is the longest wait between two attempts.
	MaxBackoff string `json:"maxBackoff,omitempty" format:"duration" default:"10s"`

	// DeadLetterTopic receives events that failed every attempt, with headers
	// that say why.
	DeadLetterTopic string `json:"deadLetterTopic,omitempty" format:"topic" default:"\"\""`

	// Action after the last retry: `deadLetter`; `block` keeps trying and
	// holds up the partition; `drop` discards the event. `auto` is deadLetter
	// when deadLetterTopic is set, and otherwise block.
	Action string `json:"action,omitempty" enum:"auto,deadLetter,block,drop" default:"auto"`
}

// Limits bound one call of a function.
type Limits struct {
	// Memory is the most linear memory an instance may have, at most 4Gi.
	Memory Quantity `json:"memory,omitempty" format:"amount" default:"64Mi"`

	// Timeout is the longest one call may take.
	Timeout string `json:"timeout,omitempty" format:"duration" default:"5s"`

	// Output is the most bytes one call may return.
	Output Quantity `json:"output,omitempty" format:"amount" default:"1Mi"`

	// Concurrency is the number of partitions a replica processes at once.
	// 0 means one for each CPU.
	Concurrency int `json:"concurrency,omitempty" min:"0" max:"1024" default:"0"`
}

// HTTP is how the runner, as a sidecar, posts events to the function's own
// container: CloudEvents over HTTP to localhost.
type HTTP struct {
	// Port the function listens on.
	Port int `json:"port,omitempty" min:"1" max:"65535" default:"8080"`

	// Path of the request.
	Path string `json:"path,omitempty" default:"/"`
}

// ServiceAccount is a function's identity. Its token is never mounted.
type ServiceAccount struct {
	// Create a ServiceAccount for the function.
	Create *bool `json:"create,omitempty" default:"true"`

	// Name of the ServiceAccount; empty means the function's object name, or
	// `default` without create.
	Name string `json:"name,omitempty" format:"name" default:"\"\""`

	// Annotations of the ServiceAccount, for cloud identities.
	Annotations map[string]string `json:"annotations,omitempty" keys:"annotationKey"`
}

// PodDisruptionBudget is a function's policy/v1 PodDisruptionBudget.
type PodDisruptionBudget struct {
	// Enabled renders it.
	Enabled bool `json:"enabled,omitempty" default:"false"`

	// MaxUnavailable pods, a number or a percentage.
	MaxUnavailable any `json:"maxUnavailable,omitempty" format:"percentOrInt" default:"1"`
}

// Pod has a pod template's settings, spelled as in Kubernetes.
type Pod struct {
	// Annotations of the pods.
	Annotations map[string]string `json:"annotations,omitempty" keys:"annotationKey"`

	// Labels of the pods, in addition to the chart's own.
	Labels map[string]string `json:"labels,omitempty" keys:"labelKey" format:"labelValue"`

	// NodeSelector is the labels that a node must have.
	NodeSelector map[string]string `json:"nodeSelector,omitempty" keys:"labelKey" format:"labelValue"`

	// Tolerations of taints.
	Tolerations []any `json:"tolerations,omitempty" format:"mapping" open:"true"`

	// Affinity as in Kubernetes.
	Affinity map[string]any `json:"affinity,omitempty" open:"true"`

	// TopologySpreadConstraints as in Kubernetes; a missing labelSelector is
	// filled in with the function's own.
	TopologySpreadConstraints []any `json:"topologySpreadConstraints,omitempty" format:"mapping" open:"true"`

	// PriorityClassName of the pods.
	PriorityClassName string `json:"priorityClassName,omitempty" format:"name" default:"\"\""`

	// TerminationGracePeriodSeconds is the time to finish events in flight
	// and leave the consumer group.
	TerminationGracePeriodSeconds int `json:"terminationGracePeriodSeconds,omitempty" min:"0" max:"86400" default:"30"`

	// Env are extra environment variables of the container `runner` (or
	// `kafka`), by name.
	Env map[string]string `json:"env,omitempty"`

	// EnvFrom as in Kubernetes, for Secrets and ConfigMaps, of the container
	// that runs the function: `runner`, or `function` under a RuntimeClass.
	EnvFrom []any `json:"envFrom,omitempty" format:"mapping" open:"true"`
}
