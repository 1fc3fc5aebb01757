// SPDX-License-Identifier: Apache-2.0

package contract

import "github.com/helm-wasm/helm-wasm/stack/schema"

// TopicsConfig is the file (keys topics.yaml and kafka.yaml) that `wasm-runner topics` reads.
type TopicsConfig struct {
	Create bool                    `json:"create"`
	Topics map[string]schema.Topic `json:"topics"`
	Kafka  RunnerKafka             `json:"kafka"`
}

// CheckConfig is the file (keys check.yaml and kafka.yaml) that `wasm-runner check`
// reads, for `helm test`: every topic must exist, and every consumer's group must be
// one that can be described.
type CheckConfig struct {
	Topics    []string                 `json:"topics"`
	Consumers map[string]schema.Source `json:"consumers"`
	Kafka     RunnerKafka              `json:"kafka"`
}
