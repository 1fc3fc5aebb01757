// SPDX-License-Identifier: Apache-2.0

package containerd

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/helm-wasm/helm-wasm/internal/nodesetup"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/config"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/cri"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/host"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/node"
)

// server is one containerd in its own directory.
type server struct {
	t                    testing.TB
	dir, bin, shims      string
	major                int
	config, socket       string
	restartCommand, pids string
}

// programs returns where the two containerds are; make test-nodesetup puts them there.
func programs(t testing.TB, major int) (bin, shim string) {
	t.Helper()
	dir := os.Getenv("CONTAINERD_" + strconv.Itoa(major))
	if dir == "" {
		t.Fatalf("CONTAINERD_%d is not set: run make test-nodesetup", major)
	}
	if major == 1 {
		dir = filepath.Join(dir, "usr", "bin")
	}
	return filepath.Join(dir, "containerd"), filepath.Join(dir, "containerd-shim-runc-v2")
}

// own returns the part of a configuration that keeps a containerd apart from others on
// the machine.
func (s *server) own() string {
	plugin := `"io.containerd.grpc.v1.cri"`
	version := 2
	text := fmt.Sprintf("root = %q\nstate = %q\ndisabled_plugins = [\"io.containerd.internal.v1.opt\", \"io.containerd.nri.v1.nri\"]\n\n"+
		"[grpc]\n  address = %q # of this test\n\n[ttrpc]\n  address = %q\n\n",
		s.dir+"/root", s.dir+"/run", s.socket, s.socket+".ttrpc")
	if s.major == 2 {
		version, plugin = 3, `"io.containerd.cri.v1.runtime"`
		text += "[plugins.\"io.containerd.cri.v1.images\"]\n  snapshotter = \"native\"\n" +
			"[plugins.\"io.containerd.cri.v1.images\".pinned_images]\n  sandbox = \"test.local/pause:1\"\n\n"
		// Otherwise pulling unpacks for a different snapshotter.
		text += fmt.Sprintf("[[plugins.\"io.containerd.transfer.v1.local\".unpack_config]]\n  platform = \"linux/%s\"\n"+
			"  snapshotter = \"native\"\n\n", arch())
	}
	text = fmt.Sprintf("# written by hand\nversion = %d\n", version) + text
	text += fmt.Sprintf("[plugins.%s]\n  restrict_oom_score_adj = true\n", plugin)
	if s.major == 1 {
		text += "  sandbox_image = \"test.local/pause:1\"\n"
	}
	text += fmt.Sprintf("  [plugins.%s.containerd] # odd   spacing stays\n", plugin)
	if s.major == 1 {
		text += "    snapshotter = \"native\"\n"
	}
	return text + "    ignore_rdt_not_enabled_errors   =   true"
}

