// SPDX-License-Identifier: Apache-2.0

package scaler

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/twmb/franz-go/pkg/kfake"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/helm-wasm/helm-wasm/contract"
	"github.com/helm-wasm/helm-wasm/internal/kafkatest"
	"github.com/helm-wasm/helm-wasm/internal/runner/health"
	"github.com/helm-wasm/helm-wasm/internal/runner/scaler/lookout"
	"github.com/helm-wasm/helm-wasm/internal/runner/scaler/rpc"
	"github.com/helm-wasm/helm-wasm/internal/wire"
)

// TestScaler goes through what KEDA asks, with brokers in this process and with
// a real Kafka.
func TestScaler(t *testing.T) {
	t.Run("in process", func(t *testing.T) {
		cluster, err := kfake.NewCluster(kfake.NumBrokers(2))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(cluster.Close)
		scenarios(t, cluster.ListenAddrs()...)
	})
	t.Run("real", func(t *testing.T) {
		broker := kafkatest.Start(t)
		scenarios(t, broker.Addr)
		t.Run("outage", func(t *testing.T) { outage(t, broker) })
	})
}

func scenarios(t *testing.T, brokers ...string) {
	kafka := newKafka(t, brokers...)
	k := start(t, contract.ScalerConfig{Kafka: contract.RunnerKafka{BootstrapServers: brokers}}, quick, nil)
	t.Run("push", func(t *testing.T) { push(t, k, kafka) })
	t.Run("threshold", func(t *testing.T) { threshold(t, k, kafka) })
	t.Run("shared topic", func(t *testing.T) { shared(t, k, kafka) })
	t.Run("sum", func(t *testing.T) { sum(t, k, kafka) })
	t.Run("missing topic", func(t *testing.T) { missing(t, k, kafka) })
	t.Run("metadata", func(t *testing.T) {
		_, err := k.isActive(map[string]string{"topic": "x", "consumerGroup": "g", "lagThreshold": "many"})
		const want = `ScaledObject "shop-hello": lagThreshold is "many"`
		if status.Code(err) != codes.InvalidArgument || !strings.Contains(err.Error(), want) {
			t.Error(err)
		}
	})
	t.Run("end", func(t *testing.T) {
		receive := k.stream(trigger("push", "g"))
		if active, err := receive(); err != nil || !active {
			t.Fatalf("the stream begins with %v, %v", active, err)
		}
		if err := k.stop(); err != nil {
			t.Error(err)
		}
		for err := error(nil); err != io.EOF; _, err = receive() {
			if err != nil {
				t.Fatalf("a stream ends with %v: KEDA would wait longer each time", err)
			}
		}
	})
}

// push: a target that sleeps is reported the moment an event arrives. Looks at
// sleeping targets are an hour apart here, so it is a fetch that finds it.
func push(t *testing.T, k *keda, kafka *kafka) {
	kafka.create("push", 3)
	about := trigger("push", "g")
	if name, target, err := k.spec(about); err != nil || name != "lag" || target != 10 {
		t.Errorf("metric %q with target %v, %v", name, target, err)
	}
	k.becomes(about, false)
	receive := k.stream(about)
	for i, partition := range []int32{2, 0, 2} {
		begin := time.Now()
		kafka.produce("push", partition, 4)
		if active, err := receive(); err != nil || !active {
			t.Fatalf("round %d: %v, %v", i, active, err)
		}
		t.Logf("round %d: pushed after %s", i, time.Since(begin).Round(100*time.Microsecond))
		if lag, err := k.metric(about); err != nil || lag != 4 {
			t.Errorf("round %d: metric %v, %v", i, lag, err)
		}
		kafka.commit("g", "push")
		k.becomes(about, false)
	}
	kafka.produce("push", 1, 100)
	k.becomes(about, true)
	if lag, err := k.metric(about); err != nil || lag != 30 {
		t.Errorf("100 events in 3 partitions with threshold 10: metric %v, %v; want 30", lag, err)
	}
	late := k.stream(about)
	if active, err := late(); err != nil || !active {
		t.Errorf("a stream to an active target begins with %v, %v", active, err)
	}
}

