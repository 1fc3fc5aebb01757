// SPDX-License-Identifier: Apache-2.0

// Package native lists the commands of the native program (`helm-wasm ...`): those
// of the plugin, and those that need files, processes or the network.
package native

import (
	"context"

	"github.com/helm-wasm/helm-wasm/internal/command"
	"github.com/helm-wasm/helm-wasm/internal/command/build"
	"github.com/helm-wasm/helm-wasm/internal/command/dev"
	"github.com/helm-wasm/helm-wasm/internal/command/diff"
	"github.com/helm-wasm/helm-wasm/internal/command/explain"
	"github.com/helm-wasm/helm-wasm/internal/command/initcmd"
	"github.com/helm-wasm/helm-wasm/internal/command/inspect"
	"github.com/helm-wasm/helm-wasm/internal/command/krm"
	"github.com/helm-wasm/helm-wasm/internal/command/lint"
	"github.com/helm-wasm/helm-wasm/internal/command/packagecmd"
	"github.com/helm-wasm/helm-wasm/internal/command/plan"
	"github.com/helm-wasm/helm-wasm/internal/command/postrender"
	"github.com/helm-wasm/helm-wasm/internal/command/render"
	"github.com/helm-wasm/helm-wasm/internal/command/schema"
	"github.com/helm-wasm/helm-wasm/internal/command/version"
	"github.com/helm-wasm/helm-wasm/internal/push"
	"github.com/helm-wasm/helm-wasm/wasmbin/oci"
)

// Table returns the table of the native program.
func Table() command.Table {
	return command.Table{Commands: []command.Command{
		initcmd.Command(),
		lint.Command(),
		render.Command(),
		diff.Command(),
		postrender.NativeCommand(postrender.Overlay{Flags: build.Flags(), Apply: build.Apply}),
		schema.Command(),
		explain.Command(),
		plan.NativeCommand(),
		krm.Command(),
		inspect.Command(),
		packagecmd.NativeCommand(packagecmd.Tools{
			Push:     func(img *oci.Image) error { return push.Push(context.Background(), img) },
			Compress: push.Gzip,
		}),
		build.Command(),
		dev.Command(),
		version.Command(),
	}}
}
