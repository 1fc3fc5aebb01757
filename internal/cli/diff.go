// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"errors"

	"github.com/helm-wasm/helm-wasm/stack"
)

// DiffCommand is the diff command; without a function it is the sandbox's.
func DiffCommand(run func(*Call) error) Command {
	if run == nil {
		run = func(*Call) error { return errors.New("this program was built without diff") }
	}
	return Command{
		Name:    "diff",
		Args:    "OLD [NEW]",
		MaxArgs: 2,
		Native:  true,
		Short:   "say what changes between two values files, or values and manifests",
		Long: `Say what changes from OLD to NEW, per object and field, and whether pods restart.
Each side is a values file, which is rendered, or manifests: a file, or a directory
with its *.yaml, *.yml and *.json, all the way down. - is standard input. With -f
the new side is those values, and --set applies to the new side alone.

Compared is what objects say: comments, the order of keys and of documents, and
quotes are no difference. Nothing is left out but hidden files and kustomization
files, which a note names: a kustomization's patches are not applied, so
compare what ` + "`kustomize build`" + ` prints. Values of Secrets are masked.

--check exits with 1 when there is a difference, for pipelines that keep rendered
manifests in Git.`,
		Example: `{} diff old.yaml new.yaml
git show main:stack.yaml | {} diff - stack.yaml
{} diff --check --all --no-hooks --release shop --namespace prod -f stack.yaml manifests/
helm get manifest shop | {} diff --all --no-hooks --release shop -f stack.yaml -`,
		Flags: append(
			renderFlags(),
			Flag{Name: "output", Short: "o", Value: "FORMAT", Enum: []string{"text", "json"}, Default: "text", Help: "text or json"},
			Flag{Name: "check", Help: "exit with 1 when there is a difference"},
		),
		Run: run,
	}
}

// What follows is for commands in packages of their own.

// Values are what --values, --set and --set-string say.
func (c *Call) Values() (*stack.Document, error) { return c.document() }

// ParseValues reads values that came from a file, or from standard input for "-".
func (c *Call) ParseValues(name string, data []byte) (*stack.Document, error) {
	return c.parse(name, data)
}

// SetValues applies --set and --set-string.
func (c *Call) SetValues(doc *stack.Document) error { return c.set(doc) }

// ReadInput reads a file, or standard input for "-"; what says what is missing.
func (c *Call) ReadInput(name, what string, limit int64) ([]byte, error) {
	return c.readFile(name, what, limit)
}

// Namespace is the flag's, or Helm's, or the default one.
func (c *Call) Namespace() string { return c.namespace() }
