// SPDX-License-Identifier: Apache-2.0

// Package wasi runs WASI preview 1 commands: an event's value on stdin, the
// result on stdout, exit code 0. Every event gets a fresh instance, so that
// nothing is left from one to the next; empty output drops the event.
package wasi

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/sys"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/helm-wasm/helm-wasm/internal/runner/sandbox"
	"github.com/helm-wasm/helm-wasm/runner/abi"
)

// Config of a function.
type Config struct {
	Env map[string]string
}

// Function is a compiled command. It is its own instance, since nothing
// outlives an event.
type Function struct {
	sandbox *sandbox.Sandbox
	module  wazero.CompiledModule
	config  Config
}

var (
	_ abi.Function = (*Function)(nil)
	_ abi.Instance = instance{}
)

// New compiles a command. It closes the sandbox when it fails, and owns it
// when it does not.
func New(ctx context.Context, box *sandbox.Sandbox, wasm []byte, config Config) (*Function, error) {
	module, err := box.Compile(ctx, wasm)
	if err == nil {
		err = box.CheckImports(module)
	}
	if err == nil && module.ExportedFunctions()["_start"] == nil {
		err = errors.New("the module has no export _start: build a command (Go: GOOS=wasip1 without -buildmode=c-shared; " +
			"Rust: a binary crate for wasm32-wasip1)")
	}
	if err != nil {
		return nil, fmt.Errorf("loading command: %w", errors.Join(err, box.Close(ctx)))
	}
	return &Function{sandbox: box, module: module, config: config}, nil
}

// Instance is cheap: the guest's own is made for each event.
func (f *Function) Instance(context.Context) (abi.Instance, error) { return instance{f}, nil }

// Close frees the compiled code.
func (f *Function) Close(ctx context.Context) error { return f.sandbox.Close(ctx) }

type instance struct{ f *Function }

// Process runs the command once for each record.
func (i instance) Process(ctx context.Context, records []*kgo.Record, done abi.Done) error {
	return abi.Each(records, done, func(r *kgo.Record) ([]byte, error) { return i.f.run(ctx, r) })
}

// Broken always returns false.
func (i instance) Broken() bool { return false }

// Close has nothing to free.
func (i instance) Close(context.Context) error { return nil }

func (f *Function) run(ctx context.Context, record *kgo.Record) ([]byte, error) {
	stdout := &sandbox.Buffer{Limit: f.sandbox.Limits.Output}
	stderr := sandbox.NewLog(f.sandbox.Logger, "stderr")
	ctx = context.WithoutCancel(ctx)
	clock := f.sandbox.NewClock()
	defer clock.Close()

	config := sandbox.ModuleConfig(clock).
		WithArgs("function").
		WithStdin(bytes.NewReader(record.Value)).
		WithStdout(stdout).
		WithStderr(stderr).
		WithEnv("KAFKA_TOPIC", record.Topic).
		WithEnv("KAFKA_PARTITION", strconv.Itoa(int(record.Partition))).
		WithEnv("KAFKA_OFFSET", strconv.FormatInt(record.Offset, 10))
	if key := string(record.Key); !bytes.ContainsRune(record.Key, 0) {
		config = config.WithEnv("KAFKA_KEY", key)
	}
	for name, value := range f.config.Env {
		config = config.WithEnv(name, value)
	}
	mod, err := f.sandbox.Runtime.InstantiateModule(ctx, f.module, config)
	if err != nil {
		return nil, f.sandbox.Failure(err, true, nil, stderr)
	}
	defer mod.Close(ctx)
	clock.Start()
	if err := clock.Attach(ctx, mod); err != nil {
		return nil, f.sandbox.Failure(err, clock.Stop(), mod, stderr)
	}
	_, err = mod.ExportedFunction("_start").Call(ctx)
	inTime := clock.Stop()
	var exit *sys.ExitError
	if inTime && errors.As(err, &exit) && exit.ExitCode() == 0 {
		err = nil
	}
	if stdout.Exceeded {
		return nil, &abi.Failure{
			Kind:    abi.Output,
			Message: fmt.Sprintf("the function wrote more than limits.output (%d bytes)", f.sandbox.Limits.Output),
		}
	}
	if err != nil || !inTime {
		return nil, f.sandbox.Failure(err, inTime, mod, stderr)
	}
	return stdout.Bytes(), nil
}
