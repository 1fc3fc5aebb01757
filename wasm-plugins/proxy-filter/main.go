// SPDX-License-Identifier: Apache-2.0

// Command proxy-filter is a Proxy-Wasm filter for Istio's proxies: on paths that
// accept events it lets CloudEvents and JSON through, answers everything else
// itself, and counts both.
package main

import (
	"fmt"
	"net/http"

	"github.com/proxy-wasm/proxy-wasm-go-sdk/proxywasm"
	"github.com/proxy-wasm/proxy-wasm-go-sdk/proxywasm/types"
)

func main() {}

func init() {
	proxywasm.SetPluginContext(func(uint32) types.PluginContext { return &plugin{} })
}

// plugin is one configured filter in one worker.
type plugin struct {
	types.DefaultPluginContext
	gate              Gate
	accepted, refused proxywasm.MetricCounter
}

// OnPluginStart refuses a bad configuration, which Istio then reports.
func (p *plugin) OnPluginStart(int) types.OnPluginStartStatus {
	config, err := proxywasm.GetPluginConfiguration()
	if err != nil && err != types.ErrorStatusNotFound {
		proxywasm.LogCriticalf("reading the configuration: %v", err)
		return types.OnPluginStartStatusFailed
	}
	if p.gate, err = ParseGate(config); err != nil {
		proxywasm.LogCritical(err.Error())
		return types.OnPluginStartStatusFailed
	}
	p.accepted = proxywasm.DefineCounterMetric("wasm_filter_events_accepted")
	p.refused = proxywasm.DefineCounterMetric("wasm_filter_events_refused")
	return types.OnPluginStartStatusOK
}

// NewHttpContext returns the state of one request.
func (p *plugin) NewHttpContext(uint32) types.HttpContext { return &request{plugin: p} }

type request struct {
	types.DefaultHttpContext
	plugin *plugin
}

// OnHttpRequestHeaders decides before any body is read.
func (r *request) OnHttpRequestHeaders(int, bool) types.Action {
	header := func(name string) string {
		value, err := proxywasm.GetHttpRequestHeader(name)
		if err != nil {
			return ""
		}
		return value
	}
	status, reason := r.plugin.gate.Decide(header(":method"), header(":path"), header("content-type"))
	switch status {
	case 0:
		return types.ActionContinue
	case http.StatusOK:
		r.plugin.accepted.Increment(1)
		return types.ActionContinue
	}
	r.plugin.refused.Increment(1)
	body := fmt.Sprintf(`{"error":%q}`, reason)
	if err := proxywasm.SendHttpResponse(uint32(status), [][2]string{{"content-type", "application/json"}}, []byte(body), -1); err != nil {
		proxywasm.LogErrorf("answering %d: %v", status, err)
	}
	return types.ActionPause
}
