// SPDX-License-Identifier: Apache-2.0

package main

import (
	"os"
	"testing"

	"github.com/proxy-wasm/proxy-wasm-go-sdk/proxywasm/proxytest"
	"github.com/proxy-wasm/proxy-wasm-go-sdk/proxywasm/types"
)

// host runs the filter as WebAssembly if PROXY_FILTER names the module, and natively
// otherwise, so that both pass the same tests.
func host(t *testing.T, config string) (proxytest.HostEmulator, types.OnPluginStartStatus) {
	t.Helper()
	vm := types.VMContext(&vmContext{})
	if path := os.Getenv("PROXY_FILTER"); path != "" {
		module, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		wasm, err := proxytest.NewWasmVMContext(module)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = wasm.Close() })
		vm = wasm
	}
	options := proxytest.NewEmulatorOption().WithVMContext(vm).WithPluginConfiguration([]byte(config))
	h, reset := proxytest.NewHostEmulator(options)
	t.Cleanup(reset)
	return h, h.StartPlugin()
}

type vmContext struct{ types.DefaultVMContext }

func (*vmContext) NewPluginContext(uint32) types.PluginContext { return &plugin{} }

func TestFilter(t *testing.T) {
	h, status := host(t, `{"prefix": "/events"}`)
	if status != types.OnPluginStartStatusOK {
		t.Fatalf("start: %v, logs %q", status, h.GetCriticalLogs())
	}
	tests := []struct {
		name, method, path, contentType string
		want                            uint32 // of the filter's own answer
	}{
		{"event", "POST", "/events", "application/json", 0},
		{"cloud event", "POST", "/events/orders", "Application/CloudEvents+JSON; charset=utf-8", 0},
		{"probe", "GET", "/events", "", 0},
		{"another path", "DELETE", "/admin", "text/plain", 0},
		{"method", "PUT", "/events", "application/json", 405},
		{"type", "POST", "/events", "application/jsonp", 415},
		{"no type", "POST", "/events", "", 415},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			id := h.InitializeHttpContext()
			headers := [][2]string{{":method", tc.method}, {":path", tc.path}}
			if tc.contentType != "" {
				headers = append(headers, [2]string{"content-type", tc.contentType})
			}
			action := h.CallOnRequestHeaders(id, headers, false)
			var got uint32
			if response := h.GetSentLocalResponse(id); response != nil {
				got = response.StatusCode
			}
			if got != tc.want || (action == types.ActionContinue) != (tc.want == 0) {
				t.Errorf("answer %d, action %v, want %d", got, action, tc.want)
			}
		})
	}
	for name, want := range map[string]uint64{"wasm_filter_events_accepted": 2, "wasm_filter_events_refused": 3} {
		if got, err := h.GetCounterMetric(name); err != nil || got != want {
			t.Errorf("%s is %d, error %v, want %d", name, got, err, want)
		}
	}
}

func TestBadConfiguration(t *testing.T) {
	for config, want := range map[string]string{
		`{"prefix": "events"}`: `parsing pluginConfig: prefix is "events", want a path that starts with /`,
		`{`:                    "parsing pluginConfig: unexpected end of JSON input",
	} {
		// Each needs a subtest, since the emulator allows one host at a time.
		t.Run(config, func(t *testing.T) {
			h, status := host(t, config)
			if logs := h.GetCriticalLogs(); status != types.OnPluginStartStatusFailed || len(logs) != 1 || logs[0] != want {
				t.Errorf("start: %v, logs %q, want %q", status, logs, want)
			}
		})
	}
}
