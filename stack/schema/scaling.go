// SPDX-License-Identifier: Apache-2.0

package schema

// Scaling becomes a KEDA ScaledObject. Names are KEDA's and the HPA's own.
type Scaling struct {
	// MinReplicas that always run; 0 scales to zero when there is no lag.
	MinReplicas int `json:"minReplicas" min:"0" default:"0" keda:"minReplicaCount"`

	// MaxReplicas is the upper limit. A function never gets more replicas than
	// its topic has partitions, if kafka.topics says how many.
	MaxReplicas int `json:"maxReplicas,omitempty" min:"1" default:"10" keda:"maxReplicaCount"`

	// IdleReplicaCount is the number of replicas while no trigger is active,
	// for minReplicas >= 1. KEDA supports only 0.
	IdleReplicaCount *int `json:"idleReplicaCount,omitempty" min:"0" keda:"idleReplicaCount"`

	// Activation is how KEDA learns that events wait: `poll` looks every
	// pollingInterval; with `push` the release's scaler says so the moment an
	// event arrives. It takes the place of KEDA's kafka trigger.
	Activation string `json:"activation,omitempty" enum:"poll,push" default:"poll" keda:"triggers[].type"`

	// LagThreshold is the lag (events not yet committed, summed over the
	// topic's partitions) that is meant for one replica.
	LagThreshold int `json:"lagThreshold,omitempty" min:"1" default:"50" keda:"triggers[].metadata.lagThreshold"`

	// ActivationLagThreshold is the lag that must be exceeded to leave zero
	// replicas. At or below it a function with minReplicas 0 goes to zero.
	ActivationLagThreshold int `json:"activationLagThreshold" min:"0" default:"0" keda:"triggers[].metadata.activationLagThreshold"`

	// PollingInterval is the time in seconds between KEDA's checks of the lag:
	// the longest wait from the first event to the first replica's start.
	PollingInterval int `json:"pollingInterval,omitempty" min:"1" default:"5" keda:"pollingInterval"`

	// CooldownPeriod is the time in seconds without lag before scaling to zero.
	// From two replicas down to one the HPA decides (behavior.scaleDown).
	CooldownPeriod int `json:"cooldownPeriod" min:"0" default:"60" keda:"cooldownPeriod"`

	// InitialCooldownPeriod is the time in seconds after creation before the
	// first scaling to zero.
	InitialCooldownPeriod int `json:"initialCooldownPeriod" min:"0" default:"0" keda:"initialCooldownPeriod"`

	// AllowIdleConsumers lets replicas exceed the topic's partitions.
	AllowIdleConsumers bool `json:"allowIdleConsumers,omitempty" default:"false" keda:"triggers[].metadata.allowIdleConsumers"`

	// ExcludePersistentLag ignores partitions whose committed offset does not
	// move, for events that block their partition.
	ExcludePersistentLag bool `json:"excludePersistentLag,omitempty" default:"false" keda:"triggers[].metadata.excludePersistentLag"`

	// LimitToPartitionsWithLag caps replicas at the partitions that have lag.
	LimitToPartitionsWithLag bool `json:"limitToPartitionsWithLag,omitempty" default:"false" keda:"triggers[].metadata.limitToPartitionsWithLag"`

	// EnsureEvenDistributionOfPartitions steps replicas through divisors of
	// the partition count.
	EnsureEvenDistributionOfPartitions bool `json:"ensureEvenDistributionOfPartitions,omitempty" default:"false" keda:"triggers[].metadata.ensureEvenDistributionOfPartitions"`

	// ScaleToZeroOnInvalidOffset counts a partition without a commit as no lag.
	ScaleToZeroOnInvalidOffset bool `json:"scaleToZeroOnInvalidOffset,omitempty" default:"false" keda:"triggers[].metadata.scaleToZeroOnInvalidOffset"`

	// PartitionLimitation restricts the lag to these partitions, as "1,2,10-20".
	PartitionLimitation string `json:"partitionLimitation,omitempty" default:"\"\"" keda:"triggers[].metadata.partitionLimitation"`

	// UseCachedMetrics answers the HPA with the value of KEDA's last poll.
	UseCachedMetrics bool `json:"useCachedMetrics,omitempty" default:"false" keda:"triggers[].useCachedMetrics"`

	// Behavior of the HPA between one replica and maxReplicas, complete so
	// that nothing depends on the cluster's defaults.
	Behavior Behavior `json:"behavior,omitempty" default:"file:behavior.yaml" keda:"advanced.horizontalPodAutoscalerConfig.behavior"`

	// Fallback sets replicas while the lag cannot be read.
	Fallback Fallback `json:"fallback,omitempty" keda:"fallback"`

	// Paused freezes scaling at the current number of replicas.
	Paused bool `json:"paused,omitempty" default:"false" keda:"metadata.annotations[autoscaling.keda.sh/paused]"`

	// PausedReplicas freezes scaling at this number of replicas.
	PausedReplicas *int `json:"pausedReplicas,omitempty" min:"0" keda:"metadata.annotations[autoscaling.keda.sh/paused-replicas]"`

	// PausedScaleIn stops only scaling in.
	PausedScaleIn bool `json:"pausedScaleIn,omitempty" default:"false" keda:"metadata.annotations[autoscaling.keda.sh/paused-scale-in]"`

	// PausedScaleOut stops only scaling out.
	PausedScaleOut bool `json:"pausedScaleOut,omitempty" default:"false" keda:"metadata.annotations[autoscaling.keda.sh/paused-scale-out]"`

	// Triggers are further KEDA triggers of any type, by name, passed as they are.
	Triggers map[string]Trigger `json:"triggers,omitempty" keys:"label" keda:"triggers[]"`

	// ScalingModifiers combine triggers by a formula; the kafka trigger of
	// `source` is named `kafka`. Without them the HPA uses the largest.
	ScalingModifiers ScalingModifiers `json:"scalingModifiers,omitempty" keda:"advanced.scalingModifiers"`

	// RestoreToOriginalReplicaCount restores a workload's replicas when its
	// ScaledObject is deleted; unset means true for workloads. Functions ignore
	// it: Helm removes their Deployment.
	RestoreToOriginalReplicaCount *bool `json:"restoreToOriginalReplicaCount,omitempty" keda:"advanced.restoreToOriginalReplicaCount"`

	// HPAName is the name of the HPA; empty means keda-hpa-<object name>.
	HPAName string `json:"hpaName,omitempty" format:"name" default:"\"\"" keda:"advanced.horizontalPodAutoscalerConfig.name"`

	// Annotations of the ScaledObject; KEDA copies them to the HPA.
	Annotations map[string]string `json:"annotations,omitempty" keys:"annotationKey" keda:"metadata.annotations"`
}

