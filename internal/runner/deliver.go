// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"os"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/helm-wasm/helm-wasm/internal/runner/batchsize"
	"github.com/helm-wasm/helm-wasm/internal/runner/delivery"
	"github.com/helm-wasm/helm-wasm/internal/runner/hub"
	"github.com/helm-wasm/helm-wasm/internal/runner/offsets"
	"github.com/helm-wasm/helm-wasm/internal/runner/settings"
	"github.com/helm-wasm/helm-wasm/internal/runner/stream"
	"github.com/helm-wasm/helm-wasm/internal/runner/transaction"
)

// shares says that the function works with its host's client. A transactional
// producer is one function's, so exactly-once has a client of its own.
func (r *Runner) shares() bool {
	return r.host != nil && r.host.hub != nil && r.settings.Delivery != settings.ExactlyOnce
}

// sizes are the largest batches of topics: a client's, since it makes the batches.
func (r *Runner) sizes() *batchsize.Limits {
	if r.shares() {
		r.host.sizes.Allow(r.settings.Bounds.Output)
		return r.host.sizes
	}
	return batchsize.New(r.settings.Bounds.Output)
}

// deliver makes the delivery that the configuration asks for. leave comes after
// its Run: the function is no longer in its group then.
func (r *Runner) deliver(parts delivery.Parts, sizes *batchsize.Limits) (work delivery.Delivery, leave func(), err error) {
	latest := r.settings.Source.OffsetResetPolicy == "latest"
	if r.shares() {
		consumer := r.host.hub.Consumer(hub.Function{
			Group: r.settings.Source.ConsumerGroup, Topic: parts.Topic, Latest: latest, Handover: handover,
			Conditions: r.conditions, Logger: r.logger,
		})
		return stream.New(parts, consumer, r.host.hub.Client, r.host.hub.Queue), consumer.Close, nil
	}
	opts, err := r.clientOptions(sizes)
	if err != nil {
		return nil, nil, err
	}
	known := func(*kgo.Client) {}
	if latest {
		latest := offsets.NewLatest(parts.Topic, r.logger)
		opts = append(opts, kgo.AdjustFetchOffsetsFn(latest.Adjust))
		known = latest.Use
	}
	if r.settings.Delivery == settings.ExactlyOnce {
		work, err = transaction.New(parts, r.transactionalID(), opts...)
	} else {
		work, err = own(parts, opts)
	}
	if err != nil {
		return nil, nil, err
	}
	known(work.Client())
	return work, work.Client().CloseAllowingRebalance, nil
}

// own is a stream with a client of its own.
func own(parts delivery.Parts, opts []kgo.Opt) (delivery.Delivery, error) {
	consumer, err := stream.NewOwn(parts.Topic, opts...)
	if err != nil {
		return nil, err
	}
	return stream.New(parts, consumer, consumer.Client, nil), nil
}

func (r *Runner) transactionalID() string {
	if r.options.transact != "" {
		return r.options.transact
	}
	host, err := os.Hostname()
	if err != nil {
		host = "runner"
	}
	return r.settings.Source.ConsumerGroup + "." + host
}
