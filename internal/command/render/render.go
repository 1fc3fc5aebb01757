// SPDX-License-Identifier: Apache-2.0

package render

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	"github.com/helm-wasm/helm-wasm/internal/command"
)

// Command returns `helm wasm render`.
func Command() command.Command {
	return command.Command{
		Name:  "render",
		Short: "print the manifests of functions and workloads",
		Long: `Print the Kubernetes manifests of the functions and workloads in the values: the
same bytes that Helm renders from the chart, without the chart's other parts.
With --all, print everything else of the chart too (Kafka, topics, runtimes,
hooks), but no subchart: for KEDA's objects use ` + "`helm template NAME wasm://charts/stack`" + `.`,
		Example: `{} render < stack.yaml
{} render --release shop --namespace prod --set functions.hello.scaling.maxReplicas=3 < stack.yaml
{} render -o names < stack.yaml`,
		Flags: append(
			command.RenderFlags(),
			command.Flag{
				Name: "output", Short: "o", Value: "FORMAT", Enum: []string{"yaml", "json", "names"}, Default: "yaml",
				Help: "yaml, json (one List) or names",
			},
		),
		Run: run,
	}
}

func run(c *command.Call) error {
	doc, err := c.Values()
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
		var out bytes.Buffer
		if err := json.Indent(&out, data, "", "  "); err != nil {
			return fmt.Errorf("indenting JSON: %w", err)
		}
		out.WriteByte('\n')
		_, err = out.WriteTo(c.Out)
		return err
	}
	_, err = io.WriteString(c.Out, rendered.Manifests())
	return err
}
