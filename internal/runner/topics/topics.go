// SPDX-License-Identifier: Apache-2.0

// Package topics creates Kafka topics from a stack's values. It adds what is
// missing and never removes or shrinks anything.
package topics

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/helm-wasm/helm-wasm/contract"
	"github.com/helm-wasm/helm-wasm/internal/runner/broker"
	"github.com/helm-wasm/helm-wasm/stack/schema"
)

// Change is something that was done, or that differs and was left alone.
type Change struct {
	Topic string
	Done  bool
	Text  string
}

// Apply waits for the brokers and makes the topics match the configuration, as far
// as that only adds. With create false it changes nothing, and missing topics and
// partitions are errors.
func Apply(ctx context.Context, cfg contract.TopicsConfig, getenv func(string) string, logger *slog.Logger) ([]Change, error) {
	opts, err := broker.Options(cfg.Kafka, getenv)
	if err != nil {
		return nil, fmt.Errorf("configuring the Kafka client: %w", err)
	}
	client, err := kgo.NewClient(append(opts, kgo.RetryTimeout(20*time.Second))...)
	if err != nil {
		return nil, fmt.Errorf("configuring the Kafka client: %w", err)
	}
	defer client.Close()
	if err := Wait(ctx, client, logger); err != nil {
		return nil, err
	}
	a := applier{admin: kadm.NewClient(client), cfg: cfg}
	names := slices.Sorted(maps.Keys(cfg.Topics))
	existing, err := a.admin.ListTopics(ctx, names...)
	if err != nil {
		return nil, fmt.Errorf("listing topics: %s", broker.Explain(err))
	}
	var problems []error
	for _, name := range names {
		if err := a.topic(ctx, name, cfg.Topics[name], existing[name]); err != nil {
			problems = append(problems, fmt.Errorf("topic %q: %w", name, err))
		}
	}
	return a.changes, errors.Join(problems...)
}

// Wait pings the brokers with backoff until they answer. It gives up when they
// refuse the credentials.
func Wait(ctx context.Context, client *kgo.Client, logger *slog.Logger) error {
	for try := 0; ; try++ {
		limit, cancel := context.WithTimeout(ctx, 10*time.Second)
		err := client.Ping(limit)
		cancel()
		if err == nil {
			return nil
		}
		if ctx.Err() != nil || broker.Rejected(err) {
			return fmt.Errorf("connecting to Kafka: %s", broker.Explain(err))
		}
		// What waits here is a Job, and functions wait for it.
		wait := min(5*time.Second, 500*time.Millisecond<<min(try, 4))
		logger.Warn("waiting for brokers", "reason", broker.Explain(err), "next", wait.String())
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return fmt.Errorf("connecting to Kafka: %s", broker.Explain(err))
		}
	}
}

type applier struct {
	admin   *kadm.Client
	cfg     contract.TopicsConfig
	changes []Change
}

func (a *applier) note(topic string, done bool, format string, args ...any) {
	a.changes = append(a.changes, Change{topic, done, fmt.Sprintf(format, args...)})
}

func (a *applier) topic(ctx context.Context, name string, want schema.Topic, have kadm.TopicDetail) error {
	partitions := max(1, want.Partitions)
	if have.Err != nil && !errors.Is(have.Err, kerr.UnknownTopicOrPartition) {
		return errors.New(broker.Explain(have.Err))
	}
	if have.Err != nil || len(have.Partitions) == 0 {
		if !a.cfg.Create {
			return errors.New("does not exist, and kafka.createTopics is false: create it")
		}
		return a.create(ctx, name, want, partitions)
	}
	switch n := len(have.Partitions); {
	case n < partitions && !a.cfg.Create:
		return fmt.Errorf("has %d partitions, the values say %d, and kafka.createTopics is false: add them", n, partitions)
	case n < partitions:
		if err := a.grow(ctx, name, partitions); err != nil {
			return err
		}
		a.note(name, true, "partitions %d -> %d; keys map to other partitions from now on", n, partitions)
	case n > partitions:
		a.note(name, false, "has %d partitions, the values say %d; partitions are never removed", n, partitions)
	}
	if want.ReplicationFactor > 0 {
		for _, p := range have.Partitions.Sorted() {
			if len(p.Replicas) != want.ReplicationFactor {
				a.note(name, false,
					"has replication factor %d, the values say %d; change it by a reassignment",
					len(p.Replicas),
					want.ReplicationFactor)
				break
			}
		}
	}
	return a.compare(ctx, name, want)
}

func (a *applier) create(ctx context.Context, name string, want schema.Topic, partitions int) error {
	factor := int16(want.ReplicationFactor)
	if factor == 0 {
		factor = -1
	}
	configs := map[string]*string{}
	for key, value := range want.Config {
		text := fmt.Sprint(value)
		configs[key] = &text
	}
	response, err := a.admin.CreateTopic(ctx, int32(partitions), factor, configs, name)
	if err == nil {
		err = response.Err
	}
	switch {
	case errors.Is(err, kerr.TopicAlreadyExists): // another run was quicker
		return a.appeared(ctx, name, want)
	case err != nil:
		return explain("creating", err, response.ErrMessage)
	}
	a.note(name, true, "created with %d partitions", partitions)
	return nil
}

// appeared waits until a topic that the controller knows is known to the
// brokers, and then handles it like any other.
func (a *applier) appeared(ctx context.Context, name string, want schema.Topic) error {
	for deadline := time.Now().Add(appearLimit); time.Now().Before(deadline); {
		list, err := a.admin.ListTopics(ctx, name)
		if err != nil {
			return explain("listing topics", err, "")
		}
		if have := list[name]; have.Err == nil && len(have.Partitions) > 0 {
			return a.topic(ctx, name, want, have)
		}
		select {
		case <-time.After(100 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return fmt.Errorf("creating: the controller says that it exists, but the brokers do not know it after %s", appearLimit)
}

// appearLimit is far more than brokers need to hear from the controller.
const appearLimit = 20 * time.Second

func (a *applier) grow(ctx context.Context, name string, partitions int) error {
	responses, err := a.admin.UpdatePartitions(ctx, partitions, name)
	if err != nil {
		return explain("adding partitions", err, "")
	}
	if response := responses[name]; response.Err != nil {
		return explain("adding partitions", response.Err, response.ErrMessage)
	}
	return nil
}

// compare reports configuration that differs. It is not changed: an operator
// may have tuned it.
func (a *applier) compare(ctx context.Context, name string, want schema.Topic) error {
	if len(want.Config) == 0 {
		return nil
	}
	all, err := a.admin.DescribeTopicConfigs(ctx, name)
	if err == nil && len(all) > 0 {
		err = all[0].Err
	}
	if err != nil || len(all) == 0 {
		a.note(name, false, "its configuration cannot be read: %v", err)
		return nil
	}
	have := map[string]string{}
	for _, entry := range all[0].Configs {
		have[entry.Key] = entry.MaybeValue()
	}
	for _, key := range slices.Sorted(maps.Keys(want.Config)) {
		if text := fmt.Sprint(want.Config[key]); have[key] != text {
			a.note(name, false, "has %s=%s, the values say %s; existing topics keep their configuration", key, have[key], text)
		}
	}
	return nil
}

func explain(doing string, err error, message string) error {
	if message != "" {
		return fmt.Errorf("%s: %s (%s)", doing, broker.Explain(err), message)
	}
	return fmt.Errorf("%s: %s", doing, broker.Explain(err))
}
