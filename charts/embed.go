// SPDX-License-Identifier: Apache-2.0

// Package charts contains the wasm-keda-stack chart and its presets as files, so
// that the plugins and the Go library render the very templates that Helm
// installs. Subcharts are not included: they are third-party work that `make
// chart` unpacks, and no template needs them.
package charts

import (
	"embed"
	"io/fs"
)

//go:embed wasm-keda-stack/Chart.yaml wasm-keda-stack/values.yaml all:wasm-keda-stack/templates wasm-keda-stack/files
var stack embed.FS

//go:embed wasm-keda-stack/values.schema.json
var schema string

//go:embed presets/*.yaml
var presets embed.FS

// Stack returns the root of the wasm-keda-stack chart: Chart.yaml, values.yaml,
// templates/ and files/.
func Stack() fs.FS { return sub(stack, "wasm-keda-stack") }

// Presets returns the ready-made values files, NAME.yaml each.
func Presets() fs.FS { return sub(presets, "presets") }

// Schema returns the chart's values.schema.json. It is not part of Stack, so that
// programs that only render do not contain it.
func Schema() string { return schema }

func sub(files embed.FS, dir string) fs.FS {
	f, err := fs.Sub(files, dir)
	if err != nil {
		// The directories are compiled in: only a typo above gets here.
		panic(err)
	}
	return f
}
