// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/helm-wasm/helm-wasm/internal/jsonout"
	"github.com/helm-wasm/helm-wasm/stack"
)

func renderCommand() Command {
	return Command{
		Name:  "render",
		Short: "print the manifests of functions and workloads",
		Long: `Print the Kubernetes manifests of the functions and workloads in the values: the
same bytes that Helm renders from the chart, without the chart's other parts.
With --all, everything of the chart's own (Kafka, topics, runtimes, hooks), but
no subchart: for KEDA's objects use ` + "`helm template NAME wasm://charts/stack`" + `.`,
		Example: `{} render < stack.yaml
{} render --release shop --namespace prod --set functions.hello.scaling.maxReplicas=3 < stack.yaml
{} render -o names < stack.yaml`,
		Flags: append(
			renderFlags(),
			Flag{Name: "output", Short: "o", Value: "FORMAT", Enum: []string{"yaml", "json", "names"}, Default: "yaml", Help: "yaml, json (one List) or names"},
		),
		Run: runRender,
	}
}

// renderFlags are the flags of commands that render values.
func renderFlags() []Flag {
	return append(
		valuesFlags(),
		Flag{Name: "release", Value: "NAME", Default: "release-name", Help: "name of the release"},
		Flag{Name: "namespace", Short: "n", Value: "NAME", Help: "namespace of the release; else HELM_NAMESPACE, else default"},
		Flag{Name: "all", Help: "render all of the chart, subcharts excepted"},
		Flag{Name: "no-hooks", Help: "leave out Helm's hooks: for manifests that are applied without Helm"},
		Flag{Name: "kube-version", Value: "VERSION", Help: "Kubernetes version to render for"},
	)
}

func runRender(c *Call) error {
	doc, err := c.document()
	if err != nil {
		return err
	}
	rendered, err := c.Render(doc, c.Flags.Bool("all"))
	if err != nil {
		return err
	}
	switch c.Flags.String("output") {
	case "names":
		for _, name := range rendered.Names() {
			if _, err := fmt.Fprintln(c.Out, name); err != nil {
				return err
			}
		}
		return nil
	case "json":
		data, err := rendered.JSON()
		if err != nil {
			return err
		}
		_, err = c.Out.Write(append(jsonout.Indent(nil, data), '\n'))
		return err
	}
	_, err = io.WriteString(c.Out, rendered.Manifests())
	return err
}

// Render renders values by the command's flags.
func (c *Call) Render(doc *stack.Document, all bool) (stack.Rendered, error) {
	if found := stack.Validate(doc); len(found) > 0 {
		return stack.Rendered{}, problems(c, found)
	}
	opts := stack.RenderOptions{
		Release:     c.Flags.String("release"),
		Namespace:   c.namespace(),
		KubeVersion: c.Flags.String("kube-version"),
		NoHooks:     c.Flags.Bool("no-hooks"),
	}
	if all {
		opts.Scope = stack.All
	}
	return stack.Render(doc, opts)
}

// namespace is the flag's, or Helm's, or the default one.
func (c *Call) namespace() string {
	if n := c.Flags.String("namespace"); n != "" {
		return n
	}
	if n := c.getenv("HELM_NAMESPACE"); n != "" {
		return n
	}
	return "default"
}

// maxProblems bounds a message that lists problems; lint shows them all.
const maxProblems = 10

// problems is one message of all findings, each with its fix.
func problems(c *Call, found stack.Findings) error {
	var b strings.Builder
	if len(found) > maxProblems {
		fmt.Fprintf(&b, "many mistakes in the values; `%s lint` shows more than these first %d", c.Program, maxProblems)
		found = found[:maxProblems]
	} else {
		b.WriteString(count(len(found), "mistake", "mistakes") + " in the values")
	}
	for _, f := range found {
		b.WriteString("\n  " + f.String())
		if f.Fix != "" {
			b.WriteString("; " + f.Fix)
		}
	}
	return errors.New(b.String())
}

// count is a number with its noun.
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
