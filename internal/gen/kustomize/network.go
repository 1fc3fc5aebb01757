// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"

	"go.yaml.in/yaml/v3"
)

// networkPolicy opens egress to both kinds of brokers that can be pods of this
// namespace. Egress to external ones is a policy of kafka-external.
func (g *generator) networkPolicy() error {
	const dir = "components/network-policy"
	bundled, err := g.render(dir+"/values.yaml", "components/kafka-bundled/values.yaml")
	if err != nil {
		return err
	}
	strimzi, err := g.render(dir+"/values.yaml", "components/kafka-strimzi/values.yaml")
	if err != nil {
		return err
	}
	var added []object
	for _, o := range bundled {
		if o.kind == "NetworkPolicy" {
			added = append(added, o)
		}
	}
	const id = "NetworkPolicy/shop-functions"
	rule, _, err := kafkaRule(find(added, id))
	if err != nil {
		return err
	}
	other, _, err := kafkaRule(find(strimzi, id))
	if err != nil {
		return err
	}
	peers := get(rule, "to")
	peers.Content = append(peers.Content, get(other, "to").Content...)
	return g.print(dir, "values.yaml", map[string][]object{"resources.yaml": added})
}

// kafkaRule returns the egress rule to Kafka in a policy for functions: it is between
// the one for DNS and the one for registries.
func kafkaRule(policy *object) (rule, rules *yaml.Node, err error) {
	if policy == nil {
		return nil, nil, fmt.Errorf("no NetworkPolicy of functions was rendered")
	}
	rules = get(policy.node, "spec", "egress")
	for _, rule := range rules.Content {
		if port := text(get(rule, "ports").Content[0], "port"); port == "9092" || port == "9093" {
			return rule, rules, nil
		}
	}
	return nil, nil, fmt.Errorf("%s has no rule for Kafka", policy.id())
}

// onlyIsolated is the label that network-policy adds to pods of functions: without
// that component, a policy that selects it does nothing.
const onlyIsolated = "helm-wasm.dev/isolated"

// egressToKafka returns the policy that allows egress to external brokers, for pods
// that network-policy has isolated.
func (g *generator) egressToKafka(values string) (object, error) {
	objects, err := g.render(values, "components/network-policy/values.yaml")
	if err != nil {
		return object{}, err
	}
	policy := find(objects, "NetworkPolicy/shop-functions")
	rule, rules, err := kafkaRule(policy)
	if err != nil {
		return object{}, err
	}
	rules.Content = []*yaml.Node{rule}
	remove(policy.node, "spec", "ingress")
	get(policy.node, "metadata", "name").Value = "shop-kafka-egress"
	var spec yaml.Node
	if err := yaml.Unmarshal(
		[]byte("podSelector:\n  # Pods have it from the component network-policy; without it, this does nothing.\n  "+
			"matchLabels: {"+onlyIsolated+`: "true"}`+"\npolicyTypes: [Egress]\n"),
		&spec,
	); err != nil {
		return object{}, err
	}
	have := get(policy.node, "spec")
	have.Content = append(spec.Content[0].Content, without(have.Content, "podSelector", "policyTypes")...)
	policy.name = "shop-kafka-egress"
	return *policy, nil
}

// without returns a mapping's content without some keys.
func without(content []*yaml.Node, keys ...string) []*yaml.Node {
	var kept []*yaml.Node
next:
	for i := 0; i < len(content); i += 2 {
		for _, key := range keys {
			if content[i].Value == key {
				continue next
			}
		}
		kept = append(kept, content[i], content[i+1])
	}
	return kept
}
