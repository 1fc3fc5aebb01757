// SPDX-License-Identifier: Apache-2.0

package diff

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"golang.org/x/term"

	"github.com/helm-wasm/helm-wasm/internal/command"
)

// Command returns `helm-wasm diff`.
func Command() command.Command {
	return command.Command{
		Name:    "diff",
		Args:    "OLD [NEW]",
		MaxArgs: 2,
		Short:   "say what changes between two values files, or values and manifests",
		Long: `Say what changes from OLD to NEW, per object and field, and whether pods restart.
Each side is a values file, which is rendered, or manifests: a file, or a directory
with its *.yaml, *.yml and *.json at any depth. - is standard input. With -f the
new side is those values, and --set applies to the new side only.

Objects are compared by content: comments, quotes, and the order of keys and of
documents make no difference. Only hidden files and kustomization files are left
out, and a note names the latter: a kustomization's patches are not applied, so
compare what ` + "`kustomize build`" + ` prints. Values of Secrets are masked.

--check exits with 1 when there is a difference, for pipelines that keep rendered
manifests in Git.`,
		Example: `{} diff old.yaml new.yaml
git show main:stack.yaml | {} diff - stack.yaml
{} diff --check --all --no-hooks --release shop --namespace prod -f stack.yaml manifests/
helm get manifest shop | {} diff --all --no-hooks --release shop -f stack.yaml -`,
		Flags: append(
			command.RenderFlags(),
			command.Flag{
				Name: "output", Short: "o", Value: "FORMAT", Enum: []string{"text", "json"}, Default: "text",
				Help: "text or json",
			},
			command.Flag{Name: "check", Help: "exit with 1 when there is a difference"},
		),
		Run: run,
	}
}

func run(c *command.Call) error {
	old, new, err := sides(c)
	if err != nil {
		return err
	}
	report, err := Compare(old.objects, new.objects, c.Namespace())
	if err != nil {
		return err
	}
	report.Notes = slices.Concat(old.notes, new.notes, report.Notes)
	if old.values == nil {
		new.more(c, &report)
	}
	if c.Flags.String("output") == "json" {
		data, err := report.JSON()
		if err != nil {
			return fmt.Errorf("writing JSON: %w", err)
		}
		if _, err := c.Out.Write(data); err != nil {
			return err
		}
	} else if _, err := io.WriteString(c.Out, report.Text(paint(c))); err != nil {
		return err
	}
	if c.Flags.Bool("check") && len(report.Objects) > 0 {
		return command.Reported{Err: fmt.Errorf("%s and %s differ (--check)", old.name, new.name)}
	}
	return nil
}

// sides reads and renders both sides.
func sides(c *command.Call) (old, new *side, err error) {
	files := c.Flags.Strings("values")
	usage := fmt.Sprintf("type `%s diff OLD.yaml NEW.yaml` or `%[1]s diff -f stack.yaml DIR`", c.Program)
	switch {
	case len(c.Args) == 0:
		return nil, nil, errors.New("diff needs two sides: " + usage)
	case len(files) == 0 && len(c.Args) == 1:
		return nil, nil, fmt.Errorf("diff has one side, %q, and needs what to compare it with: %s", c.Args[0], usage)
	case len(files) > 0 && len(c.Args) == 2:
		return nil, nil, fmt.Errorf("diff has three sides, -f %s, %q and %q: %s", files[0], c.Args[0], c.Args[1], usage)
	}
	stdin := 0
	for _, name := range slices.Concat(files, c.Args) {
		if name == "-" {
			stdin++
		}
	}
	if stdin > 1 {
		return nil, nil, errors.New("both sides are -: standard input can be read once")
	}
	if old, err = open(c, c.Args[0]); err != nil {
		return nil, nil, err
	}
	if len(files) > 0 {
		new = &side{name: files[len(files)-1]}
		new.values, err = c.Values()
	} else if new, err = open(c, c.Args[1]); err == nil {
		err = set(c, new)
	}
	if err != nil {
		return nil, nil, err
	}
	for _, s := range []*side{old, new} {
		if err := s.render(c); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", s.name, err)
		}
	}
	return old, new, nil
}

// set applies --set to the new side.
func set(c *command.Call, s *side) error {
	if s.values != nil {
		return c.SetValues(s.values)
	}
	if c.Flags.Has("set") || c.Flags.Has("set-string") {
		return fmt.Errorf("--set changes values, and the new side, %s, is manifests", s.name)
	}
	return nil
}

// paint colours for --color always and for a terminal; NO_COLOR wins.
func paint(c *command.Call) Paint {
	getenv := c.Getenv
	if getenv == nil {
		getenv = func(string) string { return "" }
	}
	when := c.Flags.String("color")
	if when == "" {
		when = getenv("HELM_COLOR")
	}
	file, _ := c.Stdout.(*os.File)
	terminal := file != nil && term.IsTerminal(int(file.Fd()))
	if getenv("NO_COLOR") == "" && (when == "always" || when != "never" && terminal) {
		return Colourful
	}
	return Plain
}
