// SPDX-License-Identifier: Apache-2.0

// Package getter answers the wasm:// addresses of the wasm-getter plugin from
// what is embedded in it: the packaged chart, a repository index for it, and
// presets of values. It is pure: the same address gives the same bytes, on
// every machine and without a network.
//
//	wasm://charts/stack                        the chart
//	wasm://charts/stack-VERSION                the chart, if it has that version
//	wasm://charts/wasm-keda-stack-VERSION.tgz  the same, under its file name
//	wasm://charts/index.yaml                   a repository index for `helm repo add`
//	wasm://presets/NAME.yaml                   values for `helm install -f`
package getter

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"sort"
	"strings"

	"github.com/helm-wasm/helm-wasm/internal/suggest"
)

// ChartName is the name of the embedded chart; Alias is what users type.
const (
	ChartName = "wasm-keda-stack"
	Alias     = "stack"
)

// Assets are the files that addresses lead to.
type Assets struct {
	// Charts has one packaged chart, wasm-keda-stack-VERSION.tgz.
	Charts fs.FS

	// Presets has values files, NAME.yaml.
	Presets fs.FS
}

// Get returns the content of a wasm:// address. For an unknown address the error
// lists the known ones.
func (a Assets) Get(href string) ([]byte, error) {
	name, ok := strings.CutPrefix(href, "wasm://")
	if !ok {
		return nil, fmt.Errorf("%q is not a wasm:// address", href)
	}
	if file, asked := strings.CutSuffix(name, ".prov"); asked {
		return nil, fmt.Errorf("wasm://%s has no provenance file: it is part of the wasm-getter plugin, "+
			"whose signature Helm checked when it was installed; leave --verify out", file)
	}
	// Helm resolves relative addresses of charts against that of the index, and
	// people type double and trailing slashes.
	switch dir, file := path.Split(path.Clean(name)); dir {
	case "charts/":
		return a.chart(file)
	case "presets/":
		return a.preset(file)
	}
	return nil, a.unknown(href)
}

// chart answers wasm://charts/FILE.
func (a Assets) chart(file string) ([]byte, error) {
	pkg, version, err := a.packaged()
	if err != nil {
		return nil, err
	}
	switch file {
	case "index.yaml":
		return index(pkg, version)
	case Alias, Alias + "-" + version, Alias + "-" + version + ".tgz",
		ChartName, ChartName + "-" + version, ChartName + "-" + version + ".tgz":
		return pkg, nil
	}
	for _, prefix := range []string{ChartName + "-", Alias + "-"} {
		if asked, ok := strings.CutPrefix(strings.TrimSuffix(file, ".tgz"), prefix); ok {
			return nil, fmt.Errorf("this wasm-getter plugin carries version %s of the chart, not %s: "+
				"ask for wasm://charts/%s, or install version %s of the plugin", version, asked, Alias, asked)
		}
	}
	return nil, a.unknown("wasm://charts/" + file)
}

// packaged returns the embedded chart and its version.
func (a Assets) packaged() (pkg []byte, version string, err error) {
	files, err := fs.Glob(a.Charts, ChartName+"-*.tgz")
	if err != nil {
		return nil, "", fmt.Errorf("listing the embedded charts: %w", err)
	}
	if len(files) != 1 {
		return nil, "", fmt.Errorf("the plugin was built with %d charts instead of one: build it with `make build`", len(files))
	}
	version = strings.TrimSuffix(strings.TrimPrefix(files[0], ChartName+"-"), ".tgz")
	pkg, err = fs.ReadFile(a.Charts, files[0])
	if err != nil {
		return nil, "", fmt.Errorf("reading the embedded chart: %w", err)
	}
	return pkg, version, nil
}

// preset answers wasm://presets/FILE.
func (a Assets) preset(file string) ([]byte, error) {
	data, err := fs.ReadFile(a.Presets, file)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrInvalid) {
		return nil, a.unknown("wasm://presets/" + file)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the embedded preset: %w", err)
	}
	return data, nil
}

// Addresses lists all addresses, without the aliases that have a version.
func (a Assets) Addresses() []string {
	list := []string{"wasm://charts/" + Alias}
	if _, version, err := a.packaged(); err == nil {
		list = append(list, "wasm://charts/"+ChartName+"-"+version+".tgz", "wasm://charts/index.yaml")
	}
	presets, err := fs.Glob(a.Presets, "*.yaml")
	if err != nil {
		return list
	}
	sort.Strings(presets)
	for _, p := range presets {
		list = append(list, "wasm://presets/"+p)
	}
	return list
}

// unknown returns the error for an address with nothing behind it.
func (a Assets) unknown(href string) error {
	list := a.Addresses()
	hint := ""
	if best := suggest.Nearest(href, list); best != "" {
		hint = fmt.Sprintf(" (did you mean %s?)", best)
	}
	return fmt.Errorf("nothing at %s%s; there is: %s", href, hint, strings.Join(list, " "))
}
