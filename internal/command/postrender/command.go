// SPDX-License-Identifier: Apache-2.0

package postrender

import (
	"github.com/helm-wasm/helm-wasm/internal/command"
	"github.com/helm-wasm/helm-wasm/stack"
)

// forHelm makes a failure a manifest that Helm refuses.
const forHelm = "for-helm"

// Overlay is what the native program has for --overlay.
type Overlay struct {
	// Flags that say what an overlay may do.
	Flags []command.Flag

	// Apply lets the kustomization in a directory change manifests.
	Apply func(c *command.Call, stream []byte, dir string) ([]byte, error)
}

// Command returns `helm wasm post-render`.
func Command() command.Command { return build(nil) }

// NativeCommand returns `helm-wasm post-render`, which also takes files of values, and
// an overlay.
func NativeCommand(overlay Overlay) command.Command { return build(&overlay) }

func build(overlay *Overlay) command.Command {
	flags := []command.Flag{
		{Name: "set", Value: "KEY=VALUE", Repeat: true, Help: "set a value below kafka or defaults, for all workloads; may be repeated"},
		{Name: "set-string", Value: "KEY=VALUE", Repeat: true, Help: "set a value that stays a string"},
	}
	if overlay != nil {
		flags = append(
			flags,
			command.Flag{
				Name: "values", Short: "f", Value: "FILE", Repeat: true,
				Help: "values file with kafka and defaults for all workloads; may be repeated, later ones win",
			},
			command.Flag{
				Name: "overlay", Value: "DIR",
				Help: "then let the kustomization in DIR change the result, as if the manifests were in its resources",
			},
		)
	}
	flags = append(flags,
		command.Flag{
			Name: forHelm,
			Help: "on failure print a manifest that makes Helm fail with the reason, which it would not show otherwise",
		})
	if overlay != nil {
		flags = append(flags, overlay.Flags...)
	}
	return command.Command{
		Name:  "post-render",
		Short: "add scaling to the annotated Deployments of any chart",
		Long: `Add to manifests on standard input the ScaledObject and TriggerAuthentication of
each Deployment and StatefulSet that has annotations helm-wasm.dev/PATH: a path
below workloads.NAME or kafka of the values, and its value. Everything else
comes out byte for byte. spec.replicas of what is scaled is left out, unless
helm-wasm.dev/keep-replicas is "true".

Set values that all workloads share with --set, as kafka.* and defaults.*;
annotations win over them.

The plugin wasm-post-renderer makes it a post-renderer of Helm. docs/POST-RENDER.md
lists the annotations.`,
		Example: `helm template shop some/chart | {} post-render
helm template shop some/chart | {} post-render --set 'kafka.bootstrapServers={kafka:9092}'
helm install shop some/chart --post-renderer wasm-post-renderer`,
		Flags:  flags,
		Run:    func(c *command.Call) error { return call(c, overlay) },
		Failed: refused,
	}
}

func call(c *command.Call, overlay *Overlay) error {
	values, err := sharedValues(c)
	if err != nil {
		return err
	}
	stream, err := c.ReadStdin("manifests", MaxBytes)
	if err != nil {
		return err
	}
	out, err := Run(stream, Options{Values: values})
	if err != nil {
		return err
	}
	if dir := c.Flags.String("overlay"); dir != "" {
		if out, err = overlay.Apply(c, out, dir); err != nil {
			return err
		}
	}
	_, err = c.Out.Write(out)
	return err
}

// sharedValues returns the values for all workloads.
func sharedValues(c *command.Call) (*stack.Document, error) {
	doc, err := stack.Parse("values", []byte("{}\n"))
	if err != nil {
		return nil, err
	}
	for _, name := range c.Flags.Strings("values") {
		data, err := c.Read(name, "values", stack.MaxBytes)
		if err != nil {
			return nil, err
		}
		more, err := stack.Parse(name, data)
		if err != nil {
			return nil, err
		}
		doc = stack.Merge(doc, more)
	}
	return doc, c.SetValues(doc)
}

// refused turns a failure into a manifest that makes Helm show it. The flag comes from
// plugin.yaml, so it counts even where flags cannot be parsed.
func refused(env *command.Env, err error) error {
	if len(env.Args) < 2 || env.Args[1] != "--"+forHelm {
		return err
	}
	_, err = env.Stdout.Write(Refusal(err.Error()))
	return err
}
