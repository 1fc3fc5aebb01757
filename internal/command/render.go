// SPDX-License-Identifier: Apache-2.0

package command

import (
	"errors"
	"fmt"
	"strings"

	"github.com/helm-wasm/helm-wasm/internal/text"
	"github.com/helm-wasm/helm-wasm/stack"
)

// RenderFlags returns the flags of commands that render values.
func RenderFlags() []Flag {
	return append(
		ValuesFlags(),
		Flag{Name: "release", Value: "NAME", Default: "release-name", Help: "name of the release"},
		Flag{Name: "namespace", Short: "n", Value: "NAME", Help: "namespace of the release (the default is HELM_NAMESPACE, or default)"},
		Flag{Name: "all", Help: "render the whole chart, except subcharts"},
		Flag{Name: "no-hooks", Help: "leave out Helm's hooks, for manifests that are applied without Helm"},
		Flag{Name: "kube-version", Value: "VERSION", Help: "Kubernetes version to render for"},
	)
}

// Render renders values as the command's flags say (see RenderFlags), the whole chart
// if all is set. Mistakes in the values are one error that lists them.
func (c *Call) Render(doc *stack.Document, all bool) (stack.Rendered, error) {
	if err := c.Validate(doc); err != nil {
		return stack.Rendered{}, err
	}
	opts := stack.RenderOptions{
		Release:     c.Flags.String("release"),
		Namespace:   c.Namespace(),
		KubeVersion: c.Flags.String("kube-version"),
		NoHooks:     c.Flags.Bool("no-hooks"),
	}
	if all {
		opts.Scope = stack.All
	}
	return stack.Render(doc, opts)
}

// Namespace returns the flag's namespace, or Helm's, or the default one.
func (c *Call) Namespace() string {
	if n := c.Flags.String("namespace"); n != "" {
		return n
	}
	if n := c.Getenv("HELM_NAMESPACE"); n != "" {
		return n
	}
	return "default"
}

// maxMistakes bounds a message that lists mistakes; lint shows them all.
const maxMistakes = 10

// Validate returns one error with all mistakes in the values, each with its fix.
func (c *Call) Validate(doc *stack.Document) error {
	found := stack.Validate(doc)
	if len(found) == 0 {
		return nil
	}
	var b strings.Builder
	if len(found) > maxMistakes {
		fmt.Fprintf(&b, "many mistakes in the values; `%s lint` shows more than these first %d", c.Program, maxMistakes)
		found = found[:maxMistakes]
	} else {
		b.WriteString(text.Count(len(found), "mistake", "mistakes") + " in the values")
	}
	for _, f := range found {
		b.WriteString("\n  " + f.String())
		if f.Fix != "" {
			b.WriteString("; " + f.Fix)
		}
	}
	return errors.New(b.String())
}
