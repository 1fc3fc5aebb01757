// SPDX-License-Identifier: Apache-2.0

package dev

import (
	"fmt"
	"maps"
	"slices"

	"github.com/helm-wasm/helm-wasm/contract"
	"github.com/helm-wasm/helm-wasm/internal/runner/config"
	"github.com/helm-wasm/helm-wasm/stack"
	"github.com/helm-wasm/helm-wasm/stack/schema"
)

// plan is what runs according to the rendered chart.
type plan struct {
	functions []contract.RunnerConfig
	topics    contract.TopicsConfig
	notes     []string
}

// makePlan renders the chart and reads the files that it makes for runners, so
// that what runs here cannot differ from what runs on a cluster.
func makePlan(doc *stack.Document) (plan, error) {
	var p plan
	rendered, err := stack.Render(doc, stack.RenderOptions{Release: "dev", Namespace: "default", Scope: stack.All})
	if err != nil {
		return p, fmt.Errorf("rendering the stack: %w", err)
	}
	for _, object := range rendered.Objects() {
		if object.Kind != "ConfigMap" {
			continue
		}
		tree, err := stack.Parse(object.Source, []byte(object.Text))
		if err != nil {
			return p, fmt.Errorf("reading the rendered ConfigMap %q: %w", object.Name, err)
		}
		data, _ := tree.Tree()["data"].(map[string]any)
		kafka, _ := data["kafka.yaml"].(string)
		if text, ok := data["runner.yaml"].(string); ok {
			var cfg contract.RunnerConfig
			if err := config.Decode([]byte(text+"\n"+kafka), &cfg); err != nil {
				return p, fmt.Errorf("reading runner.yaml of the rendered ConfigMap %q: %w", object.Name, err)
			}
			p.functions = append(p.functions, cfg)
		}
		if text, ok := data["topics.yaml"].(string); ok {
			if err := config.Decode([]byte(text+"\n"+kafka), &p.topics); err != nil {
				return p, fmt.Errorf("reading topics.yaml of the rendered ConfigMap %q: %w", object.Name, err)
			}
		}
	}
	if len(p.functions) == 0 {
		return p, fmt.Errorf("the stack has no enabled function: add one under functions, or see `helm-wasm init`")
	}
	p.addTopics()
	if v := schema.Effective(doc.Tree()); len(v.Workloads) > 0 {
		names := slices.Sorted(maps.Keys(v.Workloads))
		p.notes = append(p.notes, fmt.Sprintf("workloads are Deployments that you have: they do not run here (%v)", names))
	}
	return p, nil
}

// addTopics adds the topics that functions use and nobody declares.
func (p *plan) addTopics() {
	if p.topics.Topics == nil {
		p.topics.Topics = map[string]schema.Topic{}
	}
	for _, f := range p.functions {
		for _, topic := range used(f) {
			if _, known := p.topics.Topics[topic]; known {
				continue
			}
			p.topics.Topics[topic] = schema.Topic{Partitions: 1}
			p.notes = append(p.notes,
				fmt.Sprintf("topic %q of function %q is not in kafka.topics: created here with 1 partition", topic, f.Name))
		}
	}
}

// used returns the topics of a function, its source first.
func used(f contract.RunnerConfig) []string {
	list := append([]string{f.Source.Topic}, outputs(f)...)
	if f.OnError.DeadLetterTopic != "" {
		list = append(list, f.OnError.DeadLetterTopic)
	}
	return list
}

// outputs returns a function's sink topics, the default one first.
func outputs(f contract.RunnerConfig) []string {
	var list []string
	for _, topic := range append([]string{f.Sink.Topic}, f.Sink.Topics...) {
		if topic != "" && !slices.Contains(list, topic) {
			list = append(list, topic)
		}
	}
	return list
}

// terminal reports whether no function of the stack reads a topic.
func (p *plan) terminal(topic string) bool {
	return !slices.ContainsFunc(p.functions, func(f contract.RunnerConfig) bool { return f.Source.Topic == topic })
}

// dead reports whether a topic has dead letters.
func (p *plan) dead(topic string) bool {
	return slices.ContainsFunc(p.functions, func(f contract.RunnerConfig) bool { return f.OnError.DeadLetterTopic == topic })
}

// names returns the names of all topics, sorted.
func (p *plan) names() []string { return slices.Sorted(maps.Keys(p.topics.Topics)) }
