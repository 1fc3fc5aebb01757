// SPDX-License-Identifier: Apache-2.0

package wasmbin

// Limits of the WebAssembly JavaScript interface, which engines share, and
// our own for components.
const (
	maxTypes     = 1_000_000
	maxFunctions = 1_000_000
	maxImports   = 1_000_000
	maxExports   = 1_000_000
	maxGlobals   = 1_000_000
	maxTables    = 100_000
	maxMemories  = 100
	maxTags      = 1_000_000
	maxParams    = 1_000
	maxResults   = 1_000

	maxDepth    = 16     // components in components
	maxSections = 10_000 // in one module or component
)

// scanAlways is the size of a code section that is scanned for features even
// where every instruction costs, as in Helm's sandbox.
const scanAlways = 512 << 10
