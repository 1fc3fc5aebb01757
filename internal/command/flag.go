// SPDX-License-Identifier: Apache-2.0

package command

import (
	"fmt"
	"slices"
	"strings"
)

// Flag is one flag of a command.
type Flag struct {
	// Name is typed as --name, Short (one letter) as -s.
	Name, Short string

	// Value is the placeholder of the value in help; a flag without one is a switch.
	Value string

	// Enum lists the legal values.
	Enum []string

	// Default is used when the flag is not given.
	Default string

	// Repeat means that the flag may be given more than once.
	Repeat bool

	Help string
}

// takesValue reports whether the flag is not a switch.
func (f *Flag) takesValue() bool { return f.Value != "" }

// Parsed holds the flags that were given, and the defaults of those that were not.
type Parsed struct {
	given    map[string][]string
	defaults map[string]string
}

// Bool reports whether a switch was given.
func (p Parsed) Bool(name string) bool { return p.String(name) == "true" }

// Has reports whether the flag was given at all.
func (p Parsed) Has(name string) bool { return len(p.given[name]) > 0 }

// String returns the flag's last value, or its default.
func (p Parsed) String(name string) string {
	if v := p.given[name]; len(v) > 0 {
		return v[len(v)-1]
	}
	return p.defaults[name]
}

// Strings returns all values of a flag, in order.
func (p Parsed) Strings(name string) []string { return p.given[name] }

// List returns the values of a flag that may be repeated or contain commas.
func (p Parsed) List(name string) []string {
	var list []string
	for _, v := range p.given[name] {
		for part := range strings.SplitSeq(v, ",") {
			if part = strings.TrimSpace(part); part != "" {
				list = append(list, part)
			}
		}
	}
	return list
}

// commonFlags returns the flags that every command has.
func commonFlags() []Flag {
	return []Flag{
		{
			Name: "color", Value: "WHEN", Enum: []string{"never", "auto", "always"}, Default: "",
			Help: "colour the output: never, auto or always; HELM_COLOR does the same, and NO_COLOR wins over both",
		},
		{Name: "help", Short: "h", Help: "show the help of the command"},
	}
}

// AllFlags returns the flags of the command and those of every command.
func (c *Command) AllFlags() []Flag { return slices.Concat(c.Flags, commonFlags()) }

// parseFlags splits arguments into flags and the rest. Flags may stand before
// and after arguments; `--` ends them.
func parseFlags(args []string, flags []Flag) (Parsed, []string, error) {
	p := Parsed{given: map[string][]string{}, defaults: map[string]string{}}
	for _, f := range flags {
		p.defaults[f.Name] = f.Default
	}
	var rest []string
	for i := 0; i < len(args); i++ {
		arg := args[i]
		if arg == "--" {
			return p, append(rest, args[i+1:]...), nil
		}
		if len(arg) < 2 || arg[0] != '-' {
			rest = append(rest, arg)
			continue
		}
		flag, value, hasValue, err := lookup(arg, flags)
		if err != nil {
			return p, nil, err
		}
		if !hasValue && flag.takesValue() {
			if i++; i >= len(args) {
				return p, nil, fmt.Errorf("flag %q needs a value: %s %s", arg, arg, flag.Value)
			}
			value = args[i]
		}
		if !hasValue && !flag.takesValue() {
			value = "true"
		}
		if err := p.add(flag, value); err != nil {
			return p, nil, err
		}
	}
	return p, rest, nil
}

// add records one value.
func (p Parsed) add(f *Flag, value string) error {
	if !f.takesValue() && value != "true" && value != "false" {
		return fmt.Errorf("flag --%s is a switch: it takes no value but true or false, not %q", f.Name, value)
	}
	if len(f.Enum) > 0 && !slices.Contains(f.Enum, value) {
		return fmt.Errorf("flag --%s: %q is not one of %s%s", f.Name, value, strings.Join(f.Enum, ", "), DidYouMean(value, f.Enum))
	}
	if !f.Repeat && len(p.given[f.Name]) > 0 && p.String(f.Name) != value {
		return fmt.Errorf("flag --%s is given twice, as %q and as %q", f.Name, p.String(f.Name), value)
	}
	p.given[f.Name] = append(p.given[f.Name], value)
	return nil
}

// lookup finds the flag that an argument names: --name, --name=value, -s,
// -s=value or -svalue.
func lookup(arg string, flags []Flag) (*Flag, string, bool, error) {
	if name, long := strings.CutPrefix(arg, "--"); long {
		name, value, hasValue := strings.Cut(name, "=")
		for i := range flags {
			if flags[i].Name == name {
				return &flags[i], value, hasValue, nil
			}
		}
		var known []string
		for _, f := range flags {
			known = append(known, "--"+f.Name)
		}
		return nil, "", false, fmt.Errorf("unknown flag %q%s", "--"+name, DidYouMean("--"+name, known))
	}
	for i := range flags {
		if f := &flags[i]; f.Short != "" && arg[1:2] == f.Short {
			value := strings.TrimPrefix(arg[2:], "=")
			return f, value, len(arg) > 2, nil
		}
	}
	return nil, "", false, fmt.Errorf("unknown flag %q", arg)
}
