// SPDX-License-Identifier: Apache-2.0

package wasmbin

// The limits of the WebAssembly JavaScript interface, which engines share, and
// this package's own for components.
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

// scanAlways is the size in bytes up to which a code section is always scanned
// for features, also in Helm's sandbox, where code runs slowly.
const scanAlways = 512 << 10