// Behavior is autoscaling/v2 HorizontalPodAutoscalerBehavior.
type Behavior struct {
	// ScaleUp rules.
	ScaleUp ScalingRules `json:"scaleUp,omitempty"`

	// ScaleDown rules.
	ScaleDown ScalingRules `json:"scaleDown,omitempty"`
}

// ScalingRules is autoscaling/v2 HPAScalingRules.
type ScalingRules struct {
	// StabilizationWindowSeconds over which the HPA takes the most cautious of
	// its past recommendations.
	StabilizationWindowSeconds *int `json:"stabilizationWindowSeconds,omitempty" min:"0" max:"3600"`

	// SelectPolicy picks among the policies' limits.
	SelectPolicy string `json:"selectPolicy,omitempty" enum:"Max,Min,Disabled"`

	// Policies limit the change in a period.
	Policies []ScalingPolicy `json:"policies,omitempty"`

	// Tolerance is the relative deviation that changes nothing, as a quantity;
	// unset means the cluster's 10 %. It needs Kubernetes 1.35.
	Tolerance Quantity `json:"tolerance,omitempty" format:"amount"`
}

// ScalingPolicy is autoscaling/v2 HPAScalingPolicy.
type ScalingPolicy struct {
	// Type of value.
	Type string `json:"type,omitempty" enum:"Pods,Percent"`

	// Value of the change.
	Value int `json:"value,omitempty" min:"1"`

	// PeriodSeconds in which it may happen.
	PeriodSeconds int `json:"periodSeconds,omitempty" min:"1" max:"1800"`
}

