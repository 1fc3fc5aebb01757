// SPDX-License-Identifier: Apache-2.0

// Package extism runs plugins on Extism's own SDK.
package extism

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	extism "github.com/extism/go-sdk"

	"github.com/helm-wasm/helm-wasm/test/engines"
)

func plugin(t *testing.T, module []byte, config map[string]string) *extism.Plugin {
	t.Helper()
	ctx := context.Background()
	manifest := extism.Manifest{Wasm: []extism.Wasm{extism.WasmData{Data: module}}, Config: config}
	p, err := extism.NewPlugin(ctx, manifest, extism.PluginConfig{EnableWasi: true}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	return p
}

// photo draws a gradient, as large as a phone's screen.
func photo(t *testing.T) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, 1280, 720))
	for y := range 720 {
		for x := range 1280 {
			m.SetRGBA(x, y, color.RGBA{uint8(x / 5), uint8(y / 3), 128, 255})
		}
	}
	var out bytes.Buffer
	if err := png.Encode(&out, m); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestThumbnail(t *testing.T) {
	p := plugin(t, engines.Module(t, "thumbnail"), map[string]string{"WIDTH": "320"})
	in := photo(t)
	// Twice, since instances are reused.
	for range 2 {
		_, out, err := p.Call("handle", in)
		if err != nil {
			t.Fatal(err)
		}
		m, err := png.Decode(bytes.NewReader(out))
		if err != nil {
			t.Fatal(err)
		}
		if got := m.Bounds().Size(); got != image.Pt(320, 180) {
			t.Fatalf("size %v, want 320x180", got)
		}
		// The middle of the gradient, averaged.
		if got, want := color.RGBAModel.Convert(m.At(160, 90)), (color.RGBA{128, 120, 128, 255}); got != want {
			t.Errorf("middle is %v, want %v", got, want)
		}
	}
	// A failed call says why, and the instance goes on.
	_, _, err := p.Call("handle", []byte("no picture"))
	if err == nil || !strings.Contains(err.Error(), "making a thumbnail: reading the header of 10 bytes: image: unknown format") {
		t.Errorf("error %v", err)
	}
	if _, out, err := p.Call("handle", in); err != nil || len(out) == 0 {
		t.Errorf("after a failure: %d bytes, error %v", len(out), err)
	}
}

// The Go PDK's example for standard Go does its work in _start.
func TestExample(t *testing.T) {
	module, err := os.ReadFile(filepath.Join(engines.Root(), "build", "examples", "extism-countvowels.wasm"))
	if err != nil {
		t.Fatalf("%v: run `make examples` first", err)
	}
	_, out, err := plugin(t, module, nil).Call("_start", []byte(`{"input": "hello"}`))
	if want := "JSON roundtrip: a === b"; err != nil || string(out) != want {
		t.Errorf("got %s, error %v, want %s", out, err, want)
	}
}
