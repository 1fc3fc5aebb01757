// SPDX-License-Identifier: Apache-2.0

package command

import (
	"github.com/helm-wasm/helm-wasm/stack"
)

// ValuesFlags returns the flags of commands that read values.
func ValuesFlags() []Flag {
	return []Flag{
		{
			Name: "values", Short: "f", Value: "FILE", Repeat: true,
			Help: "values file, - for standard input; may be repeated, later ones win (files only in the native program)",
		},
		{Name: "filename", Value: "NAME", Default: "stdin", Help: "what messages and reports call standard input"},
		{Name: "set", Value: "KEY=VALUE", Repeat: true, Help: "set a value as `helm --set` does; may be repeated"},
		{Name: "set-string", Value: "KEY=VALUE", Repeat: true, Help: "set a value that stays a string"},
	}
}

// Values reads the values that the command was given: files or standard input, merged
// in order, and then what --set says.
func (c *Call) Values() (*stack.Document, error) {
	names := c.Flags.Strings("values")
	if len(names) == 0 {
		names = []string{"-"}
	}
	var docs []*stack.Document
	for _, name := range names {
		data, err := c.Read(name, "values", stack.MaxBytes)
		if err != nil {
			return nil, err
		}
		doc, err := c.ParseValues(name, data)
		if err != nil {
			return nil, err
		}
		docs = append(docs, doc)
	}
	doc := docs[0]
	if len(docs) > 1 {
		doc = stack.Merge(docs...)
	}
	return doc, c.SetValues(doc)
}

// ParseValues reads values that came from a file, or from standard input for "-".
func (c *Call) ParseValues(name string, data []byte) (*stack.Document, error) {
	if name == "-" {
		name = c.Flags.String("filename")
	}
	return stack.Parse(name, data)
}

// SetValues applies --set and --set-string.
func (c *Call) SetValues(doc *stack.Document) error {
	for _, expr := range c.Flags.Strings("set") {
		if err := doc.Set(expr); err != nil {
			return err
		}
	}
	for _, expr := range c.Flags.Strings("set-string") {
		if err := doc.SetString(expr); err != nil {
			return err
		}
	}
	return nil
}
