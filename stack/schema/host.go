// SPDX-License-Identifier: Apache-2.0

package schema

// Host is a pod for many functions, those that name it in `host`. It is one trust
// domain: its functions share process, service account and network policy, and
// neither memory nor configuration. A function that sleeps there takes no memory,
// and wakes within milliseconds.
type Host struct {
	// Scaling says how many replicas run. Each function asks for its own share by
	// its `scaling.lagThreshold`; the one that asks for most decides.
	Scaling HostScaling `json:"scaling,omitempty"`

	// MemoryBudget bounds what functions that are awake take in a replica, machine
	// code and instances. The least recently used go to sleep for others. Empty
	// means six tenths of resources.limits.memory.
	MemoryBudget Quantity `json:"memoryBudget,omitempty" format:"amount" example:"256Mi"`

	// Resources of the container that runs the functions.
	Resources Resources `json:"resources,omitempty" default:"{requests: {cpu: 100m, memory: 128Mi}, limits: {memory: 512Mi}}"`

	// ServiceAccount the pods run as.
	ServiceAccount ServiceAccount `json:"serviceAccount,omitempty"`

	// PodDisruptionBudget limits voluntary evictions.
	PodDisruptionBudget PodDisruptionBudget `json:"podDisruptionBudget,omitempty"`

	// Pod are settings of the host's pods.
	Pod Pod `json:"pod,omitempty"`
}

// HostScaling becomes the host's ScaledObject, with a trigger for each function.
type HostScaling struct {
	// MinReplicas that always run. With 0 the first event waits for a pod.
	MinReplicas *int `json:"minReplicas,omitempty" min:"0" default:"1" keda:"minReplicaCount"`

	// MaxReplicas is the upper limit.
	MaxReplicas int `json:"maxReplicas,omitempty" min:"1" default:"10" keda:"maxReplicaCount"`

	// PollingInterval is the time in seconds between KEDA's checks of the lag.
	PollingInterval int `json:"pollingInterval,omitempty" min:"1" default:"5" keda:"pollingInterval"`

	// CooldownPeriod is the time in seconds without lag before scaling to zero.
	CooldownPeriod *int `json:"cooldownPeriod,omitempty" min:"0" default:"60" keda:"cooldownPeriod"`
}
