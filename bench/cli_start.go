// SPDX-License-Identifier: Apache-2.0

package main

import (
	"os"
	"path/filepath"
)

func init() {
	register("plugin size", pluginSize)
	register("plugin start", pluginStart)
}

// pluginSize measures what a user downloads and Helm compiles.
func pluginSize(e *Env) ([]Result, error) {
	info, err := os.Stat(filepath.Join(e.Root, "plugin.wasm"))
	if err != nil {
		return nil, err
	}
	r := Result{Name: "size of plugin.wasm", Ours: round(float64(info.Size()) / 1e6), Unit: "MB", Runs: 1}
	return []Result{r.atMost(9)}, nil
}

// pluginStart measures the first run, which compiles the plugin, and a later one.
func pluginStart(e *Env) ([]Result, error) {
	h, err := e.helmHome()
	if err != nil {
		return nil, err
	}
	cache := filepath.Join(e.Out, "cold-cache")
	helm := filepath.Join(e.Root, "build", "bin", "helm")
	cold := func() (float64, error) {
		if err := os.RemoveAll(cache); err != nil {
			return 0, err
		}
		return e.process(append(h.env, "HELM_CACHE_HOME="+cache), nil, helm, "wasm", "version")
	}
	first, _, err := e.compare(cold, nil)
	if err != nil {
		return nil, err
	}
	warm, bare, err := e.compare(
		func() (float64, error) { return e.helm(nil, "wasm", "version") },
		func() (float64, error) { return e.helm(nil, "version") },
	)
	if err != nil {
		return nil, err
	}
	return []Result{
		Result{Name: "`helm wasm version`, first run (compiles the plugin)", Ours: first, Unit: "s", Runs: e.Runs}.atMost(4),
		{Name: "`helm wasm version`, later runs", Ours: warm, Theirs: bare, Against: "`helm version`", Unit: "s", Runs: e.Runs},
	}, nil
}
