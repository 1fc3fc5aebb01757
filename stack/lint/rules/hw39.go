// SPDX-License-Identifier: Apache-2.0

package rules

import (
	"strconv"
	"strings"

	"github.com/helm-wasm/helm-wasm/stack/lint/pass"
)

var _ = register(Rule{
	ID: "HW39", Severity: Error, Title: "Topics differ in . and _ only",
	Why:  "Kafka's metrics do not distinguish them, so Kafka refuses the second.",
	Fix:  "Rename one of the topics.",
	Bad:  "kafka: {topics: {orders_dead: {partitions: 1}}}",
	Good: "kafka: {topics: {orders-late: {partitions: 1}}}",

	Stack: collidingTopics,
})

func collidingTopics(p *pass.Pass) {
	alias := map[string]string{}
	for _, name := range p.TopicNames() {
		same := strings.ReplaceAll(name, ".", "_")
		if other := alias[same]; other != "" {
			p.Report([]string{"kafka", "topics", name},
				"topics "+strconv.Quote(other)+" and "+strconv.Quote(name)+" differ in . and _ only; Kafka refuses the second",
				"rename one of them")
		}
		alias[same] = name
	}
}
