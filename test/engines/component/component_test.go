// SPDX-License-Identifier: Apache-2.0

// Package component serves wasi:http components with jco, a host of its own.
package component

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/helm-wasm/helm-wasm/test/engines"
)

// serve starts jco on a free port and returns the component's address.
func serve(t *testing.T, component string) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := listener.Addr().(*net.TCPAddr).Port
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	modules := filepath.Join(engines.Root(), "build", "toolchains", "jco", "node_modules")
	var log bytes.Buffer
	cmd := exec.Command(filepath.Join(modules, ".bin", "jco"), "serve", component, "--host", "127.0.0.1", "--port", strconv.Itoa(port),
		"--jco-dir", filepath.Join(modules, ".served", t.Name()))
	cmd.Stdout, cmd.Stderr = &log, &log
	// jco serves from a second process: both are stopped, as one group.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	exited := make(chan error, 1)
	go func() { exited <- cmd.Wait() }()
	t.Cleanup(func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		<-exited
		_ = os.RemoveAll(filepath.Join(modules, ".served"))
	})
	address := fmt.Sprintf("http://127.0.0.1:%d/", port)
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	for {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
		if err != nil {
			t.Fatal(err)
		}
		if response, err := client.Do(request); err == nil {
			_ = response.Body.Close()
			return address
		}
		select {
		case err := <-exited:
			exited <- err
			t.Fatalf("jco ended: %v: %s", err, log.String())
		case <-ctx.Done():
			t.Fatalf("jco does not answer: %s", log.String())
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// client gives up in time: an engine that hangs must not hang the test.
var client = &http.Client{Timeout: time.Minute}

func post(t *testing.T, address string, headers map[string]string, body []byte) (int, any) {
	t.Helper()
	request, err := http.NewRequest(http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for key, value := range headers {
		request.Header.Set(key, value)
	}
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, decode(t, text)
}

func decode(t *testing.T, text []byte) any {
	t.Helper()
	var value any
	if err := json.Unmarshal(text, &value); err != nil {
		t.Fatalf("%v in %q", err, text)
	}
	return value
}

func TestFraudScore(t *testing.T) {
	address := serve(t, engines.Path(t, "fraud-score"))
	order := engines.Testdata(t, "fraud-score", "order.json")
	want := decode(t, engines.Testdata(t, "fraud-score", "score.json"))
	binary := map[string]string{
		"content-type": "application/json", "ce-specversion": "1.0", "ce-type": "order", "ce-source": "orders", "ce-id": "1",
	}
	for range 3 {
		if status, got := post(t, address, binary, order); status != http.StatusOK || !reflect.DeepEqual(got, want) {
			t.Errorf("binary: %d %v, want %v", status, got, want)
		}
	}
	event, err := json.Marshal(map[string]any{"specversion": "1.0", "id": "1", "source": "orders", "type": "order", "data": json.RawMessage(order)})
	if err != nil {
		t.Fatal(err)
	}
	structured := map[string]string{"content-type": "application/cloudevents+json"}
	if status, got := post(t, address, structured, event); status != http.StatusOK || !reflect.DeepEqual(got, want) {
		t.Errorf("structured: %d %v, want %v", status, got, want)
	}
	status, got := post(t, address, binary, []byte(`{"id": "1"}`))
	if message := fmt.Sprint(got); status != http.StatusBadRequest || !strings.Contains(message, "amount: want a number") {
		t.Errorf("not an order: %d %v", status, got)
	}
}
