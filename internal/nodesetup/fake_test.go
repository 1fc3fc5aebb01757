// SPDX-License-Identifier: Apache-2.0

package nodesetup

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// fake is a node: a containerd that dumps what it is given, a service manager
// that copies the configuration to where the CRI server reads it, and a server
// of releases.
type fake struct {
	t        testing.TB
	dir      string
	releases *httptest.Server
	sum      string
	fails    bool   // what until runs is expected to
	timeout  string // of restarts
}

const fakeConfig = "# by hand\nversion = 3\n\n[plugins.\"io.containerd.cri.v1.runtime\".containerd.runtimes.runc]\n  runtime_type = \"io.containerd.runc.v2\"   # odd\n"

func newFake(t testing.TB) *fake {
	t.Helper()
	dir, err := os.MkdirTemp("", "wns") // short: it holds a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	f := &fake{t: t, dir: dir, timeout: "2s"}
	f.write("etc/config.toml", fakeConfig)
	f.write("loaded.toml", fakeConfig)
	f.write("containerd", "#!/bin/sh\n"+
		"[ \"$1\" = --version ] && { echo 'containerd test v2.1.3 abc'; exit 0; }\n"+
		"[ -e "+dir+"/refuse ] && grep -q wasmtime \"$2\" && { echo 'plugin config: no such thing' >&2; exit 1; }\n"+
		// With what imported files add.
		"cat \"$2\"; [ ! -e "+dir+"/imported ] || cat "+dir+"/imported\n")
	f.write("restart", "#!/bin/sh\n[ -e "+dir+"/hang ] && grep -q \"$(cat "+dir+"/hang)\" "+dir+"/etc/config.toml && sleep 60\n"+
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
	archive := f.archive("containerd-shim-wasmtime-v1", "#!/bin/sh\nexit 0\n")
	sum := sha256.Sum256(archive)
	f.sum = hex.EncodeToString(sum[:])
	f.releases = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write(archive) }))
	t.Cleanup(f.releases.Close)
	return f
}

func (f *fake) archive(name, content string) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	for _, entry := range []string{"README", name} {
		if err := w.WriteHeader(&tar.Header{Name: "./" + entry, Mode: 0o755, Size: int64(len(content))}); err != nil {
			f.t.Fatal(err)
		}
		if _, err := io.WriteString(w, content); err != nil {
			f.t.Fatal(err)
		}
	}
	w.Close()
	z.Close()
	return b.Bytes()
}

func (f *fake) write(name, text string) {
	f.t.Helper()
	name = filepath.Join(f.dir, name)
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		f.t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o755); err != nil {
		f.t.Fatal(err)
	}
}

func (f *fake) append(name, text string) {
	file, err := os.OpenFile(filepath.Join(f.dir, name), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		f.t.Error(err)
		return
	}
	defer file.Close()
	io.WriteString(file, text)
}

func (f *fake) read(name string) string {
	data, err := os.ReadFile(filepath.Join(f.dir, name))
	if err != nil {
		return "error: " + err.Error()
	}
	return string(data)
}

// cri answers as containerd does.
func (f *fake) cri(w http.ResponseWriter, r *http.Request) {
	var answer []byte
	request, _ := io.ReadAll(r.Body)
	switch r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:] {
	case "Status":
		condition := putVarint(putString(nil, 1, "RuntimeReady"), 2, 1)
		answer = putBytes(nil, 1, putBytes(nil, 1, condition))
		tree, _ := parseTOML([]byte(f.read("loaded.toml")))
		for _, name := range sortedKeys(runtimesOf(tree)) {
			if !strings.HasPrefix(f.read("mute"), "error") {
				break
			}
			answer = putBytes(answer, 3, putString(nil, 1, name))
		}
	case "ListPodSandbox":
		if handler := f.read("used"); !strings.HasPrefix(handler, "error") {
			answer = putBytes(nil, 1, putString(putString(nil, 1, "id"), 7, handler))
		}
		if handler := f.read("left"); !strings.HasPrefix(handler, "error") {
			// A trial that was cut off an hour ago.
			pod := putVarint(putString(nil, 1, "left"), 4, uint64(time.Now().Add(-time.Hour).UnixNano()))
			answer = putBytes(answer, 1, putString(putMap(pod, 5, map[string]string{trialLabel: "true"}), 7, handler))
		}
	case "RunPodSandbox":
		f.append("pods", fmt.Sprintf("%q\n", request))
		if name := f.read("broken"); !strings.HasPrefix(name, "error") && bytes.HasSuffix(request, []byte(name)) {
			w.Header().Set("Content-Type", "application/grpc")
			w.Header().Set("Grpc-Status", "2")
			w.Header().Set("Grpc-Message", "no%20shim")
			return
		}
		answer = putString(nil, 1, "id")
	case "ListImages":
		app := putVarint(putString(putString(nil, 1, "sha256:app"), 2, "example.com/app:1"), 4, 5)
		pause := putVarint(putString(putString(nil, 1, "sha256:pause"), 2, "registry.k8s.io/pause:3.10"), 4, 300000)
		answer = putBytes(putBytes(nil, 1, app), 1, pause)
	case "CreateContainer":
		f.append("containers", fmt.Sprintf("%q\n", request))
		answer = putString(nil, 1, "container")
	case "ContainerStatus":
		code := uint64(0)
		if !strings.HasPrefix(f.read("engineless"), "error") {
			code = 127
			if left, _ := filepath.Glob(f.dir + "/var/helm-wasm/state/" + tempPrefix + "verify.wasm.tmp"); len(left) == 1 {
				f.write("var/helm-wasm/state/"+tempPrefix+"verify.log.tmp", "2026-11-26T12:00:00Z stderr F exec format error\n")
			}
		}
		answer = putBytes(nil, 1, putString(putVarint(putVarint(nil, 3, 2), 7, code), 10, "Completed"))
	case "RemovePodSandbox":
		if bytes.Contains(request, []byte("left")) {
			os.Remove(filepath.Join(f.dir, "left"))
		}
	}
	w.Header().Set("Content-Type", "application/grpc")
	w.Header().Set("Trailer", "Grpc-Status")
	w.Write(append([]byte{0, 0, 0, byte(len(answer) >> 8), byte(len(answer))}, answer...))
	w.Header().Set("Grpc-Status", "0")
}

