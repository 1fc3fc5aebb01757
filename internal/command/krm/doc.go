// SPDX-License-Identifier: Apache-2.0

// Package krm is the KRM function: it reads a ResourceList, renders each
// WasmStack in it with the templates of the chart, and writes the list with the
// objects in place of the WasmStack. Orchestrators such as kustomize and kpt run
// it as `helm wasm krm`.
//
// The list is cut into pieces and put together again rather than decoded and
// encoded, so that objects of others come out byte for byte, with their comments.
// The package is pure and small, for use in the sandbox. It uses none of
// kustomize's libraries; its tests compare it with them.
package krm
