// SPDX-License-Identifier: Apache-2.0

package wasmbin

import "slices"

// The kinds of binaries, as Info.Kind spells them.
const (
	KindModule    = "core module" // plain WebAssembly, what most compilers make
	KindComponent = "component"   // modules wrapped in the component model, as WASI 0.2 needs
)

// Info is what is known about a binary from its bytes alone. Its JSON form is
// that of `helm wasm inspect -o json`.
type Info struct {
	// Kind is KindModule or KindComponent.
	Kind string `json:"kind"`
	// Size is the length of the binary in bytes.
	Size int `json:"size"`

	// Name is the module's own name, from its name section.
	Name string `json:"name,omitempty"`

	// WASI is "none", "wasip1", "wasi_unstable" (older than wasip1), or the
	// version of the interfaces that a component uses, such as "0.2.6".
	WASI string `json:"wasi"`

	// ABIs are the host contracts that the binary fits, the most specific first.
	ABIs []ABI `json:"abis,omitempty"`

	// Imports are what a host has to provide, in the order of the binary.
	Imports []Import `json:"imports,omitempty"`
	// Exports are what the binary offers to a host, in the order of the binary.
	Exports []Export `json:"exports,omitempty"`

	// Memories are all linear memories, imported ones first.
	Memories []Memory `json:"memories,omitempty"`
	// Functions counts the functions that the module defines; imported ones do
	// not count. Tables and Globals count in the same way.
	Functions int `json:"functions,omitempty"`
	Tables    int `json:"tables,omitempty"`
	Globals   int `json:"globals,omitempty"`

	// Start reports that there is a start function, which runs when the module
	// is instantiated.
	Start bool `json:"start,omitempty"`

	// Features are the features beyond WebAssembly 1.0 that the binary uses,
	// sorted; see the Feature constants.
	Features []string `json:"features,omitempty"`
	// CodeScanned reports that every instruction was examined. Otherwise
	// Features and UnknownCode come from the declarations alone.
	CodeScanned bool `json:"codeScanned"`

	// UnknownCode names the first instruction that no standard known here defines.
	UnknownCode string `json:"unknownCode,omitempty"`

	// TargetFeatures are the features that the compiler was allowed to use, in
	// the compiler's spelling.
	TargetFeatures []string `json:"targetFeatures,omitempty"`

	// Producers name the languages and tools that made the binary, at most 100.
	Producers []Producer `json:"producers,omitempty"`
	// CustomSections are the names and sizes of all custom sections.
	CustomSections []Section `json:"customSections,omitempty"`

	// Nested are the modules and components inside a component.
	Nested []*Info `json:"nested,omitempty"`

	types []funcType
}

// Import is something that a host has to provide for the binary to run.
type Import struct {
	// Module is the first part of the import's name; empty in components.
	Module string `json:"module,omitempty"`
	// Name is the second part of the name, or the whole name in components,
	// such as wasi:io/streams@0.2.3.
	Name string `json:"name"`
	// Kind is func, table, memory, global or tag in core modules, and module,
	// func, value, type, component or instance in components.
	Kind string `json:"kind"`
	// Type is the type of a core import as text, such as (i32, i32) -> i32.
	Type string `json:"type,omitempty"`
	// Version is the version in a component's name, such as 0.2.3.
	Version string `json:"version,omitempty"`
}

// String returns the full name of the import, such as
// wasi_snapshot_preview1.fd_write.
func (i Import) String() string {
	if i.Module == "" {
		return i.Name
	}
	return i.Module + "." + i.Name
}

// Export is something that the binary offers to its host. The fields are those
// of Import.
type Export struct {
	Name    string `json:"name"`
	Kind    string `json:"kind"`
	Type    string `json:"type,omitempty"`
	Version string `json:"version,omitempty"`
}

// Memory describes a linear memory: its limits and what is special about it.
type Memory struct {
	// Min and Max are sizes in pages; Max is nil if the memory may grow without
	// a limit of its own.
	Min uint64  `json:"min"`
	Max *uint64 `json:"max,omitempty"`
	// PageSize is the size of a page in bytes: 65536, or 1 with the feature
	// custom-page-sizes.
	PageSize uint64 `json:"pageSize"`
	// Shared memories can be used by several threads, Is64 ones have addresses
	// of 64 bits, and Imported ones come from the host.
	Shared   bool `json:"shared,omitempty"`
	Is64     bool `json:"memory64,omitempty"`
	Imported bool `json:"imported,omitempty"`
}

// Producer is one entry of the producers section.
type Producer struct {
	// Field says what the entry is: language, processed-by (a tool) or sdk.
	Field   string `json:"field"`
	Name    string `json:"name"`
	Version string `json:"version,omitempty"`
}

// Section is the name of a custom section and the size of its content in bytes.
type Section struct {
	Name string `json:"name"`
	Size int    `json:"size"`
}

// MemoryMinimum returns how many bytes of linear memory the binary has from the
// start. For a component it is the sum over the modules inside.
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
			if !m.Imported { // an imported one is another module's, which is counted there
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

// Export returns the export of that name, and reports whether there is one.
func (in *Info) Export(name string) (Export, bool) {
	i := slices.IndexFunc(in.Exports, func(e Export) bool { return e.Name == name })
	if i < 0 {
		return Export{}, false
	}
	return in.Exports[i], true
}

// Uses reports whether the binary is known to use the feature, one of the
// Feature constants. If CodeScanned is false it may use more than is known.
func (in *Info) Uses(feature string) bool { return slices.Contains(in.Features, feature) }
