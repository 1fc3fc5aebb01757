// SPDX-License-Identifier: Apache-2.0

// Package extism runs Extism plug-ins: an exported function takes an event's
// value and returns the result. Instances are reused. No host is allowed and
// no path is mounted; Extism's variables live as long as the instance.
package extism

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"

	sdk "github.com/extism/go-sdk"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/helm-wasm/helm-wasm/internal/runner/sandbox"
	"github.com/helm-wasm/helm-wasm/runner/abi"
)

// Config of a function.
type Config struct {
	Export string // the function to call
	Values map[string]string
}

// Function is a compiled plug-in.
type Function struct {
	sandbox  *sandbox.Sandbox // without runtime: the SDK has its own
	compiled *sdk.CompiledPlugin
	export   string
	logger   *slog.Logger
}

var _ abi.Function = (*Function)(nil)

func init() {
	// The SDK filters by one level for the whole process; ours is in the
	// logger, so let everything through from info on.
	sdk.SetLogLevel(sdk.LogLevelInfo)
}

// New compiles a plug-in.
func New(ctx context.Context, box sandbox.Config, wasm []byte, config Config) (*Function, error) {
	bare, runtime, err := sandbox.Bare(box)
	if err != nil {
		return nil, err
	}
	f := &Function{sandbox: bare, export: config.Export, logger: box.Logger}
	prepared, err := sandbox.Prepare(wasm)
	if err != nil {
		return nil, errors.Join(err, bare.Close(ctx))
	}
	manifest := sdk.Manifest{
		Wasm:         []sdk.Wasm{sdk.WasmData{Data: prepared}},
		Config:       config.Values,
		AllowedHosts: []string{},
	}
	// The SDK hides the instance; a listener on the functions that the host
	// calls sees it, and lets a call be interrupted.
	compile := experimental.WithFunctionListenerFactory(context.WithoutCancel(ctx), entries{config.Export})
	f.compiled, err = sdk.NewCompiledPlugin(compile, manifest, sdk.PluginConfig{RuntimeConfig: runtime, EnableWasi: true}, nil)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("loading plug-in: %w", err), bare.Close(ctx))
	}
	return f, nil
}

// Instance starts one. It fails when the export is missing.
func (f *Function) Instance(ctx context.Context) (abi.Instance, error) {
	i := &instance{fn: f, stderr: sandbox.NewLog(f.logger, "stderr")}
	i.ctx = context.WithValue(context.WithoutCancel(ctx), instanceKey{}, i)
	i.clock = f.sandbox.NewClock()
	config := sandbox.ModuleConfig(i.clock).
		WithStdout(sandbox.NewLog(f.logger, "stdout")).
		WithStderr(i.stderr)
	plugin, err := f.compiled.Instance(i.ctx, sdk.PluginInstanceConfig{ModuleConfig: config})
	if err != nil {
		return nil, fmt.Errorf("starting the plug-in: %w", err)
	}
	i.plugin = plugin
	if !plugin.FunctionExists(f.export) {
		defer i.Close(ctx)
		return nil, fmt.Errorf("the module does not export the function %q (module.function); it exports %s", f.export, exports(plugin))
	}
	plugin.SetLogger(i.log)
	return i, nil
}

// Close frees all instances.
func (f *Function) Close(ctx context.Context) error {
	return errors.Join(f.compiled.Close(ctx), f.sandbox.Close(ctx))
}

type instanceKey struct{}

type instance struct {
	fn     *Function
	plugin *sdk.Plugin
	mod    api.Module
	clock  *sandbox.Clock
	ctx    context.Context // of calls into the guest
	stderr *sandbox.Log
	broken bool
}

// Process calls the export once for each record.
func (i *instance) Process(_ context.Context, records []*kgo.Record, done abi.Done) error {
	return abi.Each(records, done, func(r *kgo.Record) ([]byte, error) { return i.call(r.Value) })
}

