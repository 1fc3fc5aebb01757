// SPDX-License-Identifier: Apache-2.0

package rules

import (
	"strconv"

	"github.com/helm-wasm/helm-wasm/stack/lint/pass"
	"github.com/helm-wasm/helm-wasm/stack/schema"
)

var _ = register(Rule{
	ID: "HW36", Severity: Error, Title: "min.insync.replicas does not fit the topic's replicas",
	Why: "If it is more than there are, nothing can be written; if it is all of them, one broker that restarts stops all " +
		"writes.",
	Fix: "Set min.insync.replicas below the replicas of the topic.",
	Bad: "kafka: {topics: {orders: {replicationFactor: 1, config: {min.insync.replicas: 2}}}}",
	Good: "kafka: {bundled: {replicas: 3}, topics: {orders: {replicationFactor: 3, config: {min.insync.replicas: " +
		"2}}}}",

	Stack: unwritableTopics,
})

func unwritableTopics(p *pass.Pass) {
	brokers := ownBrokers(p)
	for _, name := range p.TopicNames() {
		t := p.Values.Kafka.Topics[name]
		isr, err := strconv.Atoi(schema.ScalarText(t.Config["min.insync.replicas"]))
		if err != nil {
			continue
		}
		path := []string{"kafka", "topics", name, "config", "min.insync.replicas"}
		rf := t.ReplicationFactor
		if rf == 0 && brokers > 0 {
			rf = min(brokers, 3)
		}
		if rf > 0 && isr > rf {
			p.Report(path,
				"min.insync.replicas "+strconv.Itoa(isr)+" is more than the "+strconv.Itoa(rf)+
					" replicas of the topic: nothing can be written",
				"lower it to "+strconv.Itoa(max(1, rf-1)))
		} else if rf > 1 && isr == rf {
			p.ReportAs(Warning, path,
				"min.insync.replicas "+strconv.Itoa(isr)+" is all replicas: one broker that restarts stops all writes",
				"lower it to "+strconv.Itoa(rf-1))
		}
	}
}
