// SPDX-License-Identifier: Apache-2.0

// Package images builds the project's container images without a container
// engine: programs for linux/amd64 and linux/arm64, and the sample functions,
// each as an OCI image layout with a bill of materials.
//
// The same source, Go version and modules give the same bytes: files have no
// times, binaries no paths, and the certificate authorities come from a module that
// go.sum pins, not from the machine.
package images
