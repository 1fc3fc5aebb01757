// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"github.com/helm-wasm/helm-wasm/internal/command"
	"github.com/helm-wasm/helm-wasm/internal/command/explain"
	"github.com/helm-wasm/helm-wasm/internal/command/initcmd"
	"github.com/helm-wasm/helm-wasm/internal/command/inspect"
	"github.com/helm-wasm/helm-wasm/internal/command/krm"
	"github.com/helm-wasm/helm-wasm/internal/command/lint"
	"github.com/helm-wasm/helm-wasm/internal/command/packagecmd"
	"github.com/helm-wasm/helm-wasm/internal/command/postrender"
	"github.com/helm-wasm/helm-wasm/internal/command/render"
	"github.com/helm-wasm/helm-wasm/internal/command/schema"
	"github.com/helm-wasm/helm-wasm/internal/command/version"
)

// Plugin returns the table of the plugin.
func Plugin() command.Table {
	return command.Table{
		Commands: []command.Command{
			initcmd.Command(),
			lint.Command(),
			render.Command(),
			postrender.Command(),
			schema.Command(),
			explain.Command(),
			krm.Command(),
			inspect.Command(),
			packagecmd.Command(),
			version.Command(),
		},
		NativeOnly: []string{"diff", "plan", "build", "dev"},
	}
}
