// SPDX-License-Identifier: Apache-2.0

//go:build unix

package scaler

import (
	"context"
	"fmt"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/helm-wasm/helm-wasm/internal/kafkatest"
	"github.com/helm-wasm/helm-wasm/internal/runner/health"
	"github.com/helm-wasm/helm-wasm/internal/runner/scaler/demand"
	"github.com/helm-wasm/helm-wasm/internal/runner/scaler/lookout"
)

// BenchmarkGroups watches 1,000 groups on 1,000 topics of a real Kafka: what
// that costs while all sleep and while half have work, and how long a push
// takes beside those. docs/RATIONALE.md has the figures.
func BenchmarkGroups(b *testing.B) {
	const groups, pushes, measured = 1000, 50, 20 * time.Second
	broker := kafkatest.Start(b)
	client := broker.Client()
	defer client.Close()
	var names []string
	for i := range groups {
		names = append(names, fmt.Sprint("t", i))
	}
	if _, err := kadm.NewClient(client).CreateTopics(b.Context(), 1, 1, nil, names...); err != nil {
		b.Fatal(err)
	}
	look := lookout.New(client, health.New(nil), lookout.NewMetrics(prometheus.NewRegistry()), lookout.Usual)
	ctx, cancel := context.WithTimeout(b.Context(), 5*guard)
	defer cancel()
	go look.Run(ctx)
	var targets []*lookout.Target
	for _, name := range names {
		t, err := look.Use(name, func() (demand.Target, error) {
			return demand.Target{{Topic: name, Group: name, Threshold: 10}}, nil
		})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := t.Now(ctx); err != nil {
			b.Fatal(err)
		}
		targets = append(targets, t)
	}
	cost := func(name string) {
		runtime.GC()
		before, begin := cpu(b), time.Now()
		time.Sleep(measured)
		b.ReportMetric(100*(cpu(b)-before).Seconds()/time.Since(begin).Seconds(), "%core-"+name)
	}
	produce := func(name string) {
		if err := client.ProduceSync(ctx, &kgo.Record{Topic: name, Value: []byte("event")}).FirstErr(); err != nil {
			b.Fatal(err)
		}
	}
	cost("asleep")
	for _, name := range names[:groups/2] {
		produce(name)
	}
	var took time.Duration
	for i := groups / 2; i < groups/2+pushes; i++ {
		_, _, changed := targets[i].State()
		begin := time.Now()
		produce(names[i])
		<-changed
		took += time.Since(begin)
	}
	b.ReportMetric(float64(took.Milliseconds())/pushes, "ms/push")
	cost("half-busy")
}

// cpu is the time that this process has used; the broker is another one.
func cpu(b *testing.B) time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
