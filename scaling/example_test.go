// SPDX-License-Identifier: Apache-2.0

package scaling_test

import (
	"fmt"
	"time"

	"github.com/helm-wasm/helm-wasm/scaling"
)

// What happens to a sleeping function when a burst arrives.
func ExampleSimulate() {
	load, err := scaling.ParseLoad("spike(base=0/s, peak=500/s, at=2m, for=1m)")
	if err != nil {
		fmt.Println(err)
		return
	}
	result, err := scaling.Simulate(&scaling.Scenario{
		ScaledObject: scaling.ScaledObject{
			MaxReplicas: 6, PollingInterval: 5 * time.Second, CooldownPeriod: time.Minute,
			Kafka: scaling.Kafka{LagThreshold: 50},
		},
		Consumers: scaling.Consumers{
			ServiceTime: 5 * time.Millisecond, Concurrency: 1, Startup: 3 * time.Second, Rebalance: 3 * time.Second,
		},
		Load: load, Partitions: 6, Duration: 10 * time.Minute, Every: 2 * time.Minute, Phase: 7 * time.Second,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, m := range result.Moments() {
		fmt.Println(m.At, m.String())
	}
	fmt.Println("all events within", result.Delay.Max)
	// Output:
	// 2m0s KEDA goes from 0 to 1: lag 500 is above activationLagThreshold (ScalerActive)
	// 2m7s HPA goes from 1 to 4: metric 300 asks for 6, but the desired replica count is increasing faster than the maximum scale rate (ScaleUpLimit)
	// 2m22s HPA goes from 4 to 6: metric 300 asks for 6 (DesiredWithinRange)
	// 2m37s HPA keeps 6: metric 0 asks for 0, but recent recommendations were higher than current one, applying the highest recent recommendation (ScaleDownStabilized)
	// 4m0s KEDA goes from 6 to 0: Successfully set ScaleTarget replicas count to ScaledObject minReplicaCount (ScalerNotActive)
	// all events within 13.005s
}

// The HPA's tolerance of 10 % keeps the last replicas away: 24 partitions, 22 replicas.
func ExampleHPA_Sync() {
	full := []scaling.Metric{{Value: 240_000, Target: 10_000}} // lag 240, threshold 10
	for _, replicas := range []int{21, 22} {
		hpa := scaling.HPA{MinReplicas: 1, MaxReplicas: 24}
		v := hpa.Sync(0, scaling.Scale{Spec: replicas, Status: replicas, Ready: replicas}, full)
		fmt.Printf("%d become %d (ratio %.3f)\n", replicas, v.Replicas, v.Ratio)
	}
	// Output:
	// 21 become 24 (ratio 1.143)
	// 22 become 22 (ratio 1.091)
}

// An error points at the character.
func ExampleParseLoad() {
	_, err := scaling.ParseLoad("day + spike(50/s, fast)")
	fmt.Println(err)
	// Output:
	// load "day + spike(50/s, fast)", character 19, at "fast)": want a rate such as 50/s, 6k/min or 0.5/s
}
