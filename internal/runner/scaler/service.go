// SPDX-License-Identifier: Apache-2.0

package scaler

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/helm-wasm/helm-wasm/internal/runner/scaler/demand"
	"github.com/helm-wasm/helm-wasm/internal/runner/scaler/lookout"
	"github.com/helm-wasm/helm-wasm/internal/runner/scaler/rpc"
	"github.com/helm-wasm/helm-wasm/internal/wire"
)

// pace are the times of a service. Tests shorten them.
type pace struct {
	lookout.Times

	// patience is how long a call waits for the first facts about a target.
	patience time.Duration

	// spacing is between two messages of a stream: each costs KEDA a look at
	// the target. A target that wakes so soon after the last one is up still.
	spacing time.Duration
}

var usual = pace{lookout.Usual, 2 * time.Second, 5 * time.Second}

// service answers KEDA's calls. The numbers of fields are those of its
// externalscaler.proto.
type service struct {
	lookout *lookout.Lookout
	metrics *metrics
	done    <-chan struct{} // the process stops
	pace    pace
}

func (s *service) rpc() *rpc.Service {
	return &rpc.Service{
		Name: "externalscaler.ExternalScaler",
		Calls: map[string]func(context.Context, []byte) ([]byte, error){
			"IsActive": s.isActive, "GetMetricSpec": s.metricSpec, "GetMetrics": s.getMetrics,
		},
		Streams: map[string]func(context.Context, []byte, func([]byte) error) error{"StreamIsActive": s.stream},
	}
}

// target reads a ScaledObjectRef and finds what it stands for.
func (s *service) target(ref []byte) (*lookout.Target, error) {
	name, metadata, err := decodeRef(ref)
	if err != nil {
		return nil, &rpc.Error{Code: rpc.InvalidArgument, Err: err}
	}
	var key strings.Builder
	for _, k := range slices.Sorted(maps.Keys(metadata)) {
		fmt.Fprintf(&key, "%q=%q\n", k, metadata[k])
	}
	t, err := s.lookout.Use(key.String(), func() (demand.Target, error) { return demand.Parse(metadata) })
	if errors.Is(err, lookout.ErrMany) {
		return nil, &rpc.Error{Code: rpc.ResourceExhausted, Err: err}
	}
	if err != nil {
		return nil, &rpc.Error{Code: rpc.InvalidArgument, Err: fmt.Errorf("ScaledObject %q: %w", name, err)}
	}
	return t, nil
}

// now is what a target asks for.
func (s *service) now(ctx context.Context, ref []byte) (demand.Target, demand.Demand, error) {
	t, err := s.target(ref)
	if err != nil {
		return nil, demand.Demand{}, err
	}
	defer t.Release()
	ctx, cancel := context.WithTimeout(ctx, s.pace.patience)
	defer cancel()
	d, err := t.Now(ctx)
	if err != nil {
		return nil, d, &rpc.Error{Code: rpc.Unavailable, Err: err}
	}
	return t.Target, d, nil
}

func (s *service) isActive(ctx context.Context, request []byte) ([]byte, error) {
	_, d, err := s.now(ctx, request)
	if err != nil {
		return nil, err
	}
	return activity(d.Active), nil
}

// metricSpec needs no brokers, so that KEDA can make its HPA without them.
func (s *service) metricSpec(_ context.Context, request []byte) ([]byte, error) {
	t, err := s.target(request)
	if err != nil {
		return nil, err
	}
	defer t.Release()
	unit := t.Unit()
	spec := wire.Message(nil).String(1, metricName(t.Target)).Varint(2, uint64(unit)).Double(3, float64(unit))
	return wire.Message(nil).Bytes(1, spec), nil
}

func (s *service) getMetrics(ctx context.Context, request []byte) ([]byte, error) {
	var ref []byte
	for f, err := range wire.Fields(request) {
		if err != nil {
			return nil, &rpc.Error{Code: rpc.InvalidArgument, Err: err}
		}
		if f.Number == 1 {
			ref = f.Bytes
		}
	}
	t, d, err := s.now(ctx, ref)
	if err != nil {
		return nil, err
	}
	value := t.Metric(d)
	metric := wire.Message(nil).String(1, metricName(t)).Varint(2, uint64(value)).Double(3, value)
	return wire.Message(nil).Bytes(1, metric), nil
}

// stream sends true whenever the target becomes active. KEDA ignores false:
// going to zero is up to its poll and cooldownPeriod.
func (s *service) stream(ctx context.Context, request []byte, send func([]byte) error) error {
	t, err := s.target(request)
	if err != nil {
		return err
	}
	defer t.Release()
	s.metrics.streams.Inc()
	defer s.metrics.streams.Dec()
	var sent uint64
	for {
		active, rises, changed := t.State()
		var again <-chan time.Time
		if active && rises != sent {
			if err := send(activity(true)); err != nil {
				return err
			}
			s.metrics.pushes.Inc()
			sent, changed, again = rises, nil, time.After(s.pace.spacing)
		}
		select {
		case <-changed:
		case <-again:
		case <-ctx.Done():
			return ctx.Err()
		case <-s.done:
			return nil // KEDA comes back after 2 s; after an error it waits longer each time
		}
	}
}

func activity(active bool) []byte {
	if !active {
		return nil // false is what a missing field means
	}
	return wire.Message(nil).Varint(1, 1)
}

// metricName is a name without what Kubernetes' API has no room for.
func metricName(t demand.Target) string {
	if len(t) > 1 {
		return "replicas"
	}
	return "lag"
}

func decodeRef(ref []byte) (name string, metadata map[string]string, err error) {
	if len(ref) == 0 {
		return "", nil, errors.New("the request names no ScaledObject")
	}
	metadata = map[string]string{}
	for f, err := range wire.Fields(ref) {
		if err != nil {
			return "", nil, err
		}
		switch f.Number {
		case 1:
			name = string(f.Bytes)
		case 3:
			var key, value string
			for e, err := range wire.Fields(f.Bytes) {
				if err != nil {
					return "", nil, err
				}
				if e.Number == 1 {
					key = string(e.Bytes)
				} else if e.Number == 2 {
					value = string(e.Bytes)
				}
			}
			metadata[key] = value
		}
	}
	return name, metadata, nil
}
