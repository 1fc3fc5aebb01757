// SPDX-License-Identifier: Apache-2.0

// Package fakenode is a node for tests: a containerd that dumps what it is given,
// a service manager that copies the configuration to where the CRI server reads
// it, and a server of releases.
package fakenode

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/helm-wasm/helm-wasm/internal/nodesetup/containerd"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/cri"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/host"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/marker"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/tomltree"
	"github.com/helm-wasm/helm-wasm/internal/wire"
)

// Node is one fake node below a directory of its own. Files in it switch faults
// on: "refuse" makes containerd refuse a configuration with wasmtime, "hang" a
// restart with the text of the file in the configuration, "ignore" makes a
// restart do nothing, "broken" the start of a pod under the handler that it
// names (empty: any) fail, "engineless" a program end with exit code 127, "mute"
// the runtime list no handlers. "used" and "left" name the handlers of a pod and
// of a trial that was cut off, "imported" has what other files add to the
// configuration.
type Node struct {
	T        testing.TB
	Dir      string
	Releases *httptest.Server
	Sum      string // SHA-256 of what Releases serves
	Timeout  string // of restarts: a guard, to be short only where it is hit
}

// Config is the configuration of containerd before anything is installed.
const Config = "# by hand\nversion = 3\n\n[plugins.\"io.containerd.cri.v1.runtime\".containerd.runtimes.runc]\n" +
	"  runtime_type = \"io.containerd.runc.v2\"   # odd\n"

// New starts a node that ends with the test.
func New(t testing.TB) *Node {
	t.Helper()
	dir, err := os.MkdirTemp("", "wns") // short: it holds a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	f := &Node{T: t, Dir: dir, Timeout: "1m"}
	f.Write("etc/config.toml", Config)
	f.Write("loaded.toml", Config)
	f.Write("containerd", "#!/bin/sh\n"+
		"[ \"$1\" = --version ] && { echo 'containerd test v2.1.3 abc'; exit 0; }\n"+
		"[ -e "+dir+"/refuse ] && grep -q wasmtime \"$2\" && { echo 'plugin config: no such thing' >&2; exit 1; }\n"+
		// With what imported files add.
		"cat \"$2\"; [ ! -e "+dir+"/imported ] || cat "+dir+"/imported\n")
	f.Write("restart", "#!/bin/sh\n[ -e "+dir+"/hang ] && grep -q \"$(cat "+dir+"/hang)\" "+dir+"/etc/config.toml && sleep 60\n"+
		"[ -e "+dir+"/ignore ] && exit 0\ncp "+dir+"/etc/config.toml "+dir+"/loaded.toml\n")
	listener, err := net.Listen("unix", dir+"/cri.sock")
	if err != nil {
		t.Fatal(err)
	}
	protocols := new(http.Protocols)
	protocols.SetUnencryptedHTTP2(true)
	server := &http.Server{Handler: http.HandlerFunc(f.cri), Protocols: protocols}
	go server.Serve(listener)
	t.Cleanup(func() { server.Close() })
	archive := f.Archive("containerd-shim-wasmtime-v1", "#!/bin/sh\nexit 0\n")
	sum := sha256.Sum256(archive)
	f.Sum = hex.EncodeToString(sum[:])
	f.Releases = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write(archive) }))
	t.Cleanup(f.Releases.Close)
	return f
}

// Archive packs a program as releases do.
func (f *Node) Archive(name, content string) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	for _, entry := range []string{"README", name} {
		if err := w.WriteHeader(&tar.Header{Name: "./" + entry, Mode: 0o755, Size: int64(len(content))}); err != nil {
			f.T.Fatal(err)
		}
		if _, err := io.WriteString(w, content); err != nil {
			f.T.Fatal(err)
		}
	}
	w.Close()
	z.Close()
	return b.Bytes()
}

// Write creates a file below Dir, executable.
func (f *Node) Write(name, text string) {
	f.T.Helper()
	name = filepath.Join(f.Dir, name)
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		f.T.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o755); err != nil {
		f.T.Fatal(err)
	}
}

func (f *Node) append(name, text string) {
	file, err := os.OpenFile(filepath.Join(f.Dir, name), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		f.T.Error(err)
		return
	}
	defer file.Close()
	io.WriteString(file, text)
}

// Read returns the content of a file below Dir; an error is text that begins
// with "error".
func (f *Node) Read(name string) string {
	data, err := os.ReadFile(filepath.Join(f.Dir, name))
	if err != nil {
		return "error: " + err.Error()
	}
	return string(data)
}

