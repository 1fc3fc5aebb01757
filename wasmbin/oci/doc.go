// SPDX-License-Identifier: Apache-2.0

// Package oci packs a WebAssembly binary as an OCI image or artifact.
//
// It is pure and small enough for a sandbox: the few JSON documents and the
// tar archives are written here. The same binary and options give the same
// bytes, on every machine and in every release: no times, no compression of
// its own.
package oci