// threshold: events up to activationLagThreshold wake nobody.
func threshold(t *testing.T, k *keda, kafka *kafka) {
	kafka.create("threshold", 1)
	about := trigger("threshold", "g")
	about["activationLagThreshold"] = "5"
	k.becomes(about, false)
	receive := k.stream(about)
	for range 5 {
		kafka.produce("threshold", 0, 1)
	}
	k.eventually("lag 5", func() error {
		if lag, err := k.metric(about); err != nil || lag != 5 {
			return fmt.Errorf("lag %v, %v", lag, err)
		}
		return nil
	})
	if active, err := k.isActive(about); err != nil || active {
		t.Errorf("active at the threshold: %v, %v", active, err)
	}
	kafka.produce("threshold", 0, 1)
	if active, err := receive(); err != nil || !active {
		t.Errorf("above the threshold: %v, %v", active, err)
	}
}

// shared: of two groups on a topic one stays busy, and the other is reported
// all the same.
func shared(t *testing.T, k *keda, kafka *kafka) {
	kafka.create("shared", 1)
	busy, quiet := trigger("shared", "busy"), trigger("shared", "quiet")
	kafka.produce("shared", 0, 1)
	kafka.commit("quiet", "shared")
	k.becomes(busy, true)
	k.becomes(quiet, false)
	receive := k.stream(quiet)
	kafka.produce("shared", 0, 1)
	if active, err := receive(); err != nil || !active {
		t.Errorf("%v, %v", active, err)
	}
}

// sum: several functions are one target.
func sum(t *testing.T, k *keda, kafka *kafka) {
	kafka.create("sum.a", 2)
	kafka.create("sum.b", 4)
	about := map[string]string{"scalerAddress": "x:1", "functions": `[
		{"topic": "sum.a", "consumerGroup": "a", "lagThreshold": "10"},
		{"topic": "sum.b", "consumerGroup": "b", "lagThreshold": "20", "maxReplicas": "1"}]`}
	if name, target, err := k.spec(about); err != nil || name != "replicas" || target != 1 {
		t.Errorf("metric %q with target %v, %v", name, target, err)
	}
	k.becomes(about, false)
	receive := k.stream(about)
	kafka.produce("sum.b", 3, 10)
	if active, err := receive(); err != nil || !active {
		t.Fatalf("%v, %v", active, err)
	}
	kafka.produce("sum.a", 0, 15)
	kafka.produce("sum.b", 0, 90)
	k.eventually("1.5 replicas for a and 1 for b", func() error {
		if n, err := k.metric(about); err != nil || n != 2.5 {
			return fmt.Errorf("metric %v, %v", n, err)
		}
		return nil
	})
}

// missing: a topic that is not there is an error for who asks for it alone.
func missing(t *testing.T, k *keda, kafka *kafka) {
	about := trigger("missing", "g")
	if _, _, err := k.spec(about); err != nil {
		t.Errorf("what the HPA needs does not depend on brokers: %v", err)
	}
	k.eventually("an error", func() error {
		if _, err := k.isActive(about); status.Code(err) != codes.Unavailable || !strings.Contains(err.Error(), `topic "missing"`) {
			return fmt.Errorf("%v", err)
		}
		return nil
	})
	kafka.create("missing", 1)
	k.becomes(about, false)
	receive := k.stream(about)
	kafka.produce("missing", 0, 1)
	if active, err := receive(); err != nil || !active {
		t.Errorf("%v, %v", active, err)
	}
}

// outage: while the brokers are away calls fail, once what was known is too old,
// and then all is as it was.
func outage(t *testing.T, broker *kafkatest.Broker) {
	kafka := newKafka(t, broker.Addr)
	short := quick
	short.Limit, short.Fresh, short.Idle, short.patience = time.Second, time.Second, 50*time.Millisecond, 100*time.Millisecond
	k := start(t, contract.ScalerConfig{Kafka: contract.RunnerKafka{BootstrapServers: []string{broker.Addr}}}, short, nil)
	kafka.create("outage", 1)
	about := trigger("outage", "g")
	k.becomes(about, false)
	receive := k.stream(about)
	broker.Kill()
	k.eventually("an error", func() error {
		if _, err := k.isActive(about); status.Code(err) != codes.Unavailable {
			return fmt.Errorf("%v", err)
		}
		return nil
	})
	if _, _, err := k.spec(about); err != nil {
		t.Errorf("what the HPA needs does not depend on brokers: %v", err)
	}
	broker.Start()
	k.becomes(about, false)
	kafka.produce("outage", 0, 1)
	if active, err := receive(); err != nil || !active {
		t.Errorf("%v, %v", active, err)
	}
}

