// SPDX-License-Identifier: Apache-2.0

package deadline

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

// specDir returns the directory of the specification's test modules, which come with
// wazero's source code.
func specDir(t *testing.T) string {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/tetratelabs/wazero").Output()
	if err != nil {
		t.Fatalf("looking for wazero's source code: %v", err)
	}
	return filepath.Join(strings.TrimSpace(string(out)), "internal", "integration_test", "spectest")
}

// specScript is a test script as wast2json converts it.
type specScript struct {
	Commands []struct {
		Type     string `json:"type"`
		Line     int    `json:"line"`
		Filename string `json:"filename"`
		Action   struct {
			Type   string `json:"type"`
			Module string `json:"module"`
			Field  string `json:"field"`
			Args   []struct {
				Type  string          `json:"type"`
				Value json.RawMessage `json:"value"`
			} `json:"args"`
		} `json:"action"`
	} `json:"commands"`
}

// TestSpec runs every script of the specification on the original and on the
// instrumented modules: both accept the same modules, and every call returns
// the same or traps the same.
func TestSpec(t *testing.T) {
	dir := specDir(t)
	scripts, err := filepath.Glob(filepath.Join(dir, "*", "testdata", "*.json"))
	if err != nil || len(scripts) < 100 {
		t.Fatalf("found %d scripts in %s, %v", len(scripts), dir, err)
	}
	prelude, err := os.ReadFile(filepath.Join(dir, "testdata", "spectest.wasm"))
	if err != nil {
		t.Fatal(err)
	}
	var all specCounts
	t.Run("scripts", func(t *testing.T) {
		for i, path := range scripts {
			if i%slower != 0 {
				continue
			}
			t.Run(strings.TrimSuffix(strings.TrimPrefix(path, dir+"/"), ".json"), func(t *testing.T) {
				t.Parallel()
				runScript(t, path, prelude, &all)
			})
		}
	})
	modules, rejected, calls := all.modules.Load(), all.rejected.Load(), all.calls.Load()
	t.Logf("%d scripts, %d modules (%d rejected by both), %d calls", len(scripts), modules, rejected, calls)
	if thin := int64(slower * min(slower, 4)); modules < 5000/thin || rejected < 1000/thin || calls < 10000/thin {
		t.Error("the scripts contain less than they should")
	}
}

// specCounts says how much was compared.
type specCounts struct{ modules, rejected, calls atomic.Int64 }

// runScript runs one script on the original and on the instrumented modules.
func runScript(t *testing.T, path string, prelude []byte, all *specCounts) {
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var script specScript
	if err := json.Unmarshal(data, &script); err != nil {
		t.Fatal(err)
	}
	both := [2]*specRun{newSpecRun(t, prelude), newSpecRun(t, prelude)}
	for _, c := range script.Commands {
		switch {
		case strings.HasSuffix(c.Filename, ".wasm"):
			wasm, err := os.ReadFile(filepath.Join(filepath.Dir(path), c.Filename))
			if err != nil {
				t.Fatal(err)
			}
			all.modules.Add(1)
			plain, instrumented := both[0].load(wasm), error(nil)
			if out, err := Instrument(wasm); err != nil {
				instrumented = err
				both[1].current = nil
			} else {
				instrumented = both[1].load(out)
			}
			if (plain == nil) != (instrumented == nil) {
				t.Errorf("line %d: %s: plain: %v, instrumented: %v", c.Line, c.Filename, plain, instrumented)
			}
			if plain != nil {
				all.rejected.Add(1)
			}
		case c.Action.Type == "invoke" && c.Action.Module == "" && both[0].current != nil && both[1].current != nil:
			args, ok := specArgs(c.Action.Args)
			if !ok {
				continue
			}
			all.calls.Add(1)
			plain, instrumented := both[0].call(c.Action.Field, args), both[1].call(c.Action.Field, args)
			if plain != instrumented {
				t.Errorf("line %d: %s: plain: %s, instrumented: %s", c.Line, c.Action.Field, plain, instrumented)
			}
		}
	}
}

func specArgs[T ~[]struct {
	Type  string          `json:"type"`
	Value json.RawMessage `json:"value"`
}](args T) (out []uint64, ok bool) {
	for _, a := range args {
		text := strings.Trim(string(a.Value), `"`)
		v, err := strconv.ParseUint(text, 10, 64)
		if err != nil { // vectors, null references
			return nil, false
		}
		out = append(out, v)
	}
	return out, true
}

type specRun struct {
	runtime wazero.Runtime
	current api.Module
}

func newSpecRun(t *testing.T, prelude []byte) *specRun {
	ctx := context.Background()
	r := &specRun{runtime: wazero.NewRuntimeWithConfig(ctx, config())}
	t.Cleanup(func() { r.runtime.Close(ctx) })
	if _, err := r.runtime.InstantiateWithConfig(ctx, prelude, wazero.NewModuleConfig().WithName("spectest")); err != nil {
		t.Fatal(err)
	}
	return r
}

// load compiles and instantiates a module, and runs its start function.
func (r *specRun) load(wasm []byte) error {
	ctx := context.Background()
	r.current = nil
	mod, err := r.runtime.InstantiateWithConfig(ctx, wasm, moduleConfig())
	if err != nil {
		return err
	}
	if start := mod.ExportedFunction(startExport); start != nil {
		if _, err := start.Call(ctx); err != nil {
			return err
		}
	}
	r.current = mod
	return nil
}

// call returns what a call did: its results, or the kind of its trap.
func (r *specRun) call(name string, args []uint64) string {
	f := r.current.ExportedFunction(name)
	if f == nil {
		return "no such function"
	}
	results, err := f.Call(context.Background(), args...)
	if err != nil {
		first, _, _ := strings.Cut(err.Error(), "\n")
		return first
	}
	types := f.Definition().ResultTypes()
	for i, t := range types {
		switch t {
		case api.ValueTypeI32, api.ValueTypeI64, api.ValueTypeF32, api.ValueTypeF64:
		default:
			if len(results) == len(types) {
				results[i] = min(results[i], 1) // an address: null or not
			}
		}
	}
	return fmt.Sprint(results)
}
