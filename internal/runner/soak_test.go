// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/helm-wasm/helm-wasm/internal/guestbuild"
)

// soakRun is a runner in a process of its own, as in a pod.
type soakRun struct {
	t    *testing.T
	cmd  *exec.Cmd
	page string
}

// usage is what a runner reports that it uses.
type usage struct{ rss, heap, goroutines, processed, dead float64 }

func (u usage) String() string {
	return fmt.Sprintf("resident %.0f MiB, heap %.0f MiB, %.0f goroutines", u.rss/(1<<20), u.heap/(1<<20), u.goroutines)
}

func startSoak(t *testing.T, b *testBroker) *soakRun {
	dir := t.TempDir()
	binary, module := runnerBinary(t), filepath.Join(dir, "mirror.wasm")
	if err := os.WriteFile(module, guestbuild.Command(t, mirror), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg := b.config()
	cfg.Module.Path, cfg.OnError.Retries = module, 0
	cfg.AdminPort = freePort(t)
	text, err := json.Marshal(cfg)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "runner.yaml")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	r := &soakRun{
		t:   t,
		cmd: exec.Command(binary, "--config", file, "--cache-dir", filepath.Join(dir, "cache"), "--admin-host", "127.0.0.1"),
	}
	// Its log is a line for each dead letter.
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		t.Fatal(err)
	}
	r.cmd.Stdout, r.cmd.Stderr = log, log
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = r.cmd.Process.Kill()
		_ = log.Close()
	})
	admin := fmt.Sprintf("http://127.0.0.1:%d", cfg.AdminPort)
	r.page = admin + "/metrics"
	for end := time.Now().Add(guard); !strings.Contains(get(admin+"/readyz"), "ready"); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("the runner is not ready: %s", get(admin+"/readyz"))
		}
	}
	return r
}

func (r *soakRun) usage() usage {
	page := get(r.page)
	figure := func(line string) float64 {
		m := regexp.MustCompile(`(?m)^` + line + ` (\S+)$`).FindStringSubmatch(page)
		if m == nil {
			r.t.Fatalf("the metrics have no %s:\n%s", line, page)
		}
		n, err := strconv.ParseFloat(m[1], 64)
		if err != nil {
			r.t.Fatal(err)
		}
		return n
	}
	events := func(outcome string) float64 {
		return figure(`wasm_runner_events_total\{[^}]*outcome="` + outcome + `"[^}]*\}`)
	}
	return usage{
		figure("process_resident_memory_bytes"), figure("go_memstats_heap_alloc_bytes"), figure("go_goroutines"),
		events("processed"), events("dead_letter"),
	}
}

// most returns the higher of each figure.
func (u usage) most(v usage) usage {
	return usage{max(u.rss, v.rss), max(u.heap, v.heap), max(u.goroutines, v.goroutines), v.processed, v.dead}
}

// TestSoak checks that a runner's memory stays flat under steady work: events of
// 1 KB go to a sink, and one in 5,000 kills its instance and becomes a dead letter.
// SOAK sets its time: `make soak` runs ten minutes, tests a few seconds.
func TestSoak(t *testing.T) {
	length := 5 * time.Second
	if text := os.Getenv("SOAK"); text != "" {
		var err error
		if length, err = time.ParseDuration(text); err != nil {
			t.Fatal(err)
		}
	}
	b := newBroker(t)
	r := startSoak(t, b)
	ctx, cancel := context.WithTimeout(context.Background(), length)
	defer cancel()
	var early, late usage
	sent, poison := 0, 0
	began := time.Now()
	value := []byte("payload " + strings.Repeat("x", 1000))
	for next := began; ctx.Err() == nil; sent++ {
		record := &kgo.Record{Topic: "in", Key: fmt.Appendf(nil, "k%d", sent%97), Value: value}
		if sent%5000 == 4999 {
			poison++
			record.Value = []byte("panic now and then")
		}
		b.client.Produce(context.Background(), record, nil)
		// The broker keeps everything in memory, so the rate is modest and
		// what was read is deleted.
		if sent%200 == 0 {
			time.Sleep(20 * time.Millisecond)
		}
		if time.Now().After(next) {
			next = time.Now().Add(min(length/20, 5*time.Second))
			b.truncate()
			now := r.usage()
			if time.Since(began) < length/2 {
				early = early.most(now)
			} else {
				late = late.most(now)
			}
			if length >= time.Minute {
				t.Logf("%s: %.0f events: %s", time.Since(began).Round(time.Second), now.processed, now)
			}
		}
	}
	if err := b.client.Flush(context.Background()); err != nil {
		t.Fatal(err)
	}
	end := r.usage()
	for limit := time.Now().Add(guard); int(end.processed+end.dead) < sent && time.Now().Before(limit); end = r.usage() {
		time.Sleep(50 * time.Millisecond)
	}
	t.Logf("%d events in %s: at most %s in the first half; %s in the second", sent, length, early, late)
	if int(end.processed) != sent-poison || int(end.dead) != poison {
		t.Errorf("%.0f results and %.0f dead letters of %d events with %d poisoned", end.processed, end.dead, sent, poison)
	}
	if late.rss > early.rss*1.25+8<<20 || late.heap > early.heap*1.5+16<<20 || late.goroutines > early.goroutines+10 {
		t.Errorf("it grew from %s to %s", early, late)
	}
	if err := r.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := r.cmd.Wait(); err != nil {
		t.Errorf("the runner did not end well: %v", err)
	}
}

func freePort(t *testing.T) int {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port
}
