// SPDX-License-Identifier: Apache-2.0

package containerd

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/helm-wasm/helm-wasm/internal/nodesetup"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/config"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/node"
)

// release serves the stand-in as a release does, and returns its source.
func release(t *testing.T, major int, extra string) config.Source {
	t.Helper()
	_, shim := programs(t, major)
	program, err := os.ReadFile(shim)
	if err != nil {
		t.Fatal(err)
	}
	// What follows an ELF file's sections changes nothing but the sum.
	program = append(program, extra...)
	var archive bytes.Buffer
	z := gzip.NewWriter(&archive)
	w := tar.NewWriter(z)
	for _, err := range []error{
		w.WriteHeader(&tar.Header{Name: "./containerd-shim-wasmtime-v1", Mode: 0o755, Size: int64(len(program))}),
		func() error { _, err := w.Write(program); return err }(),
		w.Close(), z.Close(),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	sum := sha256.Sum256(archive.Bytes())
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if _, err := w.Write(archive.Bytes()); err != nil {
			t.Log(err)
		}
	}))
	t.Cleanup(server.Close)
	return config.Source{
		URL:    map[string]string{arch(): server.URL + "/shim.tar.gz"},
		SHA256: map[string]string{arch(): hex.EncodeToString(sum[:])},
	}
}

// TestUpgrade downloads, upgrades the program, adds a runtime, drops it, and removes
// everything. A broken upgrade is rolled back.
func TestUpgrade(t *testing.T) {
	versions(t, func(t *testing.T, major int) {
		s := start(t, major)
		before := s.file()
		install := func(runtimes map[string]config.Source) (nodesetup.Result, error) {
			return s.setup(runtimes).Install(context.Background())
		}
		one := release(t, major, "")
		if r, err := install(map[string]config.Source{"wasmtime": one}); err != nil || !r.Changed || len(r.Ready) != 1 {
			t.Fatalf("install gave %+v, %v", r, err)
		}
		two := release(t, major, "two")
		r, err := install(map[string]config.Source{"wasmtime": two, "mine": {Path: s.dir + "/opt/bin/containerd-shim-wasmtime-v1"}})
		if err != nil || !slices.Equal(r.Ready, []string{"mine", "wasmtime"}) || !slices.Contains(s.handlers(), "mine") {
			t.Fatalf("upgrade gave %+v, %v", r, err)
		}
		program, err := os.ReadFile(s.dir + "/opt/bin/containerd-shim-wasmtime-v1")
		if err != nil || !bytes.HasSuffix(program, []byte("two")) {
			t.Errorf("the program was not upgraded (%v)", err)
		}
		// A shim that starts, but no pod: true.
		copyFile(t, "/bin/true", s.dir+"/true/containerd-shim-broken-v1")
		r, err = install(map[string]config.Source{
			"wasmtime": two, "mine": {Path: s.dir + "/opt/bin/containerd-shim-wasmtime-v1"},
			"broken": {Path: s.dir + "/true/containerd-shim-broken-v1"},
		})
		if err != nil || r.Failed["broken"] == nil || !strings.Contains(r.Failed["broken"].Error(), `handler "broken" started no pod`) ||
			!strings.Contains(r.Failed["broken"].Error(), "rolled back") {
			t.Errorf("a broken shim gave %+v, %v", r, err)
		}
		if !slices.Equal(r.Ready, []string{"mine", "wasmtime"}) {
			t.Errorf("beside a broken shim, ready are %q", r.Ready)
		}
		if got := s.handlers(); slices.Contains(got, "broken") || !slices.Contains(got, "mine") || !slices.Contains(got, "wasmtime") {
			t.Errorf("after rolling back, handlers are %q", got)
		}
		if r, err := install(map[string]config.Source{"wasmtime": two}); err != nil || slices.Contains(s.handlers(), "mine") {
			t.Errorf("dropping a runtime gave %+v, %v", r, err)
		}
		if _, err := s.setup(map[string]config.Source{"wasmtime": two}).Uninstall(context.Background(), false); err != nil {
			t.Fatal(err)
		}
		if s.file() != before {
			t.Errorf("the configuration differs from the one before:\n%s", s.file())
		}
	})
}

