// SPDX-License-Identifier: Apache-2.0

package scaler

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/helm-wasm/helm-wasm/contract"
	"github.com/helm-wasm/helm-wasm/internal/runner/scaler/lookout"
	"github.com/helm-wasm/helm-wasm/internal/wire"
)

// guard is how long tests wait for what must come.
const guard = 2 * time.Minute

// quick looks often where something is to do, and never where fetches tell.
var quick = pace{
	lookout.Times{
		Busy: 20 * time.Millisecond, Idle: time.Hour, Limit: 5 * time.Second, Fresh: 2 * time.Hour, Keep: time.Hour,
		Wait: 100 * time.Millisecond, Pause: time.Millisecond,
	},
	time.Second, 10 * time.Millisecond,
}

// bytesCodec passes messages as they are.
type bytesCodec struct{}

func (bytesCodec) Name() string                  { return "proto" }
func (bytesCodec) Marshal(v any) ([]byte, error) { return *v.(*[]byte), nil }

func (bytesCodec) Unmarshal(data []byte, v any) error {
	*v.(*[]byte) = append([]byte(nil), data...)
	return nil
}

// keda is KEDA's side, with gRPC's own client.
type keda struct {
	t    *testing.T
	ctx  context.Context
	conn *grpc.ClientConn
	stop func() error // the scaler; what it returned
}

// start runs a scaler until the test ends, and connects to it.
func start(t *testing.T, cfg contract.ScalerConfig, pace pace, secure credentials.TransportCredentials) *keda {
	t.Helper()
	cfg.AdminPort = 0
	listener, err := listen(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if secure == nil {
		secure = insecure.NewCredentials()
	}
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	conn, err := grpc.NewClient("localhost:"+port, grpc.WithTransportCredentials(secure),
		grpc.WithDefaultCallOptions(grpc.ForceCodec(bytesCodec{})),
		grpc.WithDefaultServiceConfig(`{"loadBalancingConfig": [{"round_robin":{}}]}`)) // as KEDA
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), guard)
	running, stop := context.WithCancel(ctx)
	result := make(chan error, 1)
	go func() {
		result <- serve(running, cfg, listener, func(string) string { return "" }, slog.New(slog.DiscardHandler), pace)
	}()
	k := &keda{t: t, ctx: ctx, conn: conn}
	k.stop = func() error {
		stop()
		err := <-result
		result <- err
		return err
	}
	t.Cleanup(func() {
		defer cancel()
		conn.Close()
		if err := k.stop(); err != nil {
			t.Errorf("the scaler ended with %v", err)
		}
	})
	return k
}

func ref(metadata map[string]string) []byte {
	return wire.Message(nil).String(1, "shop-hello").String(2, "shop").Map(3, metadata)
}

func trigger(topic, group string) map[string]string {
	return map[string]string{
		"scalerAddress": "x:1", "topic": topic, "consumerGroup": group, "lagThreshold": "10", "offsetResetPolicy": "earliest",
	}
}

func (k *keda) call(method string, request []byte) ([]byte, error) {
	var answer []byte
	err := k.conn.Invoke(k.ctx, "/externalscaler.ExternalScaler/"+method, &request, &answer)
	return answer, err
}

func (k *keda) isActive(metadata map[string]string) (bool, error) {
	answer, err := k.call("IsActive", ref(metadata))
	active := false
	for f, bad := range wire.Fields(answer) {
		err = errors.Join(err, bad)
		active = f.Number == 1 && f.Varint == 1
	}
	return active, err
}

// number is the double in the only entry of an answer, with its name.
func number(answer []byte) (name string, value float64, err error) {
	for f, bad := range wire.Fields(answer) {
		err = errors.Join(err, bad)
		for g, bad := range wire.Fields(f.Bytes) {
			err = errors.Join(err, bad)
			switch g.Number {
			case 1:
				name = string(g.Bytes)
			case 3:
				value = g.Double
			}
		}
	}
	return name, value, err
}

func (k *keda) spec(metadata map[string]string) (name string, target float64, err error) {
	answer, err := k.call("GetMetricSpec", ref(metadata))
	if err != nil {
		return "", 0, err
	}
	return number(answer)
}

func (k *keda) metric(metadata map[string]string) (float64, error) {
	answer, err := k.call("GetMetrics", wire.Message(nil).Bytes(1, ref(metadata)).String(2, "lag"))
	if err != nil {
		return 0, err
	}
	_, value, err := number(answer)
	return value, err
}

// stream opens a stream; receive takes its next message.
func (k *keda) stream(metadata map[string]string) (receive func() (bool, error)) {
	k.t.Helper()
	s, err := k.conn.NewStream(k.ctx, &grpc.StreamDesc{ServerStreams: true}, "/externalscaler.ExternalScaler/StreamIsActive")
	request := ref(metadata)
	if err == nil {
		err = errors.Join(s.SendMsg(&request), s.CloseSend())
	}
	if err != nil {
		k.t.Fatal(err)
	}
	return func() (bool, error) {
		var answer []byte
		if err := s.RecvMsg(&answer); err != nil {
			return false, err
		}
		return len(answer) == 2 && answer[0] == 1<<3 && answer[1] == 1, nil
	}
}

func (k *keda) eventually(what string, f func() error) {
	k.t.Helper()
	for {
		err := f()
		if err == nil {
			return
		}
		if k.ctx.Err() != nil {
			k.t.Fatalf("waiting for %s: %v", what, err)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func (k *keda) becomes(metadata map[string]string, want bool) {
	k.t.Helper()
	k.eventually(fmt.Sprint("activity ", want), func() error {
		if got, err := k.isActive(metadata); err != nil || got != want {
			return fmt.Errorf("active %v, %v", got, err)
		}
		return nil
	})
}

// kafka is the other side: who produces and commits.
type kafka struct {
	t      *testing.T
	client *kgo.Client
	admin  *kadm.Client
}

func newKafka(t *testing.T, brokers ...string) *kafka {
	t.Helper()
	client, err := kgo.NewClient(kgo.SeedBrokers(brokers...), kgo.RecordPartitioner(kgo.ManualPartitioner()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return &kafka{t, client, kadm.NewClient(client)}
}

func (k *kafka) create(topic string, partitions int32) {
	k.t.Helper()
	if _, err := k.admin.CreateTopic(k.t.Context(), partitions, 1, nil, topic); err != nil {
		k.t.Fatal(err)
	}
}

func (k *kafka) produce(topic string, partition int32, n int) {
	k.t.Helper()
	var records []*kgo.Record
	for range n {
		records = append(records, &kgo.Record{Topic: topic, Partition: partition, Value: []byte("event")})
	}
	if err := k.client.ProduceSync(k.t.Context(), records...).FirstErr(); err != nil {
		k.t.Fatal(err)
	}
}

// commit says that a group has done everything of a topic.
func (k *kafka) commit(group, topic string) {
	k.t.Helper()
	ends, err := k.admin.ListEndOffsets(k.t.Context(), topic)
	if err != nil {
		k.t.Fatal(err)
	}
	if err := k.admin.CommitAllOffsets(k.t.Context(), group, ends.Offsets()); err != nil {
		k.t.Fatal(err)
	}
}
