// SPDX-License-Identifier: Apache-2.0

package dev

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/helm-wasm/helm-wasm/internal/guestbuild"
	"github.com/helm-wasm/helm-wasm/internal/runner"
)

// compiled keeps machine code for all tests: with the race detector the compiler
// takes most of a minute for one guest.
var compiled string

func TestMain(m *testing.M) {
	var err error
	if compiled, err = os.MkdirTemp("", "helm-wasm-dev"); err != nil {
		panic(err)
	}
	code := m.Run()
	_ = os.RemoveAll(compiled)
	os.Exit(code)
}

// guest builds and compiles a guest of the runner's tests.
func guest(t *testing.T, name string) []byte {
	t.Helper()
	wasm := guestbuild.Command(t, "../runner/testdata/guests/"+name)
	if _, err := runner.Compile(t.Context(), wasm, "auto", "handle", compiled); err != nil {
		t.Fatal(err)
	}
	return wasm
}

// output is a log that tests read while it grows.
type output struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}

// server is dev under test.
type server struct {
	t    *testing.T
	url  string
	out  *output
	stop func() error
}

var pageAddress = regexp.MustCompile(`page +(http://\S+)`)

func serve(t *testing.T, o Options) *server {
	t.Helper()
	out := &output{}
	o.Out, o.Poll = out, 50*time.Millisecond
	o.CacheDir = compiled
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- Run(ctx, o) }()
	s := &server{t: t, out: out}
	s.stop = sync.OnceValue(func() error {
		cancel()
		select {
		case err := <-done:
			return err
		case <-time.After(2 * time.Minute):
			return fmt.Errorf("dev does not stop")
		}
	})
	t.Cleanup(func() {
		if err := s.stop(); err != nil {
			t.Error(err)
		}
	})
	s.eventually("the page's address", func() bool {
		if m := pageAddress.FindStringSubmatch(out.String()); m != nil {
			s.url = m[1]
		}
		return s.url != ""
	})
	return s
}

func (s *server) eventually(what string, ok func() bool) {
	s.t.Helper()
	for end := time.Now().Add(5 * time.Minute); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if ok() {
			return
		}
	}
	s.t.Fatalf("waited in vain for %s\n%s", what, s.out)
}

func (s *server) call(method, path, body string, into any) int {
	s.t.Helper()
	r, err := http.NewRequest(method, s.url+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/json")
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	if into != nil {
		if err := json.Unmarshal(text, into); err != nil {
			s.t.Fatalf("%s %s: %v in %s", method, path, err, text)
		}
	}
	return answer.StatusCode
}

func (s *server) function(name string) FunctionState {
	s.t.Helper()
	var state State
	s.call("GET", "/api/state", "", &state)
	for _, f := range state.Functions {
		if f.Name == name {
			return f
		}
	}
	return FunctionState{}
}

func (s *server) running(name string, replicas int) {
	s.t.Helper()
	s.eventually(name+" to run", func() bool {
		f := s.function(name)
		return f.State == stateRunning && f.Replicas == replicas
	})
}

// follow sends one event and returns its finished trace.
func (s *server) follow(topic, value string) Trace {
	s.t.Helper()
	body, _ := json.Marshal(map[string]any{"topic": topic, "key": "k", "value": value, "raw": true})
	var sent struct{ Trace string }
	if code := s.call("POST", "/api/produce", string(body), &sent); code != http.StatusOK {
		s.t.Fatalf("producing: status %d", code)
	}
	var trace Trace
	s.eventually("the event "+value, func() bool {
		s.call("GET", "/api/traces/"+sent.Trace, "", &trace)
		return trace.Done
	})
	return trace
}

func write(t *testing.T, file string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// left returns the goroutines that tests did not start.
func left() []string {
	buf := make([]byte, 8<<20)
	buf = buf[:runtime.Stack(buf, true)]
	var found []string
	for _, stack := range strings.Split(string(buf), "\n\n") {
		if !strings.Contains(stack, "testing.") && !strings.Contains(stack, "dev.left(") {
			found = append(found, stack)
		}
	}
	return found
}
