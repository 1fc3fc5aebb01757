// SPDX-License-Identifier: Apache-2.0

// Package oci packs a WebAssembly binary as an OCI image or artifact, without a
// container engine:
//
//	img, err := oci.Pack(wasm, oci.Options{Reference: "ghcr.io/acme/enrich:1.0"})
//	if err != nil {
//		return err
//	}
//	err = os.WriteFile("enrich.tar", img.Archive(), 0o644)
//
// The archive can be imported by containerd, podman, skopeo and crane. To push
// an image directly, hand its Files to a registry client as an OCI layout.
//
// The package is pure: no files, network or clock. The same binary and options
// give the same bytes on every machine, since no time is recorded and nothing
// is compressed unless Options.Compress says how.
//
// # Stability
//
// The exported names are stable: within a major version of the module they are
// only added to. So are the digests: a release that changes the bytes of an
// image says so in the changelog. Until version 1.0 of the module, a minor
// release may change names; the changelog then says how to adapt.
package oci