// cri answers as containerd does.
func (f *Node) cri(w http.ResponseWriter, r *http.Request) {
	var answer wire.Message
	request, _ := io.ReadAll(r.Body)
	switch r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:] {
	case "Status":
		condition := wire.Message(nil).String(1, "RuntimeReady").Varint(2, 1)
		answer = answer.Bytes(1, wire.Message(nil).Bytes(1, condition))
		tree, _ := tomltree.Parse([]byte(f.Read("loaded.toml")))
		for _, name := range slices.Sorted(maps.Keys(containerd.Runtimes(tree))) {
			if f.has("mute") {
				break
			}
			answer = answer.Bytes(3, wire.Message(nil).String(1, name))
		}
	case "ListPodSandbox":
		if f.has("used") {
			answer = answer.Bytes(1, wire.Message(nil).String(1, "id").String(7, f.Read("used")))
		}
		if f.has("left") {
			// A trial that was cut off an hour ago.
			created := time.Now().Add(-time.Hour).UnixNano()
			pod := wire.Message(nil).String(1, "left").Varint(4, uint64(created)).Map(5, map[string]string{cri.TrialLabel: "true"})
			answer = answer.Bytes(1, pod.String(7, f.Read("left")))
		}
	case "RunPodSandbox":
		f.append("pods", fmt.Sprintf("%q\n", request))
		if f.has("broken") && bytes.HasSuffix(request, []byte(f.Read("broken"))) {
			w.Header().Set("Content-Type", "application/grpc")
			w.Header().Set("Grpc-Status", "2")
			w.Header().Set("Grpc-Message", "no%20shim")
			return
		}
		answer = answer.String(1, "id")
	case "ListImages":
		app := wire.Message(nil).String(1, "sha256:app").String(2, "example.com/app:1").Varint(4, 5)
		pause := wire.Message(nil).String(1, "sha256:pause").String(2, "registry.k8s.io/pause:3.10").Varint(4, 300000)
		answer = answer.Bytes(1, app).Bytes(1, pause)
	case "CreateContainer":
		f.append("containers", fmt.Sprintf("%q\n", request))
		answer = answer.String(1, "container")
	case "ContainerStatus":
		code := uint64(0)
		if f.has("engineless") {
			code = 127
			state := "var/helm-wasm/state/" + host.TempPrefix
			if f.has(state + "verify.wasm.tmp") {
				f.Write(state+"verify.log.tmp", "2026-11-26T12:00:00Z stderr F exec format error\n")
			}
		}
		answer = answer.Bytes(1, wire.Message(nil).Varint(3, 2).Varint(7, code).String(10, "Completed"))
	case "RemovePodSandbox":
		if bytes.Contains(request, []byte("left")) {
			os.Remove(filepath.Join(f.Dir, "left"))
		}
	}
	w.Header().Set("Content-Type", "application/grpc")
	w.Header().Set("Trailer", "Grpc-Status")
	w.Write(append(binary.BigEndian.AppendUint32([]byte{0}, uint32(len(answer))), answer...))
	w.Header().Set("Grpc-Status", "0")
}

// has reports whether a file exists.
func (f *Node) has(name string) bool {
	_, err := os.Stat(filepath.Join(f.Dir, name))
	return err == nil
}

// YAML returns the administrator's configuration for the node.
func (f *Node) YAML() string {
	return fmt.Sprintf(`runtimes:
  wasmtime: {handler: wasmtime, url: {%[1]s: "%[2]s/x.tar.gz"}, sha256: {%[1]s: %[3]s}}
node: {distribution: fake, config: %[4]s/etc/config.toml, socket: %[4]s/cri.sock, containerd: [%[4]s/containerd], restart: [%[4]s/restart]}
binDir: %[4]s/opt/helm-wasm/bin
stateDir: %[4]s/var/helm-wasm/state
restartTimeout: %[5]s
`, runtime.GOARCH, f.Releases.URL, f.Sum, f.Dir, f.Timeout)
}

// Clean checks that nothing of node setup is left.
func (f *Node) Clean() {
	f.T.Helper()
	for _, name := range []string{"etc/config.toml", "loaded.toml"} {
		if got := f.Read(name); got != Config {
			f.T.Errorf("%s is not as it was before:\n%s", name, got)
		}
	}
	for _, dir := range []string{"opt/helm-wasm", "var/helm-wasm"} {
		if _, err := os.Stat(filepath.Join(f.Dir, dir)); err == nil {
			filepath.Walk(filepath.Join(f.Dir, dir), func(path string, info os.FileInfo, err error) error {
				f.T.Errorf("left behind: %s", path)
				return nil
			})
		}
	}
	if left, _ := filepath.Glob(f.Dir + "/etc/.*tmp"); len(left) > 0 {
		f.T.Errorf("left behind: %v", left)
	}
}

// Installed checks that the runtime wasmtime is there.
func (f *Node) Installed() {
	f.T.Helper()
	for _, name := range []string{"etc/config.toml", "loaded.toml"} {
		if got := f.Read(name); !strings.HasPrefix(got, Config+marker.Begin) || !strings.Contains(got, "runtimes.wasmtime]") {
			f.T.Errorf("%s is not what was installed:\n%s", name, got)
		}
	}
	if got := f.Read("opt/helm-wasm/bin/containerd-shim-wasmtime-v1"); got != "#!/bin/sh\nexit 0\n" {
		f.T.Errorf("the program is %q", got)
	}
	if left, _ := filepath.Glob(f.Dir + "/opt/helm-wasm/bin/" + host.TempPrefix + "*"); len(left) > 0 {
		f.T.Errorf("left behind: %v", left)
	}
}

// Files returns a host with files below its own directory, each as "path=content" or, for
// a symbolic link, as "path=->target".
func Files(t testing.TB, files ...string) *host.Host {
	t.Helper()
	dir := t.TempDir()
	for _, entry := range files {
		name, text, _ := strings.Cut(entry, "=")
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if target, link := strings.CutPrefix(text, "->"); link {
			if err := os.Symlink(target, name); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return &host.Host{Root: dir}
}

// SHA256 returns the checksum of a download in hex.
func SHA256(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// Serve returns the address of a server of one file.
func Serve(t testing.TB, data []byte) string {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write(data) }))
	t.Cleanup(server.Close)
	return server.URL
}
