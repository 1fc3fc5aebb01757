// SPDX-License-Identifier: Apache-2.0

package explain

import (
	"fmt"
	"io"
	"strings"

	"github.com/helm-wasm/helm-wasm/internal/command"
	"github.com/helm-wasm/helm-wasm/stack/schema"
)

// width of text for people.
const width = 79

// Command returns `helm wasm explain`.
func Command() command.Command {
	return command.Command{
		Name:    "explain",
		Args:    "[FIELD]",
		MaxArgs: 1,
		Short:   "say what a field of the values means",
		Long: `Say what a field of the values means: its type, its default, what is legal, and
the field of KEDA that it becomes. The names of functions, topics and so on may
be left out. Without a field, list the top level.`,
		Example: "{} explain functions.scaling.lagThreshold\n{} explain kafka",
		Flags: []command.Flag{
			{Name: "output", Short: "o", Value: "FORMAT", Enum: []string{"text", "json"}, Default: "text", Help: "text or json"},
		},
		Run: func(c *command.Call) error {
			field := ""
			if len(c.Args) == 1 {
				field = c.Args[0]
			}
			e, err := schema.Explain(field)
			if err != nil {
				return err
			}
			if c.Flags.String("output") == "json" {
				return c.WriteJSON(e)
			}
			_, err = io.WriteString(c.Out, explanation(e, c.Paint()))
			return err
		},
	}
}

// explanation returns the text for people.
func explanation(e schema.Explanation, paint func(colour, text string) string) string {
	var b strings.Builder
	name := e.Path
	if name == "" {
		name = "values"
	}
	fmt.Fprintf(&b, "%s (%s)\n\n", paint(command.Bold, name), e.Type)
	b.WriteString(wrap(e.Doc, "  "))
	first := true
	line := func(label, text string) {
		if text != "" {
			if first {
				b.WriteByte('\n')
				first = false
			}
			text = wrap(text, strings.Repeat(" ", 12))
			fmt.Fprintf(&b, "  %-10s%s", label, text[12:])
		}
	}
	line("Default:", e.Default)
	line("One of:", strings.Join(e.Enum, ", "))
	line("Bounds:", e.Bounds)
	line("Form:", e.Format)
	line("KEDA:", e.Keda)
	line("Example:", e.Example)
	if len(e.Children) == 0 {
		return b.String()
	}
	b.WriteString("\nFields:\n")
	for _, child := range e.Children {
		head := paint(command.Bold, child.Name) + " (" + child.Type
		if child.Default != "" && len(child.Default) <= 40 {
			head += ", default " + child.Default
		}
		b.WriteString("  " + head + ")\n" + wrap(child.Doc, "      "))
	}
	return b.String()
}

// wrap breaks text into lines that start with indent. Paragraphs stay apart.
func wrap(text, indent string) string {
	var b strings.Builder
	for i, paragraph := range strings.Split(strings.TrimSpace(text), "\n\n") {
		if i > 0 {
			b.WriteByte('\n')
		}
		line := indent
		for _, word := range strings.Fields(paragraph) {
			if line != indent && len(line)+1+len(word) > width {
				b.WriteString(line + "\n")
				line = indent
			}
			if line != indent {
				line += " "
			}
			line += word
		}
		b.WriteString(line + "\n")
	}
	return b.String()
}