func (i *instance) call(value []byte) ([]byte, error) {
	i.stderr.Reset()
	// The first call starts the guest's language runtime as well; enter begins
	// the call's own time when the export is reached.
	i.clock.StartFor(i.fn.sandbox.StartLimit())
	code, out, err := i.plugin.CallWithContext(i.ctx, i.fn.export, value)
	inTime := i.clock.Stop()
	switch {
	case !inTime || i.plugin.Memory() == nil:
		i.broken = true
		return nil, i.fn.sandbox.Failure(err, inTime, i.mod, i.stderr)
	case err != nil && (code == 0 || strings.Contains(err.Error(), "wasm error:") ||
		strings.Contains(err.Error(), "(recovered by wazero)")):
		i.broken = true
		return nil, i.fn.sandbox.Failure(err, inTime, i.mod, i.stderr)
	case err != nil:
		if full, _ := i.fn.sandbox.MemoryOf(i.mod); full {
			i.broken = true
			return nil, i.fn.sandbox.Failure(err, inTime, i.mod, i.stderr)
		}
		i.broken = i.closed(err)
		return nil, &abi.Failure{Kind: abi.Guest, Message: strings.TrimSpace(err.Error())}
	case code != 0:
		return nil, &abi.Failure{Kind: abi.Guest, Message: fmt.Sprintf("%s returned %d and no error message", i.fn.export, code)}
	case len(out) > i.fn.sandbox.Limits.Output:
		return nil, &abi.Failure{
			Kind:    abi.Output,
			Message: fmt.Sprintf("the function returned %d bytes, more than limits.output (%d)", len(out), i.fn.sandbox.Limits.Output),
		}
	}
	return out, nil
}

// closed reports whether the guest exited, after which no call succeeds.
func (i *instance) closed(err error) bool {
	return strings.Contains(err.Error(), "exit_code") || (i.mod != nil && i.mod.IsClosed())
}

// log passes on the plug-in's own log lines.
func (i *instance) log(level sdk.LogLevel, text string) {
	if i.fn.logger == nil {
		return
	}
	slogLevel := map[sdk.LogLevel]slog.Level{
		sdk.LogLevelTrace: slog.LevelDebug, sdk.LogLevelDebug: slog.LevelDebug,
		sdk.LogLevelWarn: slog.LevelWarn, sdk.LogLevelError: slog.LevelError,
	}[level]
	i.fn.logger.Log(context.Background(), slogLevel, "guest: "+text, "stream", "extism")
}

// Broken reports whether the plug-in trapped or was stopped.
func (i *instance) Broken() bool { return i.broken }

// Size is the guest's memory, once its first call has shown where that is.
func (i *instance) Size() uint64 {
	if i.mod == nil || i.mod.Memory() == nil {
		return 0
	}
	return uint64(i.mod.Memory().Size())
}

// Close frees the instance.
func (i *instance) Close(ctx context.Context) error {
	i.clock.Close()
	return i.plugin.CloseWithContext(context.WithoutCancel(ctx))
}

// entries listens to the functions that the SDK calls by name.
type entries struct{ export string }

// NewFunctionListener implements experimental.FunctionListenerFactory.
func (e entries) NewFunctionListener(def api.FunctionDefinition) experimental.FunctionListener {
	for _, name := range def.ExportNames() {
		switch name {
		case e.export:
			return experimental.FunctionListenerFunc(enter)
		case "_initialize", "_start", "hs_init", "__wasm_call_ctors":
			return experimental.FunctionListenerFunc(attach)
		}
	}
	return nil
}

func attach(ctx context.Context, mod api.Module, _ api.FunctionDefinition, _ []uint64, _ experimental.StackIterator) {
	if i, ok := ctx.Value(instanceKey{}).(*instance); ok && i.mod != mod {
		i.mod = mod
		if err := i.clock.Attach(ctx, mod); err != nil {
			panic(err)
		}
	}
}

func enter(ctx context.Context, mod api.Module, def api.FunctionDefinition, params []uint64, stack experimental.StackIterator) {
	attach(ctx, mod, def, params, stack)
	if i, ok := ctx.Value(instanceKey{}).(*instance); ok {
		i.clock.Start()
	}
}

func exports(plugin *sdk.Plugin) string {
	var names []string
	for name := range plugin.Module().ExportedFunctions() {
		names = append(names, name)
	}
	if len(names) == 0 {
		return "none"
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}
