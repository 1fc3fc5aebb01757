// SPDX-License-Identifier: Apache-2.0

package wasmbin

import (
	"io"
	"strconv"
	"strings"
)

// Report is an Info with its Fits, for JSON output.
type Report struct {
	*Info
	MemoryMinimum uint64 `json:"memoryMinimum"`
	Fits          []Fit  `json:"fits"`
}

// Report returns everything that is known.
func (in *Info) Report(limits Limits) Report {
	return Report{Info: in, MemoryMinimum: in.MemoryMinimum(), Fits: in.Fits(limits)}
}

// shownLines bounds long lists in the text.
const shownLines = 40

// Text writes the report for people to read.
func (in *Info) Text(w io.Writer, limits Limits) error {
	var b strings.Builder
	in.summary(&b)
	in.imports(&b)
	in.exports(&b)
	if len(in.CustomSections) > 0 {
		var parts []string
		for _, s := range in.CustomSections {
			parts = append(parts, clean(s.Name)+" "+Bytes(uint64(s.Size)))
		}
		b.WriteString("\nCustom sections: " + list2(parts, 12) + "\n")
	}
	writeFits(&b, in.Fits(limits))
	_, err := io.WriteString(w, b.String())
	return err
}

// writeFits writes runtimes that share verdict and reason in one entry, the
// ones that run first.
func writeFits(b *strings.Builder, fits []Fit) {
	type entry struct{ mark, names, reason string }
	var entries [3][]entry // by mark
	for _, f := range fits {
		e, rank := entry{"no ", f.Runtime, f.Reason}, 2
		switch {
		case f.Events:
			e.mark, rank = "yes", 0
		case f.Runs:
			e.mark, rank = "run", 1
		}
		if f.ABI != "" {
			e.reason = strings.TrimSuffix("abi: "+f.ABI+"; "+f.Reason, "; ")
		}
		merged := false
		for i, have := range entries[rank] {
			if have.reason == e.reason {
				entries[rank][i].names += ", " + e.names
				merged = true
			}
		}
		if !merged {
			entries[rank] = append(entries[rank], e)
		}
	}
	b.WriteString("\nRuns on (yes: takes this stack's events; run: starts there, but takes none)\n")
	for _, list := range entries {
		for _, e := range list {
			b.WriteString("  " + e.mark + "  " + e.names + "\n       " + clean(e.reason) + "\n")
		}
	}
}

func (in *Info) summary(b *strings.Builder) {
	head := strings.ToUpper(in.Kind[:1]) + in.Kind[1:] + ", " + Bytes(uint64(in.Size))
	switch in.WASI {
	case "none":
		head += ", no WASI"
	case "wasip1":
		head += ", WASI preview 1 (wasip1)"
	default:
		head += ", WASI " + clean(in.WASI)
	}
	if in.Name != "" {
		head += ", named " + strconv.Quote(in.Name)
	}
	b.WriteString(head + "\n\n")
	line := func(label, text string) {
		if text != "" {
			b.WriteString(pad(label, 12) + text + "\n")
		}
	}
	abis := "none known"
	for i, a := range in.ABIs {
		text := a.Name
		if a.Detail != "" {
			text += ": " + clean(a.Detail)
		}
		if len(a.Entries) > 0 {
			text += " (" + clean(list(a.Entries)) + ")"
		}
		if i == 0 {
			abis = text
		} else {
			abis += "\n" + strings.Repeat(" ", 12) + text
		}
	}
	line("Contract", abis)
	var made []string
	for _, p := range in.Producers {
		made = append(made, cut(strings.TrimSpace(clean(p.Name+" "+p.Version)), 48))
	}
	line("Made by", list2(made, 6))
	if need := in.MemoryMinimum(); need > 0 || len(in.Memories) > 0 {
		text := Bytes(need) + " at start"
		if len(in.Memories) == 1 && in.Memories[0].Max != nil {
			text += ", " + Bytes(min(*in.Memories[0].Max, 1<<47)*in.Memories[0].PageSize) + " at most"
		}
		line("Memory", text)
	}
	features := strings.Join(in.Features, ", ")
	if !in.CodeScanned && in.Kind == KindModule {
		features += " (declared; instructions were not scanned)"
	}
	line("Features", strings.TrimSpace(features))
	if in.UnknownCode != "" {
		line("Unknown", clean(in.UnknownCode))
	}
	if in.Kind == KindModule {
		text := plural(in.Functions, "function", "functions")
		if in.Start {
			text += ", start function"
		}
		line("Inside", text)
		return
	}
	for i, n := range in.Nested {
		if i == shownLines {
			line("", "and "+plural(len(in.Nested)-i, "more", "more"))
			break
		}
		text := clean(n.Kind) + ", " + Bytes(uint64(n.Size)) + ", " + plural(n.Functions, "function", "functions")
		if n.Name != "" {
			text += ", " + strconv.Quote(n.Name)
		}
		label := ""
		if i == 0 {
			label = "Inside"
		}
		line(label, text)
	}
}

func (in *Info) imports(b *strings.Builder) {
	if len(in.Imports) == 0 {
		return
	}
	b.WriteString("\nImports (" + strconv.Itoa(len(in.Imports)) + ")\n")
	for n, i := range in.Imports {
		if n == shownLines {
			b.WriteString("  ... " + strconv.Itoa(len(in.Imports)-n) + " more (-o json lists all)\n")
			return
		}
		b.WriteString("  " + pad(i.Kind, 9) + clean(i.String()+" "+i.Type) + "\n")
	}
}

func (in *Info) exports(b *strings.Builder) {
	if len(in.Exports) == 0 {
		return
	}
	b.WriteString("\nExports (" + strconv.Itoa(len(in.Exports)) + ")\n")
	for n, e := range in.Exports {
		if n == shownLines {
			b.WriteString("  ... " + strconv.Itoa(len(in.Exports)-n) + " more (-o json lists all)\n")
			return
		}
		b.WriteString("  " + pad(e.Kind, 9) + clean(e.Name+" "+e.Type) + "\n")
	}
}

func pad(s string, n int) string {
	if len(s) >= n {
		return s + " "
	}
	return s + strings.Repeat(" ", n-len(s))
}

func list2(names []string, shown int) string {
	if len(names) <= shown {
		return strings.Join(names, ", ")
	}
	return strings.Join(names[:shown], ", ") + " and " + strconv.Itoa(len(names)-shown) + " more"
}

func cut(s string, most int) string {
	if len(s) > most {
		return s[:most-3] + "..."
	}
	return s
}

// clean makes a name from the binary safe for a terminal: control characters
// are written as escapes and long names are cut.
func clean(s string) string {
	const most = 200
	if len(s) > most {
		s = s[:most] + "..."
	}
	for i := 0; i < len(s); i++ {
		if s[i] < 0x20 || s[i] >= 0x7f {
			q := strconv.QuoteToASCII(s)
			return q[1 : len(q)-1]
		}
	}
	return strings.TrimRight(s, " ")
}
