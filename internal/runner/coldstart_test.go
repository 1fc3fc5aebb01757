// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/helm-wasm/helm-wasm/internal/guestbuild"
	"github.com/helm-wasm/helm-wasm/internal/kafkatest"
)

// coldPhases are the parts of a cold start in the order of their usual end.
// Loading the module and reaching the brokers go side by side; joining follows.
var coldPhases = []string{"exec", "module", "compiled", "instance", "brokers", "assigned", "first_event"}

const coldSmall = "Rust, 62 KB"

// coldStart measures the time from a process's start to its first event, with
// compiled code in the cache, and what it costs in CPU time and memory.
// COLD_STARTS sets the number of runs.
func coldStart(t *testing.T, broker *kafkatest.Broker) {
	runs := 5
	if n, err := strconv.Atoi(os.Getenv("COLD_STARTS")); err == nil {
		runs = n
	}
	c := &cold{t: t, broker: broker, binary: runnerBinary(t), dir: t.TempDir()}
	client := broker.Client()
	defer client.Close()
	if err := client.ProduceSync(context.Background(),
		&kgo.Record{Topic: "in", Value: []byte("4111 1111 1111 1111")}).FirstErr(); err != nil {
		t.Fatal(err)
	}
	small, err := os.ReadFile("../../build/functions/redact-cards.wasm")
	if err != nil {
		t.Fatalf("the small module is not built: %v: run `make functions`", err)
	}
	c.produceLoad(client)
	for name, wasm := range map[string][]byte{"Go, 3.4 MB": guestbuild.Command(t, mirror), coldSmall: small} {
		c.prepare(wasm)
		times := map[string][]float64{}
		for range runs {
			for phase, seconds := range c.start() {
				times[phase] = append(times[phase], seconds)
			}
		}
		for range min(runs, 3) {
			after, peak := c.load()
			times["rss_loaded"], times["rss_peak"] = append(times["rss_loaded"], after), append(times["rss_peak"], peak)
		}
		var parts []string
		for _, phase := range append(coldPhases, "cpu", "rss", "rss_loaded", "rss_peak") {
			unit, factor := "ms", 1e3
			if strings.HasPrefix(phase, "rss") {
				unit, factor = "MB", 1
			}
			parts = append(parts, fmt.Sprintf("%s %.0f %s", phase, factor*middle(times[phase]), unit))
		}
		t.Logf("cold start (%s; medians of %d runs, each from the process's start): %s", name, runs, strings.Join(parts, ", "))
		// Times depend on what else runs on the machine: their targets are
		// those of `make bench`, which reads the line above. Memory does not,
		// and under load it has a bound that only a leak exceeds.
		if name == coldSmall && (middle(times["rss"]) > 64 || middle(times["rss_loaded"]) > 128) {
			t.Error("a small module takes more than 64 MB at its first event, or 128 MB after the load")
		}
	}
}

func middle(list []float64) float64 {
	if len(list) == 0 {
		return 0
	}
	slices.Sort(list)
	return list[len(list)/2]
}

type cold struct {
	t      *testing.T
	broker *kafkatest.Broker
	binary string
	dir    string
	module string
	cache  string
	run    int
}

// loadEvents of 1 KB are what a runner has done, and then has waiting as a backlog,
// when its memory under load is read.
const loadEvents = 20_000

func (c *cold) produceLoad(client *kgo.Client) {
	ctx, cancel := context.WithTimeout(context.Background(), guard)
	defer cancel()
	if _, err := kadm.NewClient(client).CreateTopics(ctx, 4, 1, nil, "load", "load-out"); err != nil {
		c.t.Fatal(err)
	}
	// Each is different: if all are alike, they compress to nothing.
	random, note := rand.New(rand.NewPCG(1, 2)), make([]byte, 490)
	for i := range loadEvents {
		for k := range note {
			note[k] = byte(random.Uint32())
		}
		value := fmt.Appendf(nil, `{"card": "4111 1111 1111 1111", "note": "%x"}`, note)
		client.Produce(ctx, &kgo.Record{Topic: "load", Key: fmt.Appendf(nil, "k%d", i), Value: value}, func(_ *kgo.Record, err error) {
			if err != nil {
				c.t.Error(err)
			}
		})
	}
	if err := client.Flush(ctx); err != nil {
		c.t.Fatal(err)
	}
}

