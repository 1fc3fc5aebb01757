// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"errors"

	"github.com/helm-wasm/helm-wasm/internal/postrender"
	"github.com/helm-wasm/helm-wasm/stack"
)

const (
	postRenderName = "post-render"
	forHelmFlag    = "for-helm"
)

// PostRenderTools are what only the native program has.
type PostRenderTools struct {
	// Overlay lets the kustomization in a directory change manifests.
	Overlay func(c *Call, stream []byte, dir string) ([]byte, error)
}

// PostRenderCommand is the post-render command; without tools it is the sandbox's.
func PostRenderCommand(tools PostRenderTools) Command {
	return Command{
		Name:  postRenderName,
		Short: "add scaling to the annotated Deployments of any chart",
		Long: `Add to manifests on standard input the ScaledObject and TriggerAuthentication of
each Deployment and StatefulSet that carries annotations helm-wasm.dev/PATH: a
path below workloads.NAME or kafka of the values, and its value. Everything else
comes out byte for byte. spec.replicas of what is scaled is left out, unless
helm-wasm.dev/keep-replicas is "true".

Values that all share come by --set, as kafka.* and defaults.*; annotations win.

As a post-renderer of Helm it is the plugin wasm-post-renderer. docs/POST-RENDER.md
lists the annotations.`,
		Example: `helm template shop some/chart | {} post-render
helm template shop some/chart | {} post-render --set 'kafka.bootstrapServers={kafka:9092}'
helm install shop some/chart --post-renderer wasm-post-renderer`,
		Flags: append([]Flag{
			{Name: "set", Value: "KEY=VALUE", Repeat: true, Help: "set a value below kafka or defaults for all; may be repeated"},
			{Name: "set-string", Value: "KEY=VALUE", Repeat: true, Help: "set a value that stays a string"},
			{Name: "values", Short: "f", Value: "FILE", Repeat: true, Native: true, Help: "values file with kafka and defaults for all; may be repeated, later ones win"},
			{Name: "overlay", Value: "DIR", Native: true, Help: "then let the kustomization in DIR change the result, as if the manifests stood in its resources"},
			{Name: forHelmFlag, Help: "on failure print a manifest that Helm refuses with the reason, which it would not show otherwise"},
		}, overlayFlags()...),
		Run: func(c *Call) error { return runPostRender(c, tools) },
	}
}

func runPostRender(c *Call, tools PostRenderTools) error {
	values, err := c.shared()
	if err != nil {
		return err
	}
	stream, err := c.readStdin("manifests", postrender.MaxBytes)
	if err != nil {
		return err
	}
	out, err := postrender.Run(stream, postrender.Options{Values: values})
	if err != nil {
		return err
	}
	if dir := c.Flags.String("overlay"); dir != "" {
		if tools.Overlay == nil {
			return errors.New("this program was built without kustomize")
		}
		if out, err = tools.Overlay(c, out, dir); err != nil {
			return err
		}
	}
	_, err = c.Out.Write(out)
	return err
}

// shared are the values for all workloads.
func (c *Call) shared() (*stack.Document, error) {
	doc, err := stack.Parse("values", []byte("{}\n"))
	if err != nil {
		return nil, err
	}
	for _, name := range c.Flags.Strings("values") {
		data, err := c.readFile(name, "values", stack.MaxBytes)
		if err != nil {
			return nil, err
		}
		more, err := stack.Parse(name, data)
		if err != nil {
			return nil, err
		}
		doc = stack.Merge(doc, more)
	}
	return doc, c.set(doc)
}

// refused turns the failure of a post-renderer into what makes Helm show it. The
// flag comes from plugin.yaml, so it counts even where flags cannot be parsed.
func refused(env *Env, err error) error {
	if err == nil || len(env.Args) < 2 || env.Args[0] != postRenderName || env.Args[1] != "--"+forHelmFlag {
		return err
	}
	_, err = env.Stdout.Write(postrender.Refusal(err.Error()))
	return err
}
