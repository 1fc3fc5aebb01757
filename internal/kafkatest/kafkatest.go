// SPDX-License-Identifier: Apache-2.0

// Package kafkatest runs a real Apache Kafka for tests: one KRaft node in a
// Java process on loopback, from the jars of Maven Central. A broker can be
// stopped, killed and started again on the same port with the same data.
package kafkatest

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/helm-wasm/helm-wasm/internal/freeport"
)

// startLimit is generous: on a busy machine Java alone takes half a minute.
const startLimit = 5 * time.Minute

// Broker is one Kafka node.
type Broker struct {
	// Addr is host:port of the plain listener.
	Addr string
	// SASLAddr is host:port of the listener that requires SASL PLAIN or
	// SCRAM-SHA-256 as user "alice" with password "alice-secret".
	SASLAddr string
	// TLS is set by StartTLS.
	TLS *TLS

	t       testing.TB
	dir     string
	classes string
	log     *os.File
	process *exec.Cmd
	exited  chan struct{}
}

// Start formats and starts a broker, which ends with the test. config adds lines to
// server.properties. Without Java or Maven the test is skipped with the reason; it
// fails instead where KAFKA_REQUIRED is set, as make does, or CI is true.
func Start(t testing.TB, config ...string) *Broker {
	t.Helper()
	return start(t, nil, config)
}