// TestRefused uses a containerd that does not accept what it is given: a foreign import
// that replaces (1.x) or repeats the section.
func TestRefused(t *testing.T) {
	s := start(t, 1)
	_, shim := programs(t, 1)
	copyFile(t, shim, s.dir+"/brought/containerd-shim-wasmtime-v1")
	wiping := s.dir + "/etc/wiping.toml"
	if err := os.WriteFile(wiping, []byte("version = 2\n[plugins.\"io.containerd.grpc.v1.cri\"]\n  restrict_oom_score_adj = true\n"+
		"  sandbox_image = \"test.local/pause:1\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(s.file(), "version = 2\n", "version = 2\nimports = [\""+wiping+"\"]\n", 1)
	if err := os.WriteFile(s.config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := s.setup(map[string]config.Source{"wasmtime": {Path: s.dir +
		"/brought/containerd-shim-wasmtime-v1"}}).Install(context.Background())
	if err == nil || !strings.Contains(err.Error(), "replaces the whole section") {
		t.Errorf("error is %v", err)
	}
	if s.file() != text {
		t.Error("the configuration changed")
	}
}

// TestDisks fills the disk, and makes it read-only.
func TestDisks(t *testing.T) {
	s := start(t, 2)
	before := s.file()
	source := release(t, 2, "")
	mount := func(options string) string {
		dir := s.dir + "/disk"
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, options); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
		return dir
	}
	run := func(state, bin string) error {
		setup := s.setup(map[string]config.Source{"wasmtime": source})
		setup.Config.StateDir, setup.Config.BinDir = state, bin
		r, err := setup.Install(context.Background())
		for _, failed := range r.Failed {
			err = errors.Join(err, failed)
		}
		if s.file() != before {
			t.Error("the configuration changed")
		}
		return err
	}
	dir := mount("size=1m")
	if err := run(dir+"/state", s.dir+"/opt/bin"); err == nil || !errors.Is(err, syscall.ENOSPC) ||
		!strings.Contains(err.Error(), "free some space") {
		t.Errorf("a full disk for downloads gave %v", err)
	}
	if err := run(s.dir+"/state", dir+"/bin"); err == nil || !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("a full disk for programs gave %v", err)
	}
	if err := syscall.Mount("", dir, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
	if err := run(dir+"/other", s.dir+"/opt/bin"); !errors.Is(err, node.ErrUnsupported) || !strings.Contains(err.Error(), "read-only") {
		t.Errorf("a read-only disk gave %v", err)
	}
	if got := s.handlers(); slices.Contains(got, "wasmtime") {
		t.Errorf("handlers are %q", got)
	}
}

// TestConfigurationsDisk fills the disk with the configuration itself, and makes it
// read-only: install and uninstall leave what is there.
func TestConfigurationsDisk(t *testing.T) {
	s := start(t, 2)
	before := s.file()
	_, shim := programs(t, 2)
	copyFile(t, shim, s.dir+"/brought/containerd-shim-wasmtime-v1")
	etc := s.dir + "/etc"
	if err := syscall.Mount("tmpfs", etc, "tmpfs", 0, "size=64k"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(etc, syscall.MNT_DETACH) })
	setup := s.setup(map[string]config.Source{"wasmtime": {Path: s.dir + "/brought/containerd-shim-wasmtime-v1"}})
	fill := func() {
		t.Helper()
		file, err := os.Create(etc + "/filling")
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		for err == nil {
			_, err = file.Write(make([]byte, 4096))
		}
		if !errors.Is(err, syscall.ENOSPC) {
			t.Fatal(err)
		}
	}
	remount := func(flags uintptr) {
		t.Helper()
		if err := syscall.Mount("", etc, "", syscall.MS_REMOUNT|flags, ""); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(s.config, []byte(before), 0o600); err != nil {
		t.Fatal(err)
	}
	check := func(what string, err error, class error, word, want string) {
		t.Helper()
		if !errors.Is(err, class) || !strings.Contains(err.Error(), word) {
			t.Errorf("%s gave %v", what, err)
		}
		if got := s.file(); got != want {
			t.Errorf("%s changed the configuration:\n%s", what, got)
		}
	}
	install := func() error { _, err := setup.Install(context.Background()); return err }
	uninstall := func() error { _, err := setup.Uninstall(context.Background(), false); return err }
	fill()
	check("install on a full disk", install(), syscall.ENOSPC, "free some space", before)
	if err := os.Remove(etc + "/filling"); err != nil {
		t.Fatal(err)
	}
	remount(syscall.MS_RDONLY)
	check("install on a read-only disk", install(), node.ErrUnsupported, "read-only", before)
	remount(0)
	if err := install(); err != nil || !slices.Contains(s.handlers(), "wasmtime") {
		t.Fatalf("with space, install gave %v", err)
	}
	with := s.file()
	fill()
	check("uninstall on a full disk", uninstall(), syscall.ENOSPC, "free some space", with)
	remount(syscall.MS_RDONLY)
	check("uninstall on a read-only disk", uninstall(), node.ErrUnsupported, "read-only", with)
	remount(0)
	if err := os.Remove(etc + "/filling"); err != nil {
		t.Fatal(err)
	}
	if err := uninstall(); err != nil || s.file() != before || slices.Contains(s.handlers(), "wasmtime") {
		t.Errorf("with space, uninstall gave %v", err)
	}
}
