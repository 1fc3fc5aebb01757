// SPDX-License-Identifier: Apache-2.0

// Package scaling says what KEDA and the HPA will do with a Kafka consumer under a
// load: how many replicas, when, and why.
//
// It has the rules one by one, each from the code that a cluster runs: [Kafka] makes a
// metric of offsets as KEDA's kafka scaler does, [Loop] wakes a target and puts it to
// sleep as KEDA's scale loop does, and [HPA] follows the metric as the controller in
// kube-controller-manager does. [Simulate] lets them act on a simulated topic with
// consumers and a [Load], second by second.
//
// The package is pure: time is simulated, and the same scenario gives the same result.
// A program that imports it compiles neither KEDA nor Kubernetes.
//
// What is simulated between the two that decide, the topic and its consumers, is
// coarser than they are: arrivals and processing are counted in whole seconds, and the
// start of a pod and the pause of a rebalance take the same time each time. docs/PLAN.md
// lists what the model leaves out, and how its rules are compared with the real code.
//
// # Stability
//
// The names in this package are public API, which changes only with a new minor version,
// and the changelog says how. The results of a simulation and the words of messages are
// not: they follow KEDA and Kubernetes.
package scaling