// TestManyTargets: whoever reaches the port cannot have it watch without end.
func TestManyTargets(t *testing.T) {
	look := lookout.New(nil, health.New(nil), lookout.NewMetrics(prometheus.NewRegistry()), quick.Times)
	s := &service{lookout: look, pace: quick}
	for i := range lookout.Most {
		if _, err := s.metricSpec(t.Context(), ref(trigger("t", fmt.Sprint("g", i)))); err != nil {
			t.Fatal(err)
		}
	}
	var refused *rpc.Error
	_, err := s.metricSpec(t.Context(), ref(trigger("t", "one more")))
	if !errors.As(err, &refused) || refused.Code != rpc.ResourceExhausted {
		t.Error(err)
	}
	if _, err := s.metricSpec(t.Context(), ref(trigger("t", "g0"))); err != nil {
		t.Errorf("one that is watched: %v", err)
	}
}

// TestBadRequests: what is no request of KEDA's is refused, and nothing breaks.
func TestBadRequests(t *testing.T) {
	look := lookout.New(nil, health.New(nil), lookout.NewMetrics(prometheus.NewRegistry()), quick.Times)
	s := &service{lookout: look, pace: quick}
	for name, request := range map[string][]byte{
		"empty": nil, "cut": {0x0a, 5, 'a'}, "cut entry": wire.Message(nil).Bytes(3, []byte{0x0a, 5}), "no metadata": ref(nil),
	} {
		var refused *rpc.Error
		if _, err := s.isActive(t.Context(), request); !errors.As(err, &refused) || refused.Code != rpc.InvalidArgument {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := s.getMetrics(t.Context(), []byte{0xff}); err == nil {
		t.Error("a malformed request for metrics is answered")
	}
}

// TestDocumented compares the registered names with docs/METRICS.md.
func TestDocumented(t *testing.T) {
	m := newMetrics()
	look := lookout.New(nil, health.New(nil), lookout.NewMetrics(m.registry), quick.Times)
	m.registry.MustRegister(look)
	described := make(chan *prometheus.Desc, 8)
	look.Describe(described)
	close(described)
	gathered, err := m.registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	served := map[string]bool{}
	for _, family := range gathered {
		if name := family.GetName(); strings.HasPrefix(name, "wasm_") {
			served[name] = true
		}
	}
	for d := range described {
		served[regexp.MustCompile(`wasm_\w+`).FindString(d.String())] = true
	}
	page, err := os.ReadFile("../../../docs/METRICS.md")
	if err != nil {
		t.Fatal(err)
	}
	documented := map[string]bool{}
	for _, found := range regexp.MustCompile("(?m)^\\| `(wasm_scaler_\\w+)`").FindAllStringSubmatch(string(page), -1) {
		documented[found[1]] = true
	}
	if !maps.Equal(served, documented) {
		t.Errorf("served %v\ndocumented %v", slices.Sorted(maps.Keys(served)), slices.Sorted(maps.Keys(documented)))
	}
}

func TestCheck(t *testing.T) {
	good := contract.ScalerConfig{Port: 9466, AdminPort: 9464, Kafka: contract.RunnerKafka{BootstrapServers: []string{"a:1"}}}
	if err := Check(good); err != nil {
		t.Error(err)
	}
	for want, change := range map[string]func(*contract.ScalerConfig){
		"port: ":                       func(c *contract.ScalerConfig) { c.Port = 0 },
		"adminPort: is 9466":           func(c *contract.ScalerConfig) { c.AdminPort = 9466 },
		"logLevel: ":                   func(c *contract.ScalerConfig) { c.LogLevel = "loud" },
		"tls: has one of":              func(c *contract.ScalerConfig) { c.TLS.KeyFile = "k" },
		"tls.clientCAFile: is given":   func(c *contract.ScalerConfig) { c.TLS.ClientCAFile = "k" },
		"kafka.bootstrapServers: is e": func(c *contract.ScalerConfig) { c.Kafka.BootstrapServers = nil },
	} {
		cfg := good
		change(&cfg)
		if err := Check(cfg); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}
