// SPDX-License-Identifier: Apache-2.0

// Package check is what `helm test` runs: brokers answer, topics exist, and
// the lag of every consumer group can be read, as KEDA will read it.
package check

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/helm-wasm/helm-wasm/contract"
	"github.com/helm-wasm/helm-wasm/internal/runner/broker"
	"github.com/helm-wasm/helm-wasm/internal/runner/topics"
)

// Config is the file that the chart renders for it.
type Config struct {
	Topics    []string             `json:"topics"`
	Consumers map[string]Consumer  `json:"consumers"`
	Kafka     contract.RunnerKafka `json:"kafka"`
}

// Consumer is a function or workload.
type Consumer struct {
	Topic         string `json:"topic"`
	ConsumerGroup string `json:"consumerGroup"`
}

// Run checks everything. It returns a line for each success, and all failures.
func Run(ctx context.Context, cfg Config, getenv func(string) string, logger *slog.Logger) ([]string, error) {
	opts, err := broker.Options(cfg.Kafka, getenv)
	if err != nil {
		return nil, fmt.Errorf("configuring the Kafka client: %w", err)
	}
	client, err := kgo.NewClient(append(opts, kgo.RetryTimeout(20*time.Second))...)
	if err != nil {
		return nil, fmt.Errorf("configuring the Kafka client: %w", err)
	}
	defer client.Close()
	if err := topics.Wait(ctx, client, logger); err != nil {
		return nil, err
	}
	admin := kadm.NewClient(client)
	var lines []string
	var problems []error
	wanted := slices.Clone(cfg.Topics)
	for _, consumer := range cfg.Consumers {
		if consumer.Topic != "" {
			wanted = append(wanted, consumer.Topic)
		}
	}
	slices.Sort(wanted)
	for _, topic := range slices.Compact(wanted) {
		details, err := admin.ListTopics(ctx, topic)
		if err == nil {
			err = details[topic].Err
		}
		if err != nil {
			problems = append(problems, fmt.Errorf("topic %q: %s", topic, broker.Explain(err)))
			continue
		}
		lines = append(lines, fmt.Sprintf("topic %s: %d partitions", topic, len(details[topic].Partitions)))
	}
	for _, name := range slices.Sorted(maps.Keys(cfg.Consumers)) {
		consumer := cfg.Consumers[name]
		if consumer.ConsumerGroup == "" || consumer.Topic == "" {
			continue
		}
		line, err := lag(ctx, admin, consumer)
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: group %q: %s", name, consumer.ConsumerGroup, broker.Explain(err)))
			continue
		}
		lines = append(lines, name+": "+line)
	}
	return lines, errors.Join(problems...)
}

// lag reads committed and end offsets, which is what KEDA's scaler does.
func lag(ctx context.Context, admin *kadm.Client, consumer Consumer) (string, error) {
	committed, err := admin.FetchOffsets(ctx, consumer.ConsumerGroup)
	if err != nil {
		return "", err
	}
	if err := committed.Error(); err != nil {
		return "", err
	}
	ends, err := admin.ListEndOffsets(ctx, consumer.Topic)
	if err == nil {
		err = ends.Error()
	}
	if err != nil {
		return "", err
	}
	var sum int64
	without := 0
	ends.Each(func(end kadm.ListedOffset) {
		at, ok := committed.Lookup(end.Topic, end.Partition)
		if !ok || at.At < 0 {
			without++
			return
		}
		sum += max(0, end.Offset-at.At)
	})
	text := fmt.Sprintf("group %s, lag %d", consumer.ConsumerGroup, sum)
	if without > 0 {
		text += fmt.Sprintf(", %d partitions without a commit yet", without)
	}
	return text, nil
}
