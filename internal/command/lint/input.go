// SPDX-License-Identifier: Apache-2.0

package lint

import (
	"errors"

	"github.com/helm-wasm/helm-wasm/internal/command"
	"github.com/helm-wasm/helm-wasm/internal/manifests"
	"github.com/helm-wasm/helm-wasm/internal/text"
	"github.com/helm-wasm/helm-wasm/stack"
	"github.com/helm-wasm/helm-wasm/stack/lint"
)

// input is what the command looks at: values, or else manifests.
type input struct {
	values  *stack.Document
	objects []manifests.Object
}

// read reads the files, or standard input, and sees which of the two they are.
func read(c *command.Call) (input, error) {
	names := c.Flags.Strings("values")
	if len(names) == 0 {
		names = []string{"-"}
	}
	var in input
	var docs []*stack.Document
	plain := false
	for _, name := range names {
		data, err := c.Read(name, "values", manifests.MaxBytes)
		if err != nil {
			return in, err
		}
		if name == "-" {
			name = c.Flags.String("filename")
		}
		if manifests.Is(data) {
			plain = true
			objects, err := manifests.Read(name, data)
			if err != nil {
				return in, err
			}
			in.objects = append(in.objects, objects...)
			continue
		}
		doc, err := stack.Parse(name, data)
		if err != nil {
			return in, err
		}
		docs = append(docs, doc)
	}
	if plain {
		return in, in.alone(c, len(docs) > 0)
	}
	in.values = docs[0]
	if len(docs) > 1 {
		in.values = stack.Merge(docs...)
	}
	return in, c.SetValues(in.values)
}

// alone refuses what belongs to values beside manifests.
func (in input) alone(c *command.Call, values bool) error {
	if values {
		return errors.New("some of the files hold manifests and some values: lint them one after the other")
	}
	for _, flag := range []string{"set", "set-string", "module"} {
		if len(c.Flags.Strings(flag)) > 0 {
			return errors.New("flag --" + flag + ": the input is manifests, not values: leave the flag out")
		}
	}
	return nil
}

func (in input) lint(c *command.Call, opts stack.LintOptions) (stack.Findings, error) {
	if in.values == nil {
		return lint.Manifests(in.objects, opts), nil
	}
	var err error
	if opts.Modules, err = modules(c, in.values); err != nil {
		return nil, err
	}
	return stack.Lint(in.values, opts), nil
}

// what names the input in messages.
func (in input) what() string {
	if in.values == nil {
		return "manifests"
	}
	return "values"
}

// summary says what was looked at, where that is not plain.
func (in input) summary() string {
	if in.values != nil {
		return ""
	}
	scaled := 0
	for i := range in.objects {
		if in.objects[i].IsScaled() {
			scaled++
		}
	}
	return "manifests: " + text.Count(scaled, "ScaledObject or ScaledJob", "ScaledObjects and ScaledJobs") + " among " +
		text.Count(len(in.objects), "object that KEDA's rules look at", "objects that KEDA's rules look at")
}
