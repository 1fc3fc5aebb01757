// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/helm-wasm/helm-wasm/internal/runner/broker"
)

const (
	// sessionTimeout of the classic group protocol: how long the partitions
	// of a killed runner wait. With KIP-848 the brokers decide
	// (group.consumer.session.timeout.ms).
	sessionTimeout = 15 * time.Second
	bufferedMax    = 16384
	bufferedBytes  = 32 << 20
	fetchBytes     = 2 << 20
	fetchPartition = 512 << 10
)

// clientOptions of both deliveries. They name no topic: with its first one a
// client joins the group and takes partitions, which must wait for the module.
func (s *settings) clientOptions(o options, sizes *batchSizes) ([]kgo.Opt, error) {
	opts, err := broker.Options(s.Kafka, o.getenv)
	if err != nil {
		return nil, err
	}
	start := kgo.NewOffset().AtStart()
	if s.Source.OffsetResetPolicy == "latest" {
		start = kgo.NewOffset().AtEnd()
	}
	opts = append(opts,
		kgo.ConsumerGroup(s.Source.ConsumerGroup),
		kgo.ConsumeStartOffset(start),
		kgo.ConsumeResetOffset(start),
		kgo.Balancers(kgo.CooperativeStickyBalancer()),
		kgo.SessionTimeout(sessionTimeout),
		kgo.RebalanceTimeout(handover+10*time.Second),
		kgo.FetchIsolationLevel(kgo.ReadCommitted()),
		kgo.FetchMaxBytes(fetchBytes),
		kgo.FetchMaxPartitionBytes(fetchPartition),
		kgo.FetchMaxWait(500*time.Millisecond),
		kgo.RequiredAcks(kgo.AllISRAcks()),
		kgo.ProducerLinger(0),
		kgo.MaxBufferedRecords(bufferedMax),
		kgo.MaxBufferedBytes(max(bufferedBytes, 2*s.limits.Output)),
		kgo.ProducerBatchMaxBytesFn(sizes.limit),
		kgo.RecordPartitioner(kgo.StickyKeyPartitioner(nil)),
		kgo.UnknownTopicRetries(2),
		kgo.WithLogger(clientLogger{o.logger.With("component", "kafka")}),
	)
	if o.protocol != "classic" {
		opts = append(opts, kgo.ServerSideBalancer())
	}
	return append(opts, o.client...), nil
}

// ping waits for the brokers with backoff. Refused credentials end it.
func (r *Runner) ping(ctx context.Context, client *kgo.Client) error {
	defer r.conditions.Clear("brokers")
	for try := 0; ; try++ {
		limit, cancel := context.WithTimeout(ctx, 10*time.Second)
		err := client.Ping(limit)
		cancel()
		if err == nil || ctx.Err() != nil {
			return ctx.Err()
		}
		if broker.Rejected(err) {
			return fmt.Errorf("connecting to Kafka: %s", broker.Explain(err))
		}
		r.conditions.Block("brokers", broker.Explain(err))
		if sleep(ctx, min(10*time.Second, 250*time.Millisecond<<min(try, 6))) != nil {
			return ctx.Err()
		}
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// clientLogger passes the client's warnings on; its chatter is for debugging.
type clientLogger struct{ logger *slog.Logger }

// Level is kgo.Logger.
func (l clientLogger) Level() kgo.LogLevel {
	if l.logger.Enabled(context.Background(), slog.LevelDebug) {
		return kgo.LogLevelInfo
	}
	return kgo.LogLevelWarn
}

// Log is kgo.Logger.
func (l clientLogger) Log(level kgo.LogLevel, message string, pairs ...any) {
	as := slog.LevelDebug
	switch level {
	case kgo.LogLevelError:
		as = slog.LevelError
	case kgo.LogLevelWarn:
		as = slog.LevelWarn
	}
	l.logger.Log(context.Background(), as, message, pairs...)
}
