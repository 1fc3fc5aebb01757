// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/helm-wasm/helm-wasm/internal/kube"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/config"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/fakenode"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/host"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/marker"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/report"
)

// setup returns a Setup for a fake node that repeats trials without a pause.
func setup(f *fakenode.Node, change ...func(*config.Config)) *nodesetup.Setup {
	f.T.Helper()
	c, err := config.Parse([]byte(f.YAML()))
	if err != nil {
		f.T.Fatal(err)
	}
	for _, do := range change {
		do(&c)
	}
	s := nodesetup.New(c, &host.Host{Root: "/"}, nil)
	s.TryPause = time.Millisecond
	return s
}

// api is an API server with one node.
type api struct {
	mu     sync.Mutex
	labels map[string]string
	events []string
	down   bool
}

func (a *api) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	var body struct {
		Metadata struct {
			Labels map[string]*string `json:"labels"`
		} `json:"metadata"`
		Reason  string `json:"reason"`
		Message string `json:"message"`
	}
	_ = json.NewDecoder(r.Body).Decode(&body)
	if a.down {
		http.Error(w, "{}", http.StatusForbidden) // 503 would be asked again
		return
	}
	switch r.Method + " " + r.URL.Path {
	case "POST /api/v1/namespaces/default/events":
		a.events = append(a.events, body.Reason+": "+body.Message)
	case "PATCH /api/v1/nodes/n1":
		for key, value := range body.Metadata.Labels {
			if value == nil {
				delete(a.labels, key)
			} else {
				a.labels[key] = *value
			}
		}
	case "GET /api/v1/nodes/n1":
	default:
		http.Error(w, "{}", http.StatusNotFound)
		return
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"metadata": map[string]any{"labels": a.labels}})
}

func (a *api) label(key string) string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.labels[key]
}

func (a *api) set(key, value string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.labels[key] = value
}

func (a *api) said(text string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return strings.Contains(strings.Join(a.events, "\n"), text)
}

func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(2 * time.Minute); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if ok() {
			return
		}
	}
	t.Fatalf("waited in vain: %s", what)
}

func TestDaemon(t *testing.T) {
	f := fakenode.New(t)
	a := &api{labels: map[string]string{"kubernetes.io/os": "linux", report.LabelPrefix + "gone": report.Ready}}
	server := httptest.NewServer(a)
	t.Cleanup(server.Close)
	d := &Daemon{
		Setup: setup(f), Log: slog.New(slog.DiscardHandler),
		Reporter: &report.Reporter{Node: "n1", API: &kube.Client{
			Base: server.URL, HTTP: server.Client(),
			Token: func() (string, error) { return "t", nil },
		}},
		Every: 100 * time.Millisecond, TryEvery: 0, Retry: 100 * time.Millisecond,
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	base := "http://" + listener.Addr().String()
	get := func(path string) (int, string) {
		response, err := http.Get(base + path)
		if err != nil {
			return 0, err.Error()
		}
		defer response.Body.Close()
		text, _ := io.ReadAll(response.Body)
		return response.StatusCode, string(text)
	}
	f.Write("broken", "")
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- d.Run(ctx, listener) }()
	stop := sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	defer stop()

	until(t, "an event of the failure", func() bool { return a.said("WasmNodeSetupFailed: handler \"wasmtime\" started no pod") })
	if code, _ := get("/readyz"); code != http.StatusServiceUnavailable {
		t.Errorf("readyz is %d after a failure", code)
	}
	if a.label(report.LabelPrefix+"wasmtime") != "" {
		t.Error("a node that failed is labelled")
	}
	os.Remove(filepath.Join(f.Dir, "broken"))
	until(t, "the label", func() bool { return a.label(report.LabelPrefix+"wasmtime") == report.Ready })
	until(t, "an event of success", func() bool { return a.said("WasmRuntimeReady: runtime wasmtime") })
	until(t, "readiness", func() bool { code, _ := get("/readyz"); return code == http.StatusOK })
	if a.label(report.LabelPrefix+"gone") != "" || a.label("kubernetes.io/os") != "linux" {
		t.Error("labels of others changed, or a stale one stayed")
	}
	if _, text := get("/metrics"); !strings.Contains(text, `wasm_node_setup_runtime_ready{runtime="wasmtime"} 1`) {
		t.Errorf("metrics are\n%s", text)
	}
	// Someone writes the file anew.
	f.Write("etc/config.toml", fakenode.Config)
	until(t, "repair", func() bool { return strings.Contains(f.Read("etc/config.toml"), marker.End) })
	// What no longer works is not ready.
	f.Write("broken", "")
	until(t, "the label to go", func() bool { return a.label(report.LabelPrefix+"wasmtime") == "" })
	os.Remove(filepath.Join(f.Dir, "broken"))
	until(t, "the label to come back", func() bool { return a.label(report.LabelPrefix+"wasmtime") == report.Ready })
	// An administrator switches the node off and on again.
	a.set(report.SwitchLabel, report.Off)
	until(t, "removal", func() bool { return a.said("WasmNodeSetupRemoved") })
	if a.label(report.LabelPrefix+"wasmtime") != "" || f.Read("etc/config.toml") != fakenode.Config {
		t.Error("something is left after the node was switched off")
	}
	until(t, "an event about the label that was left", func() bool { return a.said("WasmNodeSetupOff") })
	a.set(report.SwitchLabel, "on")
	until(t, "the label after switching on", func() bool { return a.label(report.LabelPrefix+"wasmtime") == report.Ready })
	// Ended, it leaves the node alone.
	stop()
	f.Installed()
	if a.label(report.LabelPrefix+"wasmtime") != report.Ready {
		t.Error("ending the daemon removed the label")
	}
}

