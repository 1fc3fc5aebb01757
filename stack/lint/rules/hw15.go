// SPDX-License-Identifier: Apache-2.0

package rules

import (
	"strconv"

	"github.com/helm-wasm/helm-wasm/internal/text"
	"github.com/helm-wasm/helm-wasm/stack/lint/pass"
)

var _ = register(Rule{
	ID: "HW15", Severity: Error, Title: "More replicas of a topic than brokers",
	Why:  "Kafka refuses to create the topic, and functions wait for it.",
	Fix:  "Lower replicationFactor, or run as many brokers.",
	Bad:  "kafka: {topics: {orders: {replicationFactor: 3}}}",
	Good: "kafka: {topics: {orders: {replicationFactor: 3}}, bundled: {replicas: 3}}",

	Stack: tooFewBrokers,
})

func tooFewBrokers(p *pass.Pass) {
	brokers := ownBrokers(p)
	if brokers == 0 {
		return
	}
	k := &p.Values.Kafka
	for _, name := range p.TopicNames() {
		n := k.Topics[name].ReplicationFactor
		if n <= brokers {
			continue
		}
		p.Report([]string{"kafka", "topics", name, "replicationFactor"},
			"replicationFactor "+strconv.Itoa(n)+" needs as many brokers, and there "+
				text.Plural(brokers, "is 1", "are "+strconv.Itoa(brokers)),
			"set kafka."+k.Mode+".replicas to "+strconv.Itoa(n)+", or replicationFactor to "+strconv.Itoa(brokers)+
				" or 0 (the brokers' default)")
	}
}

// ownBrokers is how many brokers the release runs; 0 where it runs none.
func ownBrokers(p *pass.Pass) int {
	switch k := &p.Values.Kafka; k.Mode {
	case "bundled":
		return k.Bundled.Replicas
	case "strimzi":
		return k.Strimzi.Replicas
	}
	return 0
}
