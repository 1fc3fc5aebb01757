// SPDX-License-Identifier: Apache-2.0

// Package lint finds what will not install, will not work, or will hurt later.
// Validate checks values against the fields of package schema, as
// values.schema.json does; Lint does the same and then runs the checks of package
// rules, which know KEDA, Kafka and Kubernetes. The package is pure.
package lint
