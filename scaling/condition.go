// SPDX-License-Identifier: Apache-2.0

package scaling

// The conditions of horizontal.go, word for word.
var (
	scalingDisabled         = Condition{false, "ScalingDisabled", "scaling is disabled since the replica count of the target is zero"}
	failedGetExternalMetric = Condition{false, "FailedGetExternalMetric", "the HPA was unable to compute the replica count"}
	validMetricFound        = Condition{true, "ValidMetricFound", "the HPA was able to successfully calculate a replica count"}

	succeededGetScale = Condition{true, "SucceededGetScale", "the HPA controller was able to get the target's current scale"}
	aboveMax          = Condition{true, "SucceededRescale", "Current number of replicas above Spec.MaxReplicas"}
	belowMin          = Condition{true, "SucceededRescale", "Current number of replicas below Spec.MinReplicas"}
	readyForNewScale  = Condition{true, "ReadyForNewScale", "recommended size matches current size"}
	scaleUpStabilized = Condition{
		true, "ScaleUpStabilized",
		"recent recommendations were lower than current one, applying the lowest recent recommendation",
	}
	scaleDownStabilized = Condition{
		true, "ScaleDownStabilized",
		"recent recommendations were higher than current one, applying the highest recent recommendation",
	}

	scaleUpLimit = Condition{
		true, "ScaleUpLimit",
		"the desired replica count is increasing faster than the maximum scale rate",
	}
	scaleDownLimit = Condition{
		true, "ScaleDownLimit",
		"the desired replica count is decreasing faster than the maximum scale rate",
	}
	tooManyReplicas = Condition{
		true, "TooManyReplicas",
		"the desired replica count is more than the maximum replica count",
	}
	tooFewReplicas = Condition{
		true, "TooFewReplicas",
		"the desired replica count is less than the minimum replica count",
	}
	desiredWithinRange = Condition{false, "DesiredWithinRange", "the desired count is within the acceptable range"}
)

// scalerActive is the reason of KEDA's condition Active.
const scalerActive = "ScalerActive"
