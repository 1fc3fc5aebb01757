// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/helm-wasm/helm-wasm/contract"
	"github.com/helm-wasm/helm-wasm/internal/runner/backoff"
	"github.com/helm-wasm/helm-wasm/internal/runner/batchsize"
	"github.com/helm-wasm/helm-wasm/internal/runner/broker"
	"github.com/helm-wasm/helm-wasm/internal/runner/delivery"
	"github.com/helm-wasm/helm-wasm/internal/runner/health"
)

const (
	// sessionTimeout of the classic group protocol: how long the partitions
	// of a killed runner wait. With KIP-848 the brokers decide
	// (group.consumer.session.timeout.ms).
	sessionTimeout = 15 * time.Second
	// handover is how long a rebalance waits for events that have begun, and the
	// commit of their offsets.
	handover = delivery.Handover + 10*time.Second
	// pingLimit is how long the brokers may take to answer a ping.
	pingLimit       = 10 * time.Second
	bufferedMax     = 16384
	bufferedBytes   = 32 << 20
	hostBufferedMax = 1 << 20
	fetchBytes      = 2 << 20
	fetchPartition  = 512 << 10
)

// clientOptions returns those of a function's own client. They name no topic: a
// client joins the group with its first topic and is assigned partitions, which must
// wait for the module.
func (r *Runner) clientOptions(sizes *batchsize.Limits) ([]kgo.Opt, error) {
	s, o := &r.settings, &r.options
	opts, err := baseOptions(s.Kafka, sizes, o, r.logger)
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
		kgo.RebalanceTimeout(handover),
		kgo.MaxBufferedRecords(bufferedMax),
		kgo.MaxBufferedBytes(max(bufferedBytes, 2*s.Bounds.Output)),
	)
	if o.protocol != "classic" {
		opts = append(opts, kgo.ServerSideBalancer())
	}
	return append(opts, o.client...), nil
}

// clientOptions returns those of the client that functions share. What a function may have
// unwritten is bounded by its stream: the client's own bound, which all functions
// would wait at for one whose topic does not answer, is far above that.
func (h *Host) clientOptions() ([]kgo.Opt, error) {
	opts, err := baseOptions(h.config.Kafka, h.sizes, &h.options, h.logger)
	if err != nil {
		return nil, err
	}
	opts = append(opts, kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()), kgo.MaxBufferedRecords(hostBufferedMax))
	return append(opts, h.options.client...), nil
}

// baseOptions returns what every client needs.
func baseOptions(kafka contract.RunnerKafka, sizes *batchsize.Limits, o *options, logger *slog.Logger) ([]kgo.Opt, error) {
	opts, err := broker.Options(kafka, o.getenv)
	if err != nil {
		return nil, err
	}
	return append(opts,
		kgo.FetchIsolationLevel(kgo.ReadCommitted()),
		kgo.FetchMaxBytes(fetchBytes),
		kgo.FetchMaxPartitionBytes(fetchPartition),
		kgo.FetchMaxWait(500*time.Millisecond),
		kgo.RequiredAcks(kgo.AllISRAcks()),
		kgo.ProducerLinger(0),
		kgo.ProducerBatchMaxBytesFn(sizes.Of),
		kgo.RecordPartitioner(kgo.StickyKeyPartitioner(nil)),
		kgo.UnknownTopicRetries(2),
		kgo.WithLogger(clientLogger{logger.With("component", "kafka")}),
	), nil
}

// ping waits until the brokers answer, and asks less and less often. It gives up
// when they refuse the credentials.
func ping(ctx context.Context, client *kgo.Client, conditions *health.Conditions) error {
	defer conditions.Clear("brokers")
	for try := 0; ; try++ {
		limit, cancel := context.WithTimeout(ctx, pingLimit)
		err := client.Ping(limit)
		cancel()
		if err == nil || ctx.Err() != nil {
			return ctx.Err()
		}
		if broker.Rejected(err) {
			return fmt.Errorf("connecting to Kafka: %s", broker.Explain(err))
		}
		conditions.Block("brokers", broker.Explain(err))
		if backoff.Sleep(ctx, backoff.Delay(250*time.Millisecond, 10*time.Second, try)) != nil {
			return ctx.Err()
		}
	}
}

// clientLogger passes on the client's warnings and errors, and logs the rest at
// level debug.
type clientLogger struct{ logger *slog.Logger }

// Level implements kgo.Logger.
func (l clientLogger) Level() kgo.LogLevel {
	if l.logger.Enabled(context.Background(), slog.LevelDebug) {
		return kgo.LogLevelInfo
	}
	return kgo.LogLevelWarn
}

// Log implements kgo.Logger.
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
