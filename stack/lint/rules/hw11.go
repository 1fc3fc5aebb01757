// SPDX-License-Identifier: Apache-2.0

package rules

import (
	"strconv"
	"strings"

	"github.com/helm-wasm/helm-wasm/stack/lint/pass"
)

var _ = register(Rule{
	ID: "HW11", Severity: Error, Title: "Two readers share a consumer group on one topic",
	Why: "Kafka divides the partitions among them, so each sees only part of the events, and both scale on the " +
		"lag of both.",
	Fix: "Give each reader a consumerGroup of its own; that of a function may be left empty.",
	Bad: "functions:\n" +
		"  enrich: {source: {consumerGroup: shop}}\n" +
		"workloads:\n" +
		"  mail: {scaleTargetRef: {name: mail}, source: {topic: orders, consumerGroup: shop}}",
	Good: "functions:\n" +
		"  enrich: {source: {consumerGroup: shop}}\n" +
		"workloads:\n" +
		"  mail: {scaleTargetRef: {name: mail}, source: {topic: orders, consumerGroup: mail}}",

	Stack: sharedGroups,
})

func sharedGroups(p *pass.Pass) {
	first := map[[2]string]string{}
	for _, s := range p.Scopes() {
		group := s.Group()
		if group == "" || s.Source.Topic == "" {
			continue
		}
		key, name := [2]string{s.Source.Topic, group}, strings.Join(s.Root, ".")
		if other, ok := first[key]; ok {
			p.Report(s.At("source.consumerGroup"),
				other+" and "+name+" read topic "+strconv.Quote(s.Source.Topic)+" in one consumer group, "+
					strconv.Quote(group)+": each gets only part of the events",
				"give each its own consumerGroup, or leave that of functions empty")
			continue
		}
		first[key] = name
	}
}
