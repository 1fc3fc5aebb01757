// SPDX-License-Identifier: Apache-2.0

package diff

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"golang.org/x/term"

	"github.com/helm-wasm/helm-wasm/internal/cli"
)

// Command is `helm-wasm diff`.
func Command() cli.Command { return cli.DiffCommand(run) }

func run(c *cli.Call) error {
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
		return cli.Reported{Err: fmt.Errorf("%s and %s differ (--check)", old.name, new.name)}
	}
	return nil
}

// sides reads and renders both sides.
func sides(c *cli.Call) (old, new *side, err error) {
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
func set(c *cli.Call, s *side) error {
	if s.values != nil {
		return c.SetValues(s.values)
	}
	if c.Flags.Has("set") || c.Flags.Has("set-string") {
		return fmt.Errorf("--set changes values, and the new side, %s, is manifests", s.name)
	}
	return nil
}

// paint colours for --color always and for a terminal; NO_COLOR wins.
func paint(c *cli.Call) Paint {
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