func start(t testing.TB, secure func(dir string) (*TLS, error), config []string) *Broker {
	t.Helper()
	if _, err := jars(); err != nil {
		unavailable(t, err)
	}
	b, err := open(t.TempDir(), secure, config)
	if b != nil {
		b.t = t
		t.Cleanup(b.Kill)
	}
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Open is Start for programs that are not tests: it keeps the broker's files in
// dir, and the caller ends it with Kill.
func Open(dir string, config ...string) (*Broker, error) {
	b, err := open(dir, nil, config)
	if err != nil && b != nil {
		b.Kill()
	}
	return b, err
}

func open(dir string, secure func(dir string) (*TLS, error), config []string) (*Broker, error) {
	classes, err := jars()
	if err != nil {
		return nil, err
	}
	ports, err := freeport.Find(3)
	if err != nil {
		return nil, err
	}
	b := &Broker{
		Addr:     fmt.Sprintf("127.0.0.1:%d", ports[0]),
		SASLAddr: fmt.Sprintf("127.0.0.1:%d", ports[2]),
		dir:      dir, classes: classes,
	}
	listeners, advertised, protocols := "", "", ""
	if secure != nil {
		if b.TLS, err = secure(dir); err != nil {
			return nil, fmt.Errorf("making certificates: %w", err)
		}
		listeners, protocols = b.TLS.listeners()
		advertised = listeners
		config = append(config, b.TLS.properties()...)
	}
	properties := []string{
		"process.roles=broker,controller",
		"node.id=1",
		fmt.Sprintf("controller.quorum.voters=1@127.0.0.1:%d", ports[1]),
		fmt.Sprintf("listeners=PLAINTEXT://%s,SASL://%s,CONTROLLER://127.0.0.1:%d", b.Addr, b.SASLAddr, ports[1]) + listeners,
		fmt.Sprintf("advertised.listeners=PLAINTEXT://%s,SASL://%s", b.Addr, b.SASLAddr) + advertised,
		"listener.security.protocol.map=PLAINTEXT:PLAINTEXT,SASL:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT" + protocols,
		"controller.listener.names=CONTROLLER",
		"inter.broker.listener.name=PLAINTEXT",
		"sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256",
		`listener.name.sasl.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required ` +
			`user_alice="alice-secret";`,
		"listener.name.sasl.scram-sha-256.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;",
		"log.dirs=" + filepath.Join(dir, "data"),
		"auto.create.topics.enable=false",
		"offsets.topic.replication.factor=1",
		"offsets.topic.num.partitions=4",
		"transaction.state.log.replication.factor=1",
		"transaction.state.log.min.isr=1",
		"transaction.state.log.num.partitions=4",
		"share.coordinator.state.topic.replication.factor=1",
		"share.coordinator.state.topic.min.isr=1",
		"group.initial.rebalance.delay.ms=0",
		"group.consumer.min.heartbeat.interval.ms=500",
		"group.consumer.heartbeat.interval.ms=500",
		"group.consumer.min.session.timeout.ms=3000",
		"group.consumer.session.timeout.ms=3000",
		"group.min.session.timeout.ms=3000",
		"controlled.shutdown.enable=false",
	}
	properties = append(properties, config...)
	file := b.properties()
	if err := os.WriteFile(file, []byte(strings.Join(properties, "\n")+"\n"), 0o600); err != nil {
		return nil, err
	}
	if b.log, err = os.Create(filepath.Join(dir, "kafka.log")); err != nil {
		return nil, err
	}
	format := b.java("kafka.tools.StorageTool", "format", "--config", file, "--cluster-id", "MkU3OEVBNTcwNTJENDM2Qk",
		"--add-scram", "SCRAM-SHA-256=[name=alice,password=alice-secret]")
	if err := format.Run(); err != nil {
		return nil, fmt.Errorf("formatting Kafka's storage: %w\n%s", err, b.tail())
	}
	return b, b.launch()
}

// unavailable ends a test that has no Kafka. Nobody notices a skip in a long run, so
// the environment can require a failure.
func unavailable(t testing.TB, cause error) {
	t.Helper()
	if os.Getenv("KAFKA_REQUIRED") != "" || os.Getenv("CI") == "true" {
		t.Fatalf("no real Kafka can be started, and KAFKA_REQUIRED or CI requires one: %v", cause)
	}
	t.Skipf("no real Kafka can be started: %v", cause)
}

func (b *Broker) properties() string { return filepath.Join(b.dir, "server.properties") }

func (b *Broker) java(args ...string) *exec.Cmd {
	flags := []string{
		"-Xms256m", "-Xmx640m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Djava.awt.headless=true",
		"-cp", filepath.Join(b.classes, "*"),
	}
	cmd := exec.Command("java", append(flags, args...)...)
	cmd.Stdout, cmd.Stderr = b.log, b.log
	cmd.SysProcAttr = processAttributes()
	return cmd
}

// Start starts a stopped broker again and waits until it answers.
func (b *Broker) Start() {
	b.t.Helper()
	if err := b.launch(); err != nil {
		b.t.Fatal(err)
	}
}

// launch starts the process and waits until it answers.
func (b *Broker) launch() error {
	b.process = b.java("kafka.Kafka", b.properties())
	if err := b.process.Start(); err != nil {
		b.process = nil
		return fmt.Errorf("starting Kafka: %w", err)
	}
	exited := make(chan struct{})
	b.exited = exited
	process := b.process
	go func() {
		_ = process.Wait()
		close(exited)
	}()
	client, err := kgo.NewClient(kgo.SeedBrokers(b.Addr))
	if err != nil {
		return err
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(context.Background(), startLimit)
	defer cancel()
	for {
		limit, cancelPing := context.WithTimeout(ctx, 20*time.Second)
		err := client.Ping(limit)
		cancelPing()
		if err == nil {
			return nil
		}
		select {
		case <-exited:
			return fmt.Errorf("starting Kafka: it ended:\n%s", b.tail())
		case <-ctx.Done():
			return fmt.Errorf("starting Kafka: it did not answer within %s: %w\n%s", startLimit, err, b.tail())
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// Stop ends the broker as an operator would, and kills it after two minutes.
func (b *Broker) Stop() { b.end(syscall.SIGTERM, 2*time.Minute) }

// Kill ends the broker at once. It does nothing when the broker is not running.
func (b *Broker) Kill() { b.end(syscall.SIGKILL, time.Minute) }

func (b *Broker) end(signal syscall.Signal, limit time.Duration) {
	if b.process == nil {
		return
	}
	_ = b.process.Process.Signal(signal)
	select {
	case <-b.exited:
	case <-time.After(limit):
		_ = b.process.Process.Kill()
		<-b.exited
	}
	b.process = nil
}

// Client makes a client of the plain listener, which the caller closes.
func (b *Broker) Client(opts ...kgo.Opt) *kgo.Client {
	b.t.Helper()
	client, err := kgo.NewClient(append([]kgo.Opt{kgo.SeedBrokers(b.Addr)}, opts...)...)
	if err != nil {
		b.t.Fatal(err)
	}
	return client
}

// tail returns the end of the broker's output.
func (b *Broker) tail() string {
	file, err := os.Open(b.log.Name())
	if err != nil {
		return err.Error()
	}
	defer file.Close()
	data, _ := io.ReadAll(file)
	return string(data[max(0, len(data)-4000):])
}
