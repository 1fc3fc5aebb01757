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
	"testing"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

// specDir holds the specification's test modules, which come with wazero's
// source code.
func specDir(t *testing.T) string {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/tetratelabs/wazero").Output()
	if err != nil {
		t.Fatalf("looking for wazero's source code: %v", err)
	}
	return filepath.Join(strings.TrimSpace(string(out)), "internal", "integration_test", "spectest")
}

// specScript is what wast2json makes of a test script.
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
// instrumented modules: what one accepts the other does, and every call
// returns the same or traps the same.
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
	var modules, rejected, calls int
	for i, path := range scripts {
		if i%slower != 0 {
			continue
		}
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var script specScript
		if err := json.Unmarshal(data, &script); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		both := [2]*specRun{newSpecRun(t, prelude), newSpecRun(t, prelude)}
		for _, c := range script.Commands {
			where := fmt.Sprintf("%s:%d", strings.TrimPrefix(path, dir), c.Line)
			switch {
			case strings.HasSuffix(c.Filename, ".wasm"):
				wasm, err := os.ReadFile(filepath.Join(filepath.Dir(path), c.Filename))
				if err != nil {
					t.Fatal(err)
				}
				modules++
				plain, instrumented := both[0].load(wasm), error(nil)
				if out, err := Instrument(wasm); err != nil {
					instrumented = err
					both[1].current = nil
				} else {
					instrumented = both[1].load(out)
				}
				if (plain == nil) != (instrumented == nil) {
					t.Errorf("%s: %s: plain: %v, instrumented: %v", where, c.Filename, plain, instrumented)
				}
				if plain != nil {
					rejected++
				}
			case c.Action.Type == "invoke" && c.Action.Module == "" && both[0].current != nil && both[1].current != nil:
				args, ok := specArgs(c.Action.Args)
				if !ok {
					continue
				}
				calls++
				if plain, instrumented := both[0].call(c.Action.Field, args), both[1].call(c.Action.Field, args); plain != instrumented {
					t.Errorf("%s: %s: plain: %s, instrumented: %s", where, c.Action.Field, plain, instrumented)
				}
			}
		}
		both[0].close()
		both[1].close()
	}
	t.Logf("%d scripts, %d modules (%d rejected by both), %d calls", len(scripts), modules, rejected, calls)
	if thin := slower * min(slower, 4); modules < 5000/thin || rejected < 1000/thin || calls < 10000/thin {
		t.Error("the scripts hold less than they should")
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
	r := &specRun{runtime: wazero.NewRuntimeWithConfig(context.Background(), config())}
	if _, err := r.runtime.InstantiateWithConfig(context.Background(), prelude, wazero.NewModuleConfig().WithName("spectest")); err != nil {
		t.Fatal(err)
	}
	return r
}

func (r *specRun) close() { r.runtime.Close(context.Background()) }

// load compiles and instantiates, the start function included.
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

// call says what a call did: its results, or the kind of its trap.
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
	for i, t := range f.Definition().ResultTypes() {
		if t != api.ValueTypeI32 && t != api.ValueTypeI64 && t != api.ValueTypeF32 && t != api.ValueTypeF64 && len(results) == len(f.Definition().ResultTypes()) {
			results[i] = min(results[i], 1) // an address: null or not
		}
	}
	return fmt.Sprint(results)
}
