// SPDX-License-Identifier: Apache-2.0

// Package component serves wasi:http components with jco, an independent host.
package component

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/helm-wasm/helm-wasm/internal/freeport"
	"github.com/helm-wasm/helm-wasm/test/engines"
)

// Serve starts jco on a free port and returns the component's address. It is ready when
// jco says so: no request is sent to find out, since a component that listens for fetch
// events answers one in each instance.
func Serve(t *testing.T, component string) string {
	t.Helper()
	modules := filepath.Join(engines.Root(), "build", "toolchains", "jco", "node_modules")
	// Below jco's modules, which its output imports; tests of other packages serve at
	// the same time.
	dir := filepath.Join(modules, fmt.Sprintf(".served-%d", os.Getpid()))
	ports, err := freeport.Find(1)
	if err != nil {
		t.Fatal(err)
	}
	port := ports[0]
	output, err := os.Create(filepath.Join(t.TempDir(), "jco.log"))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(filepath.Join(modules, ".bin", "jco"), "serve", component,
		"--host", "127.0.0.1", "--port", strconv.Itoa(port), "--jco-dir", filepath.Join(dir, filepath.Base(t.Name())))
	cmd.Stdout, cmd.Stderr = output, output
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
		_ = output.Close()
		_ = os.RemoveAll(dir)
	})
	limit := time.After(10 * time.Minute)
	for {
		text, err := os.ReadFile(output.Name())
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), "Server listening @") {
			return fmt.Sprintf("http://127.0.0.1:%d/", port)
		}
		select {
		case err := <-exited:
			exited <- err
			t.Fatalf("jco ended: %v: %s", err, text)
		case <-limit:
			t.Fatalf("jco does not serve: %s", text)
		case <-time.After(100 * time.Millisecond):
		}
	}
}
