// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
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

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/helm-wasm/helm-wasm/internal/guestbuild"
	"github.com/helm-wasm/helm-wasm/internal/kafkatest"
)

// coldPhases are the parts of a cold start in the order of their usual end.
// Loading the module and joining the group go side by side.
var coldPhases = []string{"exec", "module", "compiled", "instance", "brokers", "assigned", "first_event"}

const coldSmall = "Rust, 62 KB"

// coldStart measures the time from a process' start to its first event, with
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
	if err := client.ProduceSync(context.Background(), &kgo.Record{Topic: "in", Value: []byte("4111 1111 1111 1111")}).FirstErr(); err != nil {
		t.Fatal(err)
	}
	modules := map[string][]byte{"Go, 3.4 MB": guestbuild.Command(t, mirror)}
	if wasm, err := os.ReadFile("../build/functions/redact-cards.wasm"); err == nil {
		modules[coldSmall] = wasm
	} else {
		t.Log("only a Go module is measured: `make functions` builds a small one")
	}
	for name, wasm := range modules {
		c.prepare(wasm)
		times := map[string][]float64{}
		for range runs {
			for phase, seconds := range c.start() {
				times[phase] = append(times[phase], seconds)
			}
		}
		var parts []string
		for _, phase := range append(coldPhases, "cpu", "rss") {
			unit, factor := "ms", 1e3
			if phase == "rss" {
				unit, factor = "MB", 1
			}
			parts = append(parts, fmt.Sprintf("%s %.0f %s", phase, factor*middle(times[phase]), unit))
		}
		t.Logf("cold start (%s; medians of %d runs, each from the process' start): %s", name, runs, strings.Join(parts, ", "))
		// Time on the clock depends on who else is at work; CPU time and
		// memory do not.
		if name == coldSmall && (middle(times["rss"]) > 64 || middle(times["cpu"]) > 0.15) {
			t.Error("a small module takes more than 64 MB or 150 ms of CPU time")
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

// start runs a process until its first event, and returns seconds by phase,
// its CPU time until it ended, and its memory in MB.
func (c *cold) start() map[string]float64 {
	c.run++
	port := 19464 + c.run%100
	config := fmt.Sprintf(`{name: cold, module: {path: %q}, abi: auto, source: {topic: in, consumerGroup: cold-%d}, sink: {topic: out}, delivery: at-least-once, onError: {retries: 0}, limits: {}, kafka: {bootstrapServers: [%q]}, adminPort: %d}`, c.module, c.run, c.broker.Addr, port)
	file := filepath.Join(c.dir, "runner.yaml")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		c.t.Fatal(err)
	}
	cmd := exec.Command(c.binary, "--config", file, "--precompiled-dir", c.cache, "--cache-dir", "", "--admin-host", "127.0.0.1")
	log, err := cmd.StderrPipe()
	if err != nil {
		c.t.Fatal(err)
	}
	began := time.Now()
	if err := cmd.Start(); err != nil {
		c.t.Fatal(err)
	}
	watchdog := time.AfterFunc(time.Minute, func() { _ = cmd.Process.Kill() })
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
	phaseLine = regexp.MustCompile(`wasm_runner_cold_start_seconds\{function="cold",phase="(\w+)"\} (\S+)`)
	rssLine   = regexp.MustCompile(`VmRSS:\s+(\d+) kB`)
)

// look takes the phases from the metrics, which count from main, and the
// memory from the kernel.
func (c *cold) look(cmd *exec.Cmd, port int, result map[string]float64) {
	status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", cmd.Process.Pid))
	if m := rssLine.FindSubmatch(status); m != nil {
		kb, _ := strconv.ParseFloat(string(m[1]), 64)
		result["rss"] = kb / 1024
	}
	page := get(fmt.Sprintf("http://127.0.0.1:%d/metrics", port))
	for _, m := range phaseLine.FindAllStringSubmatch(page, -1) {
		if _, known := result[m[1]]; !known {
			seconds, _ := strconv.ParseFloat(m[2], 64)
			result[m[1]] = result["exec"] + seconds
		}
	}
}
