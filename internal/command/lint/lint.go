// SPDX-License-Identifier: Apache-2.0

package lint

import (
	"fmt"

	"github.com/helm-wasm/helm-wasm/internal/command"
	"github.com/helm-wasm/helm-wasm/internal/text"
	"github.com/helm-wasm/helm-wasm/stack"
	"github.com/helm-wasm/helm-wasm/stack/lint"
)

// Command returns `helm wasm lint`.
func Command() command.Command {
	return command.Command{
		Name:  "lint",
		Short: "find what will not install, will not work, or will hurt later",
		Long: `Find every mistake in the values at once, each with its field, its line and its
fix: what Helm would refuse at install, what KEDA, the HPA and Kafka do with the
values, and what works only until the wrong moment.

Plain manifests are looked at too: of ScaledObjects, ScaledJobs and what they refer
to, in YAML documents and Lists, the report names the object, its document and field.

Errors make the command exit with 1, and with --strict warnings do too. To keep a
finding from being reported, end its line with ` + "`# helm-wasm:ignore ID`" + `.

With --release the names of objects are exact. With --module, and for a module in
a ConfigMap of extraObjects, settings are checked against the binary.

docs/RULES.md explains each rule with an example.`,
		Example: "{} lint < stack.yaml\n{} lint --strict -o sarif < stack.yaml > lint.sarif\n" +
			"kubectl get scaledobjects -A -o yaml | {} lint",
		Flags: append(
			command.ValuesFlags(),
			command.Flag{
				Name: "output", Short: "o", Value: "FORMAT", Enum: []string{"text", "json", "sarif"}, Default: "text",
				Help: "text, json or sarif (for code scanning)",
			},
			command.Flag{Name: "ignore", Value: "ID", Repeat: true, Help: "leave out a rule; may be repeated or contain commas"},
			command.Flag{Name: "strict", Help: "fail on warnings too"},
			command.Flag{Name: "release", Value: "NAME", Help: "name of the release, for rules about objects' names and consumer groups"},
			command.Flag{
				Name: "namespace", Short: "n", Value: "NAME",
				Help: "namespace of the release (the default is HELM_NAMESPACE, or default)",
			},
			command.Flag{
				Name: "module", Value: "NAME=FILE", Repeat: true,
				Help: "file of a function's module, to check its settings against; may be repeated (files only in the native program)",
			},
		),
		Run: run,
	}
}

func run(c *command.Call) error {
	opts := stack.LintOptions{
		Ignore: c.Flags.List("ignore"), Release: c.Flags.String("release"), Namespace: c.Namespace(),
		Inspect: moduleInfo,
	}
	if r := opts.Release; r != "" && !lint.IsReleaseName(r) {
		return fmt.Errorf(
			"flag --release: %q is not a name that Helm accepts for a release: use lower-case letters, digits and -, with a "+
				"letter or digit at both ends, at most 53 characters",
			r,
		)
	}
	for _, id := range opts.Ignore {
		if _, ok := lint.RuleByID(id); !ok {
			var known []string
			for _, r := range stack.Rules() {
				known = append(known, r.ID)
			}
			return fmt.Errorf("flag --ignore: no rule %q%s; docs/RULES.md lists them", id, command.DidYouMean(id, known))
		}
	}
	in, err := read(c)
	if err != nil {
		return err
	}
	found, err := in.lint(c, opts)
	if err != nil {
		return err
	}
	switch c.Flags.String("output") {
	case "json":
		if found == nil {
			found = stack.Findings{}
		}
		err = c.WriteJSON(found)
	case "sarif":
		err = c.WriteJSON(sarif(found))
	default:
		err = writeText(c, in, found)
	}
	if err != nil {
		return err
	}
	errors, warnings := found.Count(stack.SeverityError), found.Count(stack.SeverityWarning)
	switch {
	case errors > 0 && c.Flags.Bool("strict") && warnings > 0:
		return command.Reported{
			Err: fmt.Errorf("%s and %s in the %s", text.Count(errors, "error", "errors"), text.Count(warnings, "warning", "warnings"),
				in.what()),
		}
	case errors > 0:
		return command.Reported{Err: fmt.Errorf("%s in the %s", text.Count(errors, "error", "errors"), in.what())}
	case warnings > 0 && c.Flags.Bool("strict"):
		return command.Reported{Err: fmt.Errorf("%s in the %s (--strict)", text.Count(warnings, "warning", "warnings"), in.what())}
	}
	return nil
}

// writeText writes the report for people.
func writeText(c *command.Call, in input, found stack.Findings) error {
	paint := c.Paint()
	for _, f := range found {
		colour := map[stack.Severity]string{
			stack.SeverityError: command.Red, stack.SeverityWarning: command.Yellow, stack.SeverityInfo: command.Blue,
		}[f.Severity]
		where := ""
		if f.Position.File != "" {
			where = f.Position.String() + ": "
		}
		path := ""
		if f.Object != "" {
			path = f.Object + ": "
		}
		if f.Path != "" {
			path += paint(command.Bold, f.Path) + ": "
		}
		if _, err := fmt.Fprintf(c.Out, "%s%s %s %s%s\n", where, paint(colour, string(f.Severity)), f.Rule, path, f.Message); err != nil {
			return err
		}
		if f.Fix != "" {
			if _, err := fmt.Fprintf(c.Out, "    %s\n", f.Fix); err != nil {
				return err
			}
		}
	}
	if summary := in.summary(); summary != "" {
		if _, err := fmt.Fprintln(c.Out, summary); err != nil {
			return err
		}
	}
	if len(found) == 0 {
		_, err := fmt.Fprintln(c.Out, "no findings")
		return err
	}
	_, err := fmt.Fprintf(c.Out, "%s, %s, %s\n",
		text.Count(found.Count(stack.SeverityError), "error", "errors"),
		text.Count(found.Count(stack.SeverityWarning), "warning", "warnings"),
		text.Count(found.Count(stack.SeverityInfo), "note", "notes"))
	return err
}
