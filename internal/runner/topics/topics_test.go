// SPDX-License-Identifier: Apache-2.0

package topics

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"

	"github.com/helm-wasm/helm-wasm/contract"
	"github.com/helm-wasm/helm-wasm/stack/schema"
)

func apply(t *testing.T, cluster *kfake.Cluster, create bool, wanted map[string]schema.Topic) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	changes, err := Apply(ctx, contract.TopicsConfig{
		Create: create, Topics: wanted, Kafka: contract.RunnerKafka{BootstrapServers: cluster.ListenAddrs()},
	}, func(string) string { return "" }, slog.New(slog.DiscardHandler))
	var lines []string
	for _, c := range changes {
		lines = append(lines, fmt.Sprintf("%v %s: %s", c.Done, c.Topic, c.Text))
	}
	return strings.Join(lines, "\n"), err
}

func TestApply(t *testing.T) {
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(4, "old"))
	if err != nil {
		t.Fatal(err)
	}
	defer cluster.Close()

	got, err := apply(t, cluster, true,
		map[string]schema.Topic{"new": {Partitions: 3, Config: map[string]any{"retention.ms": 1000}}, "old": {Partitions: 6}})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"true new: created with 3 partitions", "true old: partitions 4 -> 6"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	got, err = apply(t, cluster, true,
		map[string]schema.Topic{"new": {Partitions: 3, Config: map[string]any{"retention.ms": 1000}}, "old": {Partitions: 6}})
	if err != nil || got != "" {
		t.Errorf("a second run changed something: %q, %v", got, err)
	}
	got, err = apply(t, cluster, true,
		map[string]schema.Topic{
			"old": {Partitions: 2, ReplicationFactor: 3},
			"new": {Partitions: 3, Config: map[string]any{"retention.ms": 2000}},
		})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"false old: has 6 partitions, the values say 2", "false old: has replication factor 1, the values say 3",
		"false new: has retention.ms=1000, the values say 2000",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	_, err = apply(t, cluster, false, map[string]schema.Topic{"missing": {Partitions: 1}, "old": {Partitions: 9}})
	for _, want := range []string{`topic "missing": does not exist`, `topic "old": has 6 partitions, the values say 9`} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("no %q in %v", want, err)
		}
	}
}

func TestBrokersThatNeverAnswer(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	_, err := Apply(ctx,
		contract.TopicsConfig{Kafka: contract.RunnerKafka{BootstrapServers: []string{"127.0.0.1:1"}}},
		func(string) string { return "" },
		slog.New(slog.DiscardHandler))
	if err == nil || !strings.Contains(err.Error(), "refused") {
		t.Errorf("error %v", err)
	}
}
