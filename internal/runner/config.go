// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/helm-wasm/helm-wasm/internal/runner/config"
	"github.com/helm-wasm/helm-wasm/internal/runner/sandbox"
	"github.com/helm-wasm/helm-wasm/stack"
)

// LoadConfig reads and checks a runner's configuration. It may be in several
// files, each with some of the fields: the chart writes runner.yaml and kafka.yaml.
func LoadConfig(paths ...string) (stack.RunnerConfig, error) {
	var cfg stack.RunnerConfig
	if err := config.Load(paths, &cfg); err != nil {
		return cfg, err
	}
	if _, err := resolve(cfg); err != nil {
		return cfg, fmt.Errorf("checking configuration %q: %w", strings.Join(paths, ", "), err)
	}
	return cfg, nil
}

// settings is a RunnerConfig with its text read.
type settings struct {
	stack.RunnerConfig
	limits     sandbox.Limits
	backoff    time.Duration
	maxBackoff time.Duration
	action     string
	outputs    []string // sink topics, the default first
}

// resolve checks every field and reports all mistakes at once.
func resolve(cfg stack.RunnerConfig) (settings, error) {
	s := settings{RunnerConfig: cfg}
	var c config.Checker
	c.Require("name", cfg.Name)
	c.OneOf("abi", cfg.ABI, "auto", "redpanda", "extism", "wasi", "http")
	c.Require("source.topic", cfg.Source.Topic)
	c.Require("source.consumerGroup", cfg.Source.ConsumerGroup)
	c.OneOf("source.offsetResetPolicy", cfg.Source.OffsetResetPolicy, "earliest", "latest")
	c.OneOf("delivery", cfg.Delivery, "at-least-once", "exactly-once")
	c.OneOf("onError.action", cfg.OnError.Action, "auto", "deadLetter", "block", "drop")
	c.OneOf("logLevel", cfg.LogLevel, "", "debug", "info", "warn", "error")
	c.Range("onError.retries", cfg.OnError.Retries, 0, 1000)
	c.Range("limits.concurrency", cfg.Limits.Concurrency, 0, 1024)
	c.Range("adminPort", cfg.AdminPort, 0, 65535)
	s.limits.Timeout = c.Duration("limits.timeout", cfg.Limits.Timeout, 5*time.Second)
	s.limits.Memory = uint64(c.Bytes("limits.memory", string(cfg.Limits.Memory), 64<<20, 64<<10, 4<<30))
	s.limits.Output = int(c.Bytes("limits.output", string(cfg.Limits.Output), 1<<20, 1, 1<<30))
	s.backoff = c.Duration("onError.backoff", cfg.OnError.Backoff, 100*time.Millisecond)
	s.maxBackoff = c.Duration("onError.maxBackoff", cfg.OnError.MaxBackoff, 10*time.Second)
	c.Kafka("kafka", cfg.Kafka)

	s.action = cfg.OnError.Action
	if s.action == "" || s.action == "auto" {
		s.action = "block"
		if cfg.OnError.DeadLetterTopic != "" {
			s.action = "deadLetter"
		}
	}
	if s.action == "deadLetter" && cfg.OnError.DeadLetterTopic == "" {
		c.Add("onError.deadLetterTopic", "is empty, and onError.action is deadLetter: name the topic")
	}
	s.checkModule(&c)
	s.outputs = append(s.outputs, cfg.Sink.Topic)
	if cfg.Sink.Topic == "" {
		s.outputs = nil
	}
	for _, topic := range cfg.Sink.Topics {
		if !slices.Contains(s.outputs, topic) {
			s.outputs = append(s.outputs, topic)
		}
	}
	for _, topic := range s.written() {
		if topic == cfg.Source.Topic {
			c.Add("sink", fmt.Sprintf("writes to the source topic %q: the function would feed itself", topic))
		}
	}
	return s, c.Err()
}

// written are all topics that the runner writes to.
func (s *settings) written() []string {
	topics := slices.Clone(s.outputs)
	if s.OnError.DeadLetterTopic != "" {
		topics = append(topics, s.OnError.DeadLetterTopic)
	}
	return topics
}

func (s *settings) checkModule(c *config.Checker) {
	m := s.Module
	switch {
	case s.ABI == "http":
		if s.HTTP == nil || s.HTTP.Port == 0 {
			c.Add("http.port", "is missing: abi http posts events to it")
		}
	case m.Image == "" && m.Path == "":
		c.Add("module", "has neither image nor path: say where the .wasm is")
	case m.Image != "" && m.Path != "":
		c.Add("module", "has both image and path: give one")
	}
}
