// SPDX-License-Identifier: Apache-2.0

// Package stack turns one high-level values file (functions, topics, scaling)
// into the manifests of a running stack: Deployments, ScaledObjects,
// TriggerAuthentications, RuntimeClasses and the rest. Parse reads the file,
// Lint finds what is wrong with it, and Render runs the chart's own templates on
// it, with the same bytes as Helm.
//
// The package is pure: it reads no file, clock, environment or network, and
// the same bytes in give the same bytes out. A program that imports it compiles
// neither Helm nor Kubernetes.
//
// # Stability
//
// The names in this package are the public API: they change only with a new
// minor version, and the changelog says how. The packages below it (values,
// schema, lint, render, examples) each do one job for it. They can be imported,
// for example to walk over the fields of the values, but they may change with any
// version. Ids of rules and paths of values are part of the API; the words of
// messages are not.
package stack