// config is the administrator's file.
func (f *fake) config() string {
	return fmt.Sprintf(`runtimes:
  wasmtime: {handler: wasmtime, url: {%[1]s: "%[2]s/x.tar.gz"}, sha256: {%[1]s: %[3]s}}
node: {distribution: fake, config: %[4]s/etc/config.toml, socket: %[4]s/cri.sock, containerd: [%[4]s/containerd], restart: [%[4]s/restart]}
binDir: %[4]s/opt/helm-wasm/bin
stateDir: %[4]s/var/helm-wasm/state
restartTimeout: %[5]s
`, runtime.GOARCH, f.releases.URL, f.sum, f.dir, f.timeout)
}

func (f *fake) setup(change ...func(*Config)) *Setup {
	f.t.Helper()
	c, err := ParseConfig([]byte(f.config()))
	if err != nil {
		f.t.Fatal(err)
	}
	for _, do := range change {
		do(&c)
	}
	s := New(c, &Host{Root: "/"}, slog.New(slog.DiscardHandler))
	s.lockWait, s.again = time.Second, time.Millisecond
	return s
}

// clean checks that nothing of node setup is left.
func (f *fake) clean() {
	f.t.Helper()
	for _, name := range []string{"etc/config.toml", "loaded.toml"} {
		if got := f.read(name); got != fakeConfig {
			f.t.Errorf("%s is not as it was before:\n%s", name, got)
		}
	}
	for _, dir := range []string{"opt/helm-wasm", "var/helm-wasm"} {
		if _, err := os.Stat(filepath.Join(f.dir, dir)); err == nil {
			filepath.Walk(filepath.Join(f.dir, dir), func(path string, info os.FileInfo, err error) error {
				f.t.Errorf("left behind: %s", path)
				return nil
			})
		}
	}
	if left, _ := filepath.Glob(f.dir + "/etc/.*tmp"); len(left) > 0 {
		f.t.Errorf("left behind: %v", left)
	}
}

// installed checks that all of it is there.
func (f *fake) installed() {
	f.t.Helper()
	for _, name := range []string{"etc/config.toml", "loaded.toml"} {
		if got := f.read(name); !strings.HasPrefix(got, fakeConfig+beginLine) || !strings.Contains(got, "runtimes.wasmtime]") {
			f.t.Errorf("%s is not what was installed:\n%s", name, got)
		}
	}
	if got := f.read("opt/helm-wasm/bin/containerd-shim-wasmtime-v1"); got != "#!/bin/sh\nexit 0\n" {
		f.t.Errorf("the program is %q", got)
	}
	if left, _ := filepath.Glob(f.dir + "/opt/helm-wasm/bin/" + tempPrefix + "*"); len(left) > 0 {
		f.t.Errorf("left behind: %v", left)
	}
}

func (f *fake) install() {
	f.t.Helper()
	r, err := f.setup().Install(context.Background())
	if err != nil || len(r.Ready) != 1 {
		f.t.Fatalf("install gave %+v, %v", r, err)
	}
}

func sum256(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

func serve(t testing.TB, data []byte) string {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write(data) }))
	t.Cleanup(server.Close)
	return server.URL
}
