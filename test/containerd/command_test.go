// SPDX-License-Identifier: Apache-2.0

package containerd

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestCommandAsInPod runs the program as the chart's DaemonSet does: with the
// node's file system elsewhere, with the capabilities of the chart's template
// and no others, and with a service manager outside.
func TestCommandAsInPod(t *testing.T) {
	versions(t, func(t *testing.T, major int) {
		s := start(t, major)
		before := s.file()
		_, shim := programs(t, major)
		copyFile(t, shim, s.dir+"/brought/containerd-shim-wasmtime-v1")
		binary := filepath.Join(t.TempDir(), "wasm-node-setup")
		build := exec.Command("go", "build", "-o", binary, "./cmd/wasm-node-setup")
		build.Dir = filepath.Join("..", "..")
		build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off")
		if out, err := build.CombinedOutput(); err != nil {
			t.Fatalf("building: %v\n%s", err, out)
		}
		host := t.TempDir()
		if err := syscall.Mount("/", host, "", syscall.MS_BIND|syscall.MS_REC, ""); err != nil {
			t.Fatal(err)
		}
		if err := syscall.Mount("", host, "", syscall.MS_SLAVE|syscall.MS_REC, ""); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = syscall.Unmount(host, syscall.MNT_DETACH) })
		config := filepath.Join(t.TempDir(), "node-setup.yaml")
		text := fmt.Sprintf(`runtimes:
  wasmtime: {handler: wasmtime, try: sandbox, path: %[1]s/brought/containerd-shim-wasmtime-v1}
node:
  config: %[2]s
  socket: %[3]s
  containerd: [%[4]s]
  restart: [sh, -c, "touch %[1]s/please; for i in $(seq 6000); do [ -e %[1]s/done ] && rm %[1]s/done && exit 0; sleep 0.05; done; exit 1"]
binDir: %[1]s/opt/bin
stateDir: %[1]s/var/state
`, s.dir, s.config, s.socket, s.bin)
		if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		stop := make(chan struct{})
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			for {
				select {
				case <-stop:
					return
				case <-time.After(50 * time.Millisecond):
				}
				if os.Remove(s.dir+"/please") != nil {
					continue
				}
				if out, err := exec.Command("sh", s.restartCommand).CombinedOutput(); err != nil {
					t.Errorf("restarting: %v\n%s", err, out)
				}
				if err := os.WriteFile(s.dir+"/done", nil, 0o600); err != nil {
					t.Error(err)
				}
			}
		}()
		defer func() { close(stop); <-ended }()
		run := func(command string) string {
			t.Helper()
			cmd := exec.Command("setpriv", "--bounding-set", "-all,"+templateCapabilities(t), "--inh-caps", "-all",
				binary, command, "--config="+config, "--host-root="+host)
			var out, log bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &log
			if err := cmd.Run(); err != nil {
				t.Fatalf("%s: %v\n%s\n%s", command, err, out.String(), log.String())
			}
			t.Logf("%s:\n%s", command, out.String())
			return out.String()
		}
		expect := func(command, want string) {
			t.Helper()
			if got := run(command); !strings.Contains(got, want) {
				t.Errorf("%s says nothing about %q", command, want)
			}
		}
		expect("plan", "runtimes.wasmtime]")
		if s.file() != before {
			t.Error("plan changed the configuration")
		}
		expect("install", "ready: wasmtime")
		expect("install", "nothing changed")
		expect("plan", "would not change")
		expect("verify", "ready: wasmtime (a pod sandbox started)")
		expect("uninstall", "is as it was before")
		expect("uninstall", "nothing to remove")
		if s.file() != before {
			t.Errorf("the configuration differs from the one before:\n%s", s.file())
		}
	})
}

// templateCapabilities returns the capabilities that the chart gives the DaemonSet.
func templateCapabilities(t *testing.T) string {
	t.Helper()
	template, err := os.ReadFile("../../charts/wasm-keda-stack/templates/node-setup.yaml")
	if err != nil {
		t.Fatal(err)
	}
	_, list, ok := strings.Cut(string(template), "add: [")
	list, _, ok2 := strings.Cut(list, "]")
	if !ok || !ok2 {
		t.Fatal("the chart's template adds no capabilities")
	}
	var names []string
	for _, name := range strings.Split(list, ", ") {
		names = append(names, "+"+strings.ToLower(name))
	}
	return strings.Join(names, ",")
}