// load runs a process through all events of the load, and returns its memory in MB
// after them, and its peak.
func (c *cold) load() (after, peak float64) {
	c.run++
	port := c.write("load", "load-out")
	cmd := exec.Command(c.binary, "--config", c.config(), "--precompiled-dir", c.cache, "--cache-dir", "", "--admin-host", "127.0.0.1")
	if err := cmd.Start(); err != nil {
		c.t.Fatal(err)
	}
	for end := time.Now().Add(guard); ; time.Sleep(50 * time.Millisecond) {
		m := handledLine.FindStringSubmatch(get(fmt.Sprintf("http://127.0.0.1:%d/metrics", port)))
		if m != nil && m[1] == strconv.Itoa(loadEvents) {
			break
		}
		if time.Now().After(end) {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
			c.t.Fatalf("%s was not enough for %d events: %q", guard, loadEvents, m)
		}
	}
	after, peak = memory(cmd, "VmRSS"), memory(cmd, "VmHWM")
	_ = cmd.Process.Signal(syscall.SIGTERM)
	if err := cmd.Wait(); err != nil {
		c.t.Errorf("the runner did not end well: %v", err)
	}
	return after, peak
}

func (c *cold) prepare(wasm []byte) {
	c.module = filepath.Join(c.dir, "module.wasm")
	if err := os.WriteFile(c.module, wasm, 0o600); err != nil {
		c.t.Fatal(err)
	}
	c.cache = filepath.Join(c.t.TempDir(), "cache")
	if text, err := exec.Command(c.binary, "compile", "--module", c.module, "--cache-dir", c.cache).CombinedOutput(); err != nil {
		c.t.Fatalf("%v\n%s", err, text)
	}
}

func (c *cold) config() string { return filepath.Join(c.dir, "runner.yaml") }

// write writes the configuration of this run, and returns its admin port.
func (c *cold) write(from, to string) int {
	port := 19464 + c.run%100
	text := fmt.Sprintf(
		`{name: cold, module: {path: %q}, abi: auto, source: {topic: %s, consumerGroup: cold-%d}, sink: {topic: %s}, `+
			`delivery: at-least-once, onError: {retries: 0}, limits: {}, kafka: {bootstrapServers: [%q]}, adminPort: %d}`,
		c.module, from, c.run, to, c.broker.Addr, port,
	)
	if err := os.WriteFile(c.config(), []byte(text), 0o600); err != nil {
		c.t.Fatal(err)
	}
	return port
}

// start runs a process until its first event, and returns seconds by phase,
// its CPU time until it ended, and its memory in MB.
func (c *cold) start() map[string]float64 {
	c.run++
	port := c.write("in", "out")
	cmd := exec.Command(c.binary, "--config", c.config(), "--precompiled-dir", c.cache, "--cache-dir", "", "--admin-host", "127.0.0.1")
	log, err := cmd.StderrPipe()
	if err != nil {
		c.t.Fatal(err)
	}
	began := time.Now()
	if err := cmd.Start(); err != nil {
		c.t.Fatal(err)
	}
	watchdog := time.AfterFunc(guard, func() { _ = cmd.Process.Kill() })
	defer watchdog.Stop()
	result := map[string]float64{}
	lines := bufio.NewScanner(log)
	for lines.Scan() {
		var line struct {
			Time time.Time
			Msg  string
		}
		if json.Unmarshal(lines.Bytes(), &line) != nil {
			continue
		}
		if line.Msg == "starting" {
			result["exec"] = line.Time.Sub(began).Seconds()
		}
		if line.Msg != "first event processed" {
			continue
		}
		result["first_event"] = line.Time.Sub(began).Seconds()
		c.look(cmd, port, result)
		_ = cmd.Process.Signal(syscall.SIGTERM)
	}
	if err := cmd.Wait(); err != nil {
		c.t.Errorf("the runner did not end well: %v", err)
	}
	if result["first_event"] == 0 {
		c.t.Fatal("no first event")
	}
	result["cpu"] = (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds()
	return result
}

var (
	phaseLine   = regexp.MustCompile(`wasm_runner_cold_start_seconds\{function="cold",phase="(\w+)"\} (\S+)`)
	handledLine = regexp.MustCompile(`wasm_runner_events_total\{[^}]*outcome="processed"[^}]*\} (\S+)`)
)

// look reads the phases from the metrics, which count from main, and the
// memory from the kernel.
func (c *cold) look(cmd *exec.Cmd, port int, result map[string]float64) {
	result["rss"] = memory(cmd, "VmRSS")
	page := get(fmt.Sprintf("http://127.0.0.1:%d/metrics", port))
	for _, m := range phaseLine.FindAllStringSubmatch(page, -1) {
		if _, known := result[m[1]]; !known {
			seconds, _ := strconv.ParseFloat(m[2], 64)
			result[m[1]] = result["exec"] + seconds
		}
	}
}

// memory returns a figure of /proc/PID/status in MB.
func memory(cmd *exec.Cmd, name string) float64 {
	status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", cmd.Process.Pid))
	m := regexp.MustCompile(name + `:\s+(\d+) kB`).FindSubmatch(status)
	if m == nil {
		return 0
	}
	kb, _ := strconv.ParseFloat(string(m[1]), 64)
	return kb / 1024
}
