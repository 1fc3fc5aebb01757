// SPDX-License-Identifier: Apache-2.0

// Package krm is the KRM function: it reads a ResourceList, renders each
// WasmStack in it with the chart's templates, and writes the list with the
// objects in the WasmStack's place. Orchestrators such as kustomize and kpt run
// it by `helm wasm krm`.
//
// The list is cut into pieces and put together again, not decoded and encoded:
// what is not the function's own comes out as it went in, byte for byte, with
// its comments. The package is pure and small, for the sandbox: it uses none of
// kustomize's libraries, and its tests hold it against them.
package krm