// TestDaemonRemoves: the chart removes node setup from all nodes before it is
// uninstalled.
func TestDaemonRemoves(t *testing.T) {
	f := fakenode.New(t)
	if _, err := setup(f).Install(t.Context()); err != nil {
		t.Fatal(err)
	}
	a := &api{labels: map[string]string{report.LabelPrefix + "wasmtime": report.Ready}}
	server := httptest.NewServer(a)
	t.Cleanup(server.Close)
	d := &Daemon{
		Setup: setup(f), Log: slog.New(slog.DiscardHandler), Remove: true, metrics: newMetrics(),
		Reporter: &report.Reporter{Node: "n1", API: &kube.Client{
			Base: server.URL, HTTP: server.Client(),
			Token: func() (string, error) { return "t", nil },
		}},
	}
	for range 2 {
		if err := d.once(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if !d.metrics.fine.Load() || a.label(report.LabelPrefix+"wasmtime") != "" || f.Read("etc/config.toml") != fakenode.Config {
		t.Error("something is left after the removal")
	}
	if !a.said("WasmNodeSetupRemoved") || a.said("WasmNodeSetupOff") {
		t.Errorf("the events are %q", a.events)
	}
}

// daemonOf returns a daemon whose checks a test calls one by one.
func daemonOf(t *testing.T, a *api, s *nodesetup.Setup) *Daemon {
	t.Helper()
	server := httptest.NewServer(a)
	t.Cleanup(server.Close)
	d := &Daemon{
		Setup: s, Log: slog.New(slog.DiscardHandler), TryEvery: time.Hour,
		Reporter: &report.Reporter{Node: "n1", API: &kube.Client{
			Base: server.URL, HTTP: server.Client(),
			Token: func() (string, error) { return "t", nil },
		}},
	}
	d.metrics = newMetrics()
	return d
}

// TestSwitchWithoutAPI: a node that was switched off stays so while the API server
// does not answer, and a node whose labels were never read is not touched.
func TestSwitchWithoutAPI(t *testing.T) {
	f := fakenode.New(t)
	a := &api{labels: map[string]string{report.SwitchLabel: report.Off}, down: true}
	d := daemonOf(t, a, setup(f))
	if err := d.once(context.Background()); err == nil || f.Read("etc/config.toml") != fakenode.Config {
		t.Errorf("without an answer, error is %v", err)
	}
	a.down = false
	if err := d.once(context.Background()); err != nil {
		t.Error(err)
	}
	a.down = true
	if err := d.once(context.Background()); err == nil || f.Read("etc/config.toml") != fakenode.Config {
		t.Errorf("switched off, without an answer, error is %v", err)
	}
	a.down = false
	a.set(report.SwitchLabel, "on")
	if err := d.once(context.Background()); err != nil {
		t.Error(err)
	}
	f.Installed()
	// A node that was on stays on.
	a.down = true
	f.Write("etc/config.toml", fakenode.Config)
	_ = d.once(context.Background())
	f.Installed()
}

// TestDaemonOfAnotherOwner touches neither the node nor its labels until it is
// told to take over.
func TestDaemonOfAnotherOwner(t *testing.T) {
	f := fakenode.New(t)
	owned := func(owner string, more ...func(*config.Config)) *nodesetup.Setup {
		return setup(f, append(more, func(c *config.Config) { c.Owner = owner })...)
	}
	a := &api{labels: map[string]string{}}
	if err := daemonOf(t, a, owned("a/one")).once(context.Background()); err != nil {
		t.Fatal(err)
	}
	other := daemonOf(t, a, owned("b/two", func(c *config.Config) {
		const shim = "brought/containerd-shim-wamr-v1"
		f.Write(shim, "#!/bin/sh\nexit 0\n")
		c.Runtimes = map[string]config.Source{"wamr": {Handler: "wamr", Path: filepath.Join(f.Dir, shim)}}
	}))
	for _, off := range []string{"", report.Off} {
		a.set(report.SwitchLabel, off)
		if err := other.once(context.Background()); !errors.Is(err, nodesetup.ErrOwner) {
			t.Errorf("error is %v", err)
		}
		if a.label(report.LabelPrefix+"wasmtime") != report.Ready || !a.said(`"a/one"`) {
			t.Error("the other's label is gone, or nobody said whose node it is")
		}
		f.Installed()
	}
	a.set(report.SwitchLabel, report.Adopt)
	if err := other.once(context.Background()); err != nil {
		t.Fatal(err)
	}
	if a.label(report.LabelPrefix+"wasmtime") != "" || a.label(report.LabelPrefix+"wamr") != report.Ready ||
		strings.Contains(f.Read("etc/config.toml"), "wasmtime") {
		t.Errorf("after taking over, labels are %v and the file\n%s", a.labels, f.Read("etc/config.toml"))
	}
}
