// SPDX-License-Identifier: Apache-2.0

// Package stack turns one high-level values file (functions, topics, scaling)
// into the manifests of a running stack: Deployments, ScaledObjects,
// TriggerAuthentications, RuntimeClasses and the rest.
//
// The types in this package are the contract with users and the single source
// of charts/wasm-keda-stack/values.yaml, values.schema.json and docs/VALUES.md,
// which `make generate` writes from the doc comments and field tags:
//
//	json      the key in values.yaml
//	default   the value written to values.yaml (YAML; empty collections are implied)
//	enum      the legal values, comma separated
//	min, max  inclusive bounds of a number
//	format    quantity, duration, name, topic, image or percentOrInt: a string
//	          with a grammar; mapping for elements of lists and maps that
//	          Kubernetes defines
//	keys      the format of a map's keys: label or topic
//	keda      the field of KEDA's API that it becomes, for `helm wasm explain`
//	example   a value shown in the reference
//	open      "true" on an object that may hold keys we do not know
//
// The package is pure: it reads no file, clock, environment or network, and
// the same bytes in give the same bytes out.
package stack
