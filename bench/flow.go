// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/helm-wasm/helm-wasm/internal/kafkatest"
)

const (
	flowPartitions = 8
	flowKeys       = 1000
	// flowFew events show what the start of a program takes, which is measured
	// separately and does not count.
	flowFew = 200
	// flowLimit only ends a run that hangs.
	flowLimit = 3 * time.Minute
)

// flow is a real Kafka with topics full of events, and programs that take them
// to another topic, one after another.
type flow struct {
	env     *Env
	dir     string
	broker  *kafkatest.Broker
	client  *kgo.Client
	admin   *kadm.Client
	own     string // program
	peer    string
	filled  map[string]bool
	sinks   int
	content int // results to compare in full: each of that many
}

// flowFigures are those of one run, or medians of several.
type flowFigures struct {
	used   float64 // seconds of the program's processor time
	rate   float64 // events in a second of it
	clock  float64 // events in a second by the clock
	memory float64 // most of its resident set, in MB
}

// side returns a program that reads a topic and writes a sink, as the consumer
// group groupOf(sink).
type side func(topic, sink string) (*exec.Cmd, error)

func groupOf(sink string) string { return "group-" + sink }

// openFlow builds both programs and starts the broker.
func openFlow(e *Env) (*flow, error) {
	f := &flow{env: e, own: filepath.Join(e.Out, "wasm-runner"), filled: map[string]bool{}, content: 100}
	var err error
	if err = e.build(f.own, e.Root, "./cmd/wasm-runner"); err != nil {
		return nil, err
	}
	if f.peer, err = e.buildConnect(); err != nil {
		return nil, err
	}
	if f.dir, err = os.MkdirTemp("", "bench-flow-"); err != nil {
		return nil, err
	}
	if f.broker, err = kafkatest.Open(f.dir); err != nil {
		f.close()
		return nil, err
	}
	f.client, err = kgo.NewClient(kgo.SeedBrokers(f.broker.Addr), kgo.MetadataMinAge(20*time.Millisecond))
	if err != nil {
		f.close()
		return nil, err
	}
	f.admin = kadm.NewClient(f.client)
	return f, nil
}

func (f *flow) close() {
	if f.client != nil {
		f.client.Close()
	}
	if f.broker != nil {
		f.broker.Kill()
	}
	_ = os.RemoveAll(f.dir)
}

// create makes a topic and waits until it has leaders.
func (f *flow) create(ctx context.Context, topic string) error {
	if _, err := f.admin.CreateTopics(ctx, flowPartitions, 1, nil, topic); err != nil {
		return err
	}
	for {
		if _, err := f.written(ctx, topic); !kerr.IsRetriable(err) {
			return err
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// fill writes a style's events, once.
func (f *flow) fill(s style) error {
	if f.filled[s.topic] {
		return nil
	}
	f.filled[s.topic] = true
	if err := f.create(f.env, s.topic); err != nil {
		return err
	}
	var failed error
	for n := range s.events {
		value, err := s.event(n)
		if err != nil {
			return err
		}
		f.client.Produce(f.env, &kgo.Record{Topic: s.topic, Key: keyOf(n), Value: value}, func(_ *kgo.Record, err error) {
			if err != nil {
				failed = err
			}
		})
	}
	if err := f.client.Flush(f.env); err != nil {
		return err
	}
	return failed
}

func keyOf(n int) []byte { return fmt.Appendf(nil, "customer-%d", n%flowKeys) }

// written returns how many records a topic has.
func (f *flow) written(ctx context.Context, topic string) (int, error) {
	ends, err := f.admin.ListEndOffsets(ctx, topic)
	if err == nil {
		err = ends.Error()
	}
	n := int64(0)
	ends.Each(func(o kadm.ListedOffset) { n += o.Offset })
	return int(n), err
}

// inTurn measures all sides in every run, and returns the medians. What the
// start takes is measured with few events, and subtracted.
func (f *flow) inTurn(s style, sides []side) ([]flowFigures, error) {
	few := s
	few.topic, few.events = s.topic+"-start", flowFew
	for _, s := range []style{few, s} {
		if err := f.fill(s); err != nil {
			return nil, fmt.Errorf("filling topic %s: %w", s.topic, err)
		}
	}
	starts, runs := make([][]flowFigures, len(sides)), make([][]flowFigures, len(sides))
	for range f.env.Runs {
		for i, side := range sides {
			start, err := f.run(few, side)
			if err != nil {
				return nil, err
			}
			run, err := f.run(s, side)
			if err != nil {
				return nil, err
			}
			starts[i], runs[i] = append(starts[i], start), append(runs[i], run)
		}
	}
	var all []flowFigures
	for i := range sides {
		m := medianOf(runs[i])
		used := m.used - medianOf(starts[i]).used
		m.rate = round(float64(s.events-flowFew) / used)
		all = append(all, m)
	}
	return all, nil
}

func medianOf(list []flowFigures) flowFigures {
	var used, clock, memory []float64
	for _, m := range list {
		used, clock, memory = append(used, m.used), append(clock, m.clock), append(memory, m.memory)
	}
	return flowFigures{used: median(used), clock: median(clock), memory: median(memory)}
}

// runner returns our own program.
func (f *flow) runner(s style) side {
	return func(topic, sink string) (*exec.Cmd, error) {
		config, err := json.Marshal(map[string]any{
			"name": "enrich", "module": map[string]any{
				"path": filepath.Join(f.env.Root, "build", "bench", s.module+".wasm"),
			}, "abi": "redpanda",
			"source": map[string]any{"topic": topic, "consumerGroup": groupOf(sink)}, "sink": map[string]any{"topic": sink},
			"delivery": "at-least-once", "kafka": map[string]any{"bootstrapServers": []string{f.broker.Addr}},
		})
		if err != nil {
			return nil, err
		}
		file := filepath.Join(f.dir, "runner.yaml")
		return exec.CommandContext(f.env, f.own, "--config", file, "--cache-dir", ""), os.WriteFile(file, config, 0o600)
	}
}

// connect returns Redpanda Connect with a pipeline.
func (f *flow) connect(s style, pipeline string) side {
	return func(topic, sink string) (*exec.Cmd, error) {
		config := strings.NewReplacer(
			"${BROKER}", f.broker.Addr, "${SOURCE}", topic, "${SINK}", sink, "${GROUP}", groupOf(sink),
			"${MODULE}", filepath.Join(f.env.Root, "build", "bench", "connect.wasm"), "${FUNCTION}", s.function,
		).Replace(pipeline)
		file := filepath.Join(f.dir, "connect.yaml")
		return exec.CommandContext(f.env, f.peer, "-pipeline", file), os.WriteFile(file, []byte(config), 0o600)
	}
}
