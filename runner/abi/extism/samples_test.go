// SPDX-License-Identifier: Apache-2.0

//go:build !race

// The race detector makes compiling these plug-ins take minutes, and finds
// nothing in one call at a time: `make test` runs this without it.

package extism

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/png"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/helm-wasm/helm-wasm/internal/runner/sandbox"
	"github.com/helm-wasm/helm-wasm/runner/abi"
)

// build compiles a plug-in that is not one of this module's own guests.
func build(t *testing.T, dir string, args ...string) []byte {
	t.Helper()
	out := filepath.Join(t.TempDir(), "plugin.wasm")
	cmd := exec.Command("go", append([]string{"build", "-trimpath", "-ldflags=-s -w", "-o", out}, args...)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm", "CGO_ENABLED=0", "GOFLAGS=-buildvcs=false")
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("building %v: %v\n%s", args, err, text)
	}
	wasm, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return wasm
}

func open(t *testing.T, wasm []byte, config Config) *Function {
	t.Helper()
	box := sandbox.Config{
		Limits: sandbox.Limits{Memory: 64 << 20, Timeout: time.Minute, Output: 1 << 20},
		Logger: slog.New(slog.DiscardHandler),
	}
	function, err := New(t.Context(), box, wasm, config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = function.Close(context.Background()) })
	return function
}

// call passes one value to a new instance.
func call(t *testing.T, function *Function, value []byte) ([]byte, error) {
	t.Helper()
	instance, err := function.Instance(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer instance.Close(context.Background())
	var out []byte
	err = instance.Process(t.Context(), []*kgo.Record{{Value: value}}, func(outputs []*kgo.Record) {
		if len(outputs) == 1 {
			out = outputs[0].Value
		}
	})
	return out, err
}

// TestThumbnail runs the sample function as the runner does.
func TestThumbnail(t *testing.T) {
	function := open(t,
		build(t, "../../../wasm-plugins/functions/thumbnail", "-buildmode=c-shared", "."),
		Config{Export: "handle", Values: map[string]string{"WIDTH": "40", "HEIGHT": "40"}})
	picture := image.NewRGBA(image.Rect(0, 0, 200, 100))
	for x := range 200 {
		for y := range 100 {
			picture.Set(x, y, color.RGBA{uint8(x), uint8(y), 7, 255})
		}
	}
	var in bytes.Buffer
	if err := png.Encode(&in, picture); err != nil {
		t.Fatal(err)
	}
	out, err := call(t, function, in.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	small, err := png.DecodeConfig(bytes.NewReader(out))
	if err != nil || small.Width != 40 || small.Height != 20 {
		t.Errorf("a picture of %dx%d, error %v", small.Width, small.Height, err)
	}
	_, err = call(t, function, []byte("no picture"))
	if abi.KindOf(err) != abi.Guest || !strings.Contains(err.Error(), "making a thumbnail") {
		t.Errorf("error %v", err)
	}
}

// TestPDKExample runs the Go PDK's own example for standard Go, which does its
// work in _start. Such a plug-in exits, so each call has an instance of its own.
func TestPDKExample(t *testing.T) {
	function := open(t, build(t, ".", "-tags=std", "github.com/extism/go-pdk/example/countvowels"), Config{Export: "_start"})
	for range 2 {
		out, err := call(t, function, []byte(`{"input": "hello"}`))
		if want := "JSON roundtrip: a === b"; err != nil || string(out) != want {
			t.Errorf("got %q, error %v, want %q", out, err, want)
		}
	}
}
