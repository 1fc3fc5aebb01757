// SPDX-License-Identifier: Apache-2.0

// Package redpanda runs transforms written for the Redpanda Data Transforms
// ABI, versions 1 and 2, on any Kafka. It is the fast path: the guest's
// _start stays in a loop that reads records from the host and writes records
// to it, so that a record costs four calls across the boundary and no start.
//
// As in Redpanda, the guest's wall clock is the timestamp of the record it
// reads, so that processing a record again gives the same result.
package redpanda

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"

	"github.com/tetratelabs/wazero"

	"github.com/helm-wasm/helm-wasm/internal/runner/sandbox"
	"github.com/helm-wasm/helm-wasm/runner/abi"
)

// Config of a function.
type Config struct {
	InputTopic   string
	OutputTopics []string // the first is the default; none drops what the guest writes
	Env          map[string]string
}

// Function is a compiled transform.
type Function struct {
	sandbox  *sandbox.Sandbox
	module   wazero.CompiledModule
	config   Config
	registry atomic.Bool // the guest was told that there is no schema registry
}

var _ abi.Function = (*Function)(nil)

// New compiles a transform. It closes the sandbox when it fails, and owns it
// when it does not.
func New(ctx context.Context, box *sandbox.Sandbox, wasm []byte, config Config) (*Function, error) {
	f := &Function{sandbox: box, config: config}
	err := f.compile(ctx, wasm)
	if err != nil {
		return nil, fmt.Errorf("loading transform: %w", errors.Join(err, box.Close(ctx)))
	}
	return f, nil
}

func (f *Function) compile(ctx context.Context, wasm []byte) error {
	if err := f.provide(ctx); err != nil {
		return err
	}
	module, err := f.sandbox.Compile(ctx, wasm)
	if err != nil {
		return err
	}
	if _, ok := module.ExportedFunctions()["_start"]; !ok {
		return fmt.Errorf("the module has no export _start: a transform is a WASI command (Go: GOOS=wasip1 without " +
			"-buildmode=c-shared; Rust: a binary crate)")
	}
	if err := f.sandbox.CheckImports(module); err != nil {
		return err
	}
	f.module = module
	return nil
}

// allowed reports whether the guest may write to a topic by name.
func (f *Function) allowed(topic string) bool { return slices.Contains(f.config.OutputTopics, topic) }

// Close frees all instances.
func (f *Function) Close(ctx context.Context) error { return f.sandbox.Close(ctx) }