// Fallback is ScaledObject.spec.fallback. It is rendered when failureThreshold is set.
type Fallback struct {
	// FailureThreshold is the number of failures in a row to tolerate.
	FailureThreshold *int `json:"failureThreshold,omitempty" min:"0" keda:"fallback.failureThreshold"`

	// Replicas while in fallback.
	Replicas *int `json:"replicas,omitempty" min:"0" keda:"fallback.replicas"`

	// Behavior of the fallback.
	Behavior string `json:"behavior,omitempty" enum:"static,currentReplicas,currentReplicasIfHigher,currentReplicasIfLower,scalingModifiers" keda:"fallback.behavior"`
}

// Trigger is an entry of ScaledObject.spec.triggers; its key is its name.
type Trigger struct {
	// Type of the KEDA scaler.
	Type string `json:"type,omitempty" example:"cron"`

	// Metadata of the scaler. KEDA takes strings; numbers and booleans are
	// quoted for you.
	Metadata map[string]any `json:"metadata,omitempty" open:"true"`

	// MetricType of the HPA.
	MetricType string `json:"metricType,omitempty" enum:"AverageValue,Value,Utilization"`

	// UseCachedMetrics answers the HPA with the value of KEDA's last poll.
	UseCachedMetrics bool `json:"useCachedMetrics,omitempty" default:"false"`

	// AuthenticationRef names a TriggerAuthentication.
	AuthenticationRef AuthenticationRef `json:"authenticationRef,omitempty"`
}

// AuthenticationRef names the credentials of a trigger.
type AuthenticationRef struct {
	// Name of the object.
	Name string `json:"name,omitempty" format:"name"`

	// Kind of the object; empty means TriggerAuthentication.
	Kind string `json:"kind,omitempty" enum:"TriggerAuthentication,ClusterTriggerAuthentication"`
}

// ScalingModifiers is ScaledObject.spec.advanced.scalingModifiers.
type ScalingModifiers struct {
	// Formula over trigger names, in the expr language.
	Formula string `json:"formula,omitempty" example:"kafka + other"`

	// Target of the formula's value for each replica.
	Target Quantity `json:"target,omitempty" format:"quantity"`

	// ActivationTarget is the value to exceed to leave zero replicas.
	ActivationTarget Quantity `json:"activationTarget,omitempty" format:"quantity"`

	// MetricType of the composed metric.
	MetricType string `json:"metricType,omitempty" enum:"AverageValue,Value"`
}

// Workload scales something that exists already.
type Workload struct {
	// Enabled renders the ScaledObject.
	Enabled *bool `json:"enabled,omitempty" default:"true"`

	// ScaleTargetRef names what to scale, in the release's namespace.
	ScaleTargetRef ScaleTargetRef `json:"scaleTargetRef,omitempty" keda:"scaleTargetRef"`

	// Source is the topic and consumer group whose lag counts. Leave it out if
	// scaling.triggers is enough.
	Source Source `json:"source,omitempty"`

	// Scaling as for functions, from the same defaults.
	Scaling Scaling `json:"scaling,omitempty"`
}

// ScaleTargetRef names an object with a scale subresource.
type ScaleTargetRef struct {
	// APIVersion of the target; empty means apps/v1.
	APIVersion string `json:"apiVersion,omitempty" default:"apps/v1"`

	// Kind of the target; empty means Deployment.
	Kind string `json:"kind,omitempty" default:"Deployment"`

	// Name of the target.
	Name string `json:"name,omitempty" format:"name"`

	// EnvSourceContainerName is the container whose environment the triggers'
	// ...FromEnv keys read; empty means the first.
	EnvSourceContainerName string `json:"envSourceContainerName,omitempty"`
}

func (r *ScalingRules) IsZero() bool {
	return r.StabilizationWindowSeconds == nil && r.SelectPolicy == "" && r.Policies == nil && r.Tolerance == ""
}
