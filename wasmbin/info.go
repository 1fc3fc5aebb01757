// SPDX-License-Identifier: Apache-2.0

package wasmbin

// Kind of a binary.
const (
	KindModule    = "core module"
	KindComponent = "component"
)

// Info is what a binary says about itself.
type Info struct {
	Kind string `json:"kind"`
	Size int    `json:"size"`

	// Name is the module's name from its name section.
	Name string `json:"name,omitempty"`

	// WASI is "none", "wasip1", "wasi_unstable" (older than wasip1), or the
	// version of the interfaces that a component uses, such as "0.2.6".
	WASI string `json:"wasi"`

	// ABIs are the host contracts that the binary fits, the most specific first.
	ABIs []ABI `json:"abis,omitempty"`

	Imports []Import `json:"imports,omitempty"`
	Exports []Export `json:"exports,omitempty"`

	// Memories, imported ones first, and the functions, tables and globals
	// that are defined rather than imported.
	Memories  []Memory `json:"memories,omitempty"`
	Functions int      `json:"functions,omitempty"`
	Tables    int      `json:"tables,omitempty"`
	Globals   int      `json:"globals,omitempty"`

	// Start reports a start function, which runs while the module is
	// instantiated.
	Start bool `json:"start,omitempty"`

	// Features beyond WebAssembly 1.0 that the binary uses. CodeScanned says
	// whether instructions were looked at; without that only declarations are.
	Features    []string `json:"features,omitempty"`
	CodeScanned bool     `json:"codeScanned"`

	// UnknownCode names the first instruction that is in no standard known here.
	UnknownCode string `json:"unknownCode,omitempty"`

	// TargetFeatures are what the compiler was allowed to use.
	TargetFeatures []string `json:"targetFeatures,omitempty"`

	Producers      []Producer `json:"producers,omitempty"`
	CustomSections []Section  `json:"customSections,omitempty"`

	// Nested are the modules and components inside a component.
	Nested []*Info `json:"nested,omitempty"`

	types []funcType
}

// Import is something that the host has to provide.
type Import struct {
	// Module is the first part of a core import's name; empty in components.
	Module string `json:"module,omitempty"`
	Name   string `json:"name"`
	Kind   string `json:"kind"`
	Type   string `json:"type,omitempty"`
	// Version is the interface version in a component's name.
	Version string `json:"version,omitempty"`
}

// String is the name by which messages call the import.
func (i Import) String() string {
	if i.Module == "" {
		return i.Name
	}
	return i.Module + "." + i.Name
}

// Export is something that the binary offers.
type Export struct {
	Name    string `json:"name"`
	Kind    string `json:"kind"`
	Type    string `json:"type,omitempty"`
	Version string `json:"version,omitempty"`
}

// Memory is a linear memory's limits in pages.
type Memory struct {
	Min      uint64  `json:"min"`
	Max      *uint64 `json:"max,omitempty"`
	PageSize uint64  `json:"pageSize"`
	Shared   bool    `json:"shared,omitempty"`
	Is64     bool    `json:"memory64,omitempty"`
	Imported bool    `json:"imported,omitempty"`
}

// Producer is one entry of the producers section: a language, a tool
// (processed-by) or an SDK, with its version.
type Producer struct {
	Field   string `json:"field"`
	Name    string `json:"name"`
	Version string `json:"version,omitempty"`
}

// Section is a custom section.
type Section struct {
	Name string `json:"name"`
	Size int    `json:"size"`
}

// MemoryMinimum is the linear memory in bytes that exists from the start.
// For a component it is the sum over the modules inside.
func (in *Info) MemoryMinimum() uint64 {
	var sum uint64
	for _, m := range in.Memories {
		sum = addUpTo(sum, min(m.Min, 1<<47)*m.PageSize)
	}
	for _, n := range in.Nested {
		if n.Kind == KindComponent {
			sum = addUpTo(sum, n.MemoryMinimum())
			continue
		}
		for _, m := range n.Memories {
			if !m.Imported { // imported from another module inside
				sum = addUpTo(sum, min(m.Min, 1<<47)*m.PageSize)
			}
		}
	}
	return sum
}

func addUpTo(a, b uint64) uint64 {
	if a+b < a {
		return ^uint64(0)
	}
	return a + b
}

// Export returns the export of that name.
//
//go:noinline
func (in *Info) Export(name string) (Export, bool) {
	for _, e := range in.Exports {
		if e.Name == name {
			return e, true
		}
	}
	return Export{}, false
}

// Uses reports whether the binary is known to use the feature.
func (in *Info) Uses(feature string) bool {
	for _, f := range in.Features {
		if f == feature {
			return true
		}
	}
	return false
}
