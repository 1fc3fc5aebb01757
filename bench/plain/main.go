// SPDX-License-Identifier: Apache-2.0

// Command plain is what a function competes with: the work of the sample
// function hello as an ordinary Go service of its own, with the same client
// of Kafka and the same promises (at least once, order per partition).
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	if err := run(ctx); err != nil {
		log.Fatal("Error: ", err)
	}
}

func run(ctx context.Context) error {
	source, sink := os.Getenv("SOURCE"), os.Getenv("SINK")
	var ready atomic.Bool
	client, err := kgo.NewClient(
		kgo.SeedBrokers(strings.Split(os.Getenv("BROKERS"), ",")...),
		kgo.ConsumerGroup(os.Getenv("GROUP")),
		kgo.ConsumeTopics(source),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.ServerSideBalancer(),
		kgo.OnPartitionsAssigned(func(context.Context, *kgo.Client, map[string][]int32) { ready.Store(true) }),
		kgo.FetchMaxWait(500*time.Millisecond), // as the runner and Java's clients: 5 s would delay the first events
		kgo.BlockRebalanceOnPoll(),
		kgo.DisableAutoCommit(),
		kgo.RequiredAcks(kgo.AllISRAcks()),
		kgo.ProducerLinger(0),
	)
	if err != nil {
		return fmt.Errorf("connecting to Kafka: %w", err)
	}
	defer client.CloseAllowingRebalance()
	http.HandleFunc("/readyz", func(w http.ResponseWriter, _ *http.Request) {
		if !ready.Load() {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	go func() { log.Fatal("Error: ", http.ListenAndServe(":8080", nil)) }()
	for {
		fetches := client.PollRecords(ctx, 500)
		if ctx.Err() != nil {
			return nil
		}
		if err := fetches.Err(); err != nil {
			log.Print("reading events: ", err)
			time.Sleep(time.Second)
			client.AllowRebalance()
			continue
		}
		records := fetches.Records()
		results := make([]*kgo.Record, len(records))
		for i, r := range records {
			results[i] = &kgo.Record{Topic: sink, Key: r.Key, Headers: r.Headers, Value: greet(r.Value)}
		}
		err := client.ProduceSync(ctx, results...).FirstErr()
		if err == nil {
			err = client.CommitRecords(ctx, records...)
		}
		if err != nil && !errors.Is(err, context.Canceled) {
			return fmt.Errorf("writing results: %w", err)
		}
		client.AllowRebalance()
	}
}

func greet(name []byte) []byte {
	greeting := os.Getenv("GREETING")
	if greeting == "" {
		greeting = "Hello"
	}
	if n := strings.TrimSpace(string(name)); n != "" {
		return []byte(greeting + ", " + n + "!\n")
	}
	return []byte(greeting + ", world!\n")
}
