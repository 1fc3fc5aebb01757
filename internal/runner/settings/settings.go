// SPDX-License-Identifier: Apache-2.0

// Package settings checks a runner's configuration and reads its durations and
// quantities.
package settings

import (
	"fmt"
	"runtime"
	"slices"
	"time"

	"github.com/helm-wasm/helm-wasm/contract"
	"github.com/helm-wasm/helm-wasm/internal/runner/config"
	"github.com/helm-wasm/helm-wasm/internal/runner/sandbox"
)

// Deliveries, as in the configuration.
const (
	AtLeastOnce = "at-least-once" // the default
	ExactlyOnce = "exactly-once"
)

// What becomes of an event that fails every attempt, as in onError.action.
const (
	DeadLetter = "deadLetter"
	Block      = "block"
	Drop       = "drop"
)

// Settings is a RunnerConfig with its text read and its defaults filled in.
type Settings struct {
	contract.RunnerConfig
	Bounds     sandbox.Limits // limits
	Backoff    time.Duration
	MaxBackoff time.Duration
	Action     string   // of onError: DeadLetter, Block or Drop
	Outputs    []string // sink topics, the default first
}

// Resolve checks every field. The error has all mistakes, one per line.
func Resolve(cfg contract.RunnerConfig) (Settings, error) {
	s := Settings{RunnerConfig: cfg}
	var c config.Checker
	c.Require("name", cfg.Name)
	c.OneOf("abi", cfg.ABI, "auto", "redpanda", "extism", "wasi", "http")
	c.Require("source.topic", cfg.Source.Topic)
	c.Require("source.consumerGroup", cfg.Source.ConsumerGroup)
	c.OneOf("source.offsetResetPolicy", cfg.Source.OffsetResetPolicy, "earliest", "latest")
	c.OneOf("delivery", cfg.Delivery, AtLeastOnce, ExactlyOnce)
	c.OneOf("onError.action", cfg.OnError.Action, "auto", DeadLetter, Block, Drop)
	c.OneOf("logLevel", cfg.LogLevel, "", "debug", "info", "warn", "error")
	c.Range("onError.retries", cfg.OnError.Retries, 0, 1000)
	c.Range("limits.concurrency", cfg.Limits.Concurrency, 0, 1024)
	c.Range("adminPort", cfg.AdminPort, 0, 65535)
	s.Bounds.Timeout = c.Duration("limits.timeout", cfg.Limits.Timeout, 5*time.Second)
	s.Bounds.Memory = uint64(c.Bytes("limits.memory", string(cfg.Limits.Memory), 64<<20, 64<<10, 4<<30))
	s.Bounds.Output = int(c.Bytes("limits.output", string(cfg.Limits.Output), 1<<20, 1, 1<<30))
	s.Backoff = c.Duration("onError.backoff", cfg.OnError.Backoff, 100*time.Millisecond)
	s.MaxBackoff = c.Duration("onError.maxBackoff", cfg.OnError.MaxBackoff, 10*time.Second)
	c.Kafka("kafka", cfg.Kafka)

	s.Action = cfg.OnError.Action
	if s.Action == "" || s.Action == "auto" {
		s.Action = Block
		if cfg.OnError.DeadLetterTopic != "" {
			s.Action = DeadLetter
		}
	}
	if s.Action == DeadLetter && cfg.OnError.DeadLetterTopic == "" {
		c.Add("onError.deadLetterTopic", "is empty, and onError.action is deadLetter: name the topic")
	}
	s.checkModule(&c)
	s.Outputs = append(s.Outputs, cfg.Sink.Topic)
	if cfg.Sink.Topic == "" {
		s.Outputs = nil
	}
	for _, topic := range cfg.Sink.Topics {
		if !slices.Contains(s.Outputs, topic) {
			s.Outputs = append(s.Outputs, topic)
		}
	}
	for _, topic := range s.Written() {
		if topic == cfg.Source.Topic {
			c.Add("sink", fmt.Sprintf("writes to the source topic %q: the function would feed itself", topic))
		}
	}
	return s, c.Err()
}

// Written returns all topics that the runner writes to.
func (s *Settings) Written() []string {
	topics := slices.Clone(s.Outputs)
	if s.OnError.DeadLetterTopic != "" {
		topics = append(topics, s.OnError.DeadLetterTopic)
	}
	return topics
}

func (s *Settings) checkModule(c *config.Checker) {
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

// Concurrency returns how many partitions may be processed at the same time.
func (s *Settings) Concurrency() int {
	if s.Limits.Concurrency > 0 {
		return s.Limits.Concurrency
	}
	return runtime.GOMAXPROCS(0)
}
