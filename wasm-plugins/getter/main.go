// SPDX-License-Identifier: Apache-2.0

//go:build wasip1

// Command getter is the entry point of the `wasm-getter` plugin for Helm 4: it
// passes Helm's request to internal/getter and returns the answer.
package main

import (
	"embed"
	"fmt"
	"io/fs"

	"github.com/extism/go-pdk"

	"github.com/helm-wasm/helm-wasm/charts"
	"github.com/helm-wasm/helm-wasm/internal/getter"
)

// assets contains the packaged chart, which the build puts there.
//
//go:embed all:assets
var assets embed.FS

// helmPluginMain answers one address. Helm expects JSON with the data in base64.
//
//go:wasmexport helm_plugin_main
func helmPluginMain() (code uint32) {
	defer func() {
		if r := recover(); r != nil {
			pdk.SetErrorString(fmt.Sprintf("this is a bug in wasm-getter: %v", r))
			code = 1
		}
	}()
	var in struct {
		Href string `json:"href"`
	}
	var out struct {
		Data []byte `json:"data"`
	}
	err := pdk.InputJSON(&in)
	if err == nil {
		out.Data, err = answer(in.Href)
	}
	if err == nil {
		err = pdk.OutputJSON(out)
	}
	if err != nil {
		pdk.SetError(err)
		return 1
	}
	return 0
}

func answer(href string) ([]byte, error) {
	packaged, err := fs.Sub(assets, "assets")
	if err != nil {
		return nil, err
	}
	return getter.Assets{Charts: packaged, Presets: charts.Presets()}.Get(href)
}

func main() {}
