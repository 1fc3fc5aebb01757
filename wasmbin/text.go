// SPDX-License-Identifier: Apache-2.0

package wasmbin

import (
	"io"
	"strconv"
	"strings"

	"github.com/helm-wasm/helm-wasm/internal/text"
)

// Report is everything that is known about a binary: the Info with what follows
// from it. It is what `helm wasm inspect -o json` prints.
type Report struct {
	*Info
	// MemoryMinimum is Info.MemoryMinimum in bytes.
	MemoryMinimum uint64 `json:"memoryMinimum"`
	// Fits is Info.Fits under the limits that were asked for.
	Fits []Fit `json:"fits"`
}

// Report returns everything that is known about the binary, ready for encoding
// as JSON.
func (in *Info) Report(limits Limits) Report {
	return Report{Info: in, MemoryMinimum: in.MemoryMinimum(), Fits: in.Fits(limits)}
}

// shownLines bounds how many imports, exports and nested modules Text writes.
const shownLines = 40

// Text writes the report for people to read, as `helm wasm inspect` does. Names
// that come from the binary are escaped, so the text is safe for a terminal.
func (in *Info) Text(w io.Writer, limits Limits) error {
	var b strings.Builder
	in.summary(&b)
	writeList(&b, "Imports", in.Imports, func(i Import) string { return pad(i.Kind, 9) + clean(i.String()+" "+i.Type) })
	writeList(&b, "Exports", in.Exports, func(e Export) string { return pad(e.Kind, 9) + clean(e.Name+" "+e.Type) })
	if len(in.CustomSections) > 0 {
		var parts []string
		for _, s := range in.CustomSections {
			parts = append(parts, clean(s.Name)+" "+text.Bytes(uint64(s.Size)))
		}
		b.WriteString("\nCustom sections: " + firstOf(parts, 12) + "\n")
	}
	writeFits(&b, in.Fits(limits))
	_, err := io.WriteString(w, b.String())
	return err
}

// writeFits writes the verdicts, those that run first. Runtimes with the same
// verdict and reason share an entry.
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
	head := strings.ToUpper(in.Kind[:1]) + in.Kind[1:] + ", " + text.Bytes(uint64(in.Size))
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
	line := func(label, content string) {
		if content != "" {
			b.WriteString(pad(label, 12) + content + "\n")
		}
	}
	abis := "none known"
	for i, a := range in.ABIs {
		abi := a.Name
		if a.Detail != "" {
			abi += ": " + clean(a.Detail)
		}
		if len(a.Entries) > 0 {
			abi += " (" + clean(list(a.Entries)) + ")"
		}
		if i == 0 {
			abis = abi
		} else {
			abis += "\n" + strings.Repeat(" ", 12) + abi
		}
	}
	line("Contract", abis)
	var made []string
	for _, p := range in.Producers {
		made = append(made, cut(strings.TrimSpace(clean(p.Name+" "+p.Version)), 48))
	}
	line("Made by", firstOf(made, 6))
	if need := in.MemoryMinimum(); need > 0 || len(in.Memories) > 0 {
		size := text.Bytes(need) + " at start"
		if len(in.Memories) == 1 && in.Memories[0].Max != nil {
			size += ", " + text.Bytes(min(*in.Memories[0].Max, 1<<47)*in.Memories[0].PageSize) + " at most"
		}
		line("Memory", size)
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
		inside := text.Count(in.Functions, "function", "functions")
		if in.Start {
			inside += ", start function"
		}
		line("Inside", inside)
		return
	}
	for i, n := range in.Nested {
		if i == shownLines {
			line("", "and "+strconv.Itoa(len(in.Nested)-i)+" more")
			break
		}
		inside := clean(n.Kind) + ", " + text.Bytes(uint64(n.Size)) + ", " + text.Count(n.Functions, "function", "functions")
		if n.Name != "" {
			inside += ", " + strconv.Quote(n.Name)
		}
		label := ""
		if i == 0 {
			label = "Inside"
		}
		line(label, inside)
	}
}

// writeList writes imports or exports under a heading, at most shownLines of
// them; line makes one line of an element.
func writeList[T any](b *strings.Builder, heading string, list []T, line func(T) string) {
	if len(list) == 0 {
		return
	}
	b.WriteString("\n" + heading + " (" + strconv.Itoa(len(list)) + ")\n")
	for n, element := range list {
		if n == shownLines {
			b.WriteString("  ... " + strconv.Itoa(len(list)-n) + " more (-o json lists all)\n")
			return
		}
		b.WriteString("  " + line(element) + "\n")
	}
}

func pad(s string, n int) string {
	if len(s) >= n {
		return s + " "
	}
	return s + strings.Repeat(" ", n-len(s))
}

func cut(s string, most int) string {
	if len(s) > most {
		return s[:most-3] + "..."
	}
	return s
}

// clean makes a name from the binary safe for a terminal: all but printable
// ASCII is escaped, and long names are cut.
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