// start writes a configuration and starts a containerd with it.
func start(t testing.TB, major int) *server {
	t.Helper()
	if os.Getuid() != 0 {
		t.Fatal("containerd's tests need root")
	}
	dir, err := os.MkdirTemp("", "wns")
	if err != nil {
		t.Fatal(err)
	}
	bin, shim := programs(t, major)
	s := &server{t: t, dir: dir, bin: bin, shims: filepath.Dir(shim), major: major, config: dir + "/etc/config.toml", socket: dir +
		"/c.sock", pids: dir + "/pid"}
	s.restartCommand = dir + "/restart.sh"
	// As a service manager would: end the old one, start the new one, and wait
	// until it serves.
	script := fmt.Sprintf(`set -u
if [ -e %[1]s/pid ]; then
  pid=$(cat %[1]s/pid)
  kill "$pid" 2>/dev/null
  for i in $(seq 100); do kill -0 "$pid" 2>/dev/null || break; sleep 0.05; done
fi
rm -f %[1]s/c.sock
export PATH=%[2]s:%[3]s:$PATH
setsid %[4]s --config %[5]s >>%[1]s/log 2>&1 </dev/null &
pid=$!
echo "$pid" > %[1]s/pid
for i in $(seq 400); do
  [ -S %[1]s/c.sock ] && exit 0
  kill -0 "$pid" 2>/dev/null || { echo "containerd ended: $(tail -n 3 %[1]s/log)" >&2; exit 1; }
  sleep 0.05
done
exit 1
`, dir, s.shims, filepath.Join(os.Getenv("CONTAINERD_1"), "usr/sbin"), bin, s.config)
	for name, text := range map[string]string{s.restartCommand: script, s.config: s.own()} {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(s.stop)
	s.restart()
	s.importPause()
	return s
}

func (s *server) restart() {
	s.t.Helper()
	if out, err := exec.Command("sh", s.restartCommand).CombinedOutput(); err != nil {
		s.t.Fatalf("starting containerd: %v\n%s", err, out)
	}
}

// stop ends the server and the shims that it left, by their ids.
func (s *server) stop() {
	if data, err := os.ReadFile(s.pids); err == nil {
		if pid, err := strconv.Atoi(strings.TrimSpace(string(data))); err == nil {
			end(pid)
		}
	}
	commands, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, name := range commands {
		data, err := os.ReadFile(name)
		if err != nil || !bytes.Contains(data, []byte(s.socket)) {
			continue
		}
		if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(name))); err == nil {
			end(pid)
		}
	}
	if s.t.Failed() {
		log, _ := os.ReadFile(s.dir + "/log")
		lines := strings.Split(strings.TrimSpace(string(log)), "\n")
		s.t.Logf("containerd's log ends:\n%s", strings.Join(lines[max(0, len(lines)-15):], "\n"))
	}
	mounts, _ := os.ReadFile("/proc/self/mounts")
	lines := strings.Split(string(mounts), "\n")
	for i := len(lines) - 1; i >= 0; i-- {
		if f := strings.Fields(lines[i]); len(f) > 1 && strings.HasPrefix(f[1], s.dir+"/") {
			_ = syscall.Unmount(f[1], syscall.MNT_DETACH)
		}
	}
	if err := os.RemoveAll(s.dir); err != nil {
		s.t.Errorf("removing the test's directory: %v", err)
	}
}

func end(pid int) {
	_ = syscall.Kill(pid, syscall.SIGTERM)
	for range 100 {
		if syscall.Kill(pid, 0) != nil {
			return
		}
		// Otherwise a child of this process would stay a zombie.
		_, _ = syscall.Wait4(pid, nil, syscall.WNOHANG, nil)
		time.Sleep(50 * time.Millisecond)
	}
	_ = syscall.Kill(pid, syscall.SIGKILL)
}

// setup returns node setup for this server.
func (s *server) setup(runtimes map[string]config.Source) *nodesetup.Setup {
	s.t.Helper()
	c, err := config.Parse([]byte("runtimes: {x: {handler: x, path: /x/containerd-shim-x-v1}}\n"))
	if err != nil {
		s.t.Fatal(err)
	}
	for key, source := range runtimes {
		if source.Handler == "" {
			source.Handler = key
		}
		if source.Try == "" && !strings.HasPrefix(filepath.Base(source.Path), "crun") {
			// runc's shim stands in for Wasm's, and has no engine.
			source.Try = config.TrySandbox
		}
		runtimes[key] = source
	}
	c.Runtimes = runtimes
	c.BinDir, c.StateDir = s.dir+"/opt/bin", s.dir+"/var/state"
	c.RestartTimeout = 90 * time.Second
	c.Node = node.Node{
		Distribution: "test", Config: s.config, Socket: s.socket,
		Containerd: []string{s.bin}, Restart: []string{"sh", s.restartCommand},
	}
	log := slog.New(slog.NewTextHandler(testWriter{s.t}, nil))
	return nodesetup.New(c, &host.Host{Root: "/"}, log)
}

type testWriter struct{ t testing.TB }

func (w testWriter) Write(p []byte) (int, error) {
	w.t.Log(strings.TrimSpace(string(p)))
	return len(p), nil
}

// handlers asks the server over CRI.
func (s *server) handlers() []string {
	s.t.Helper()
	status, err := (&cri.Client{Socket: s.socket}).Status(context.Background())
	if err != nil {
		s.t.Fatal(err)
	}
	return status.Handlers
}

func (s *server) file() string {
	s.t.Helper()
	data, err := os.ReadFile(s.config)
	if err != nil {
		s.t.Fatal(err)
	}
	return string(data)
}

// copyFile makes a stand-in for a shim out of another program.
func copyFile(t testing.TB, from, to string) {
	t.Helper()
	in, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		t.Fatal(err)
	}
	out, err := os.OpenFile(to, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o755)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	if _, err := io.Copy(out, in); err != nil {
		t.Fatal(err)
	}
}
