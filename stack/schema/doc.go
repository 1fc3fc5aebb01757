// SPDX-License-Identifier: Apache-2.0

// Package schema contains the types of the values. They are the contract with users
// and the single source of charts/wasm-keda-stack/values.yaml,
// values.schema.json and docs/VALUES.md, which `make generate` writes from the
// doc comments and field tags:
//
//	json      the key in values.yaml
//	default   the value written to values.yaml (YAML; empty collections are implied),
//	          or file:NAME for a long one, in defaults/NAME
//	enum      the legal values, separated by commas
//	min, max  inclusive bounds of a number
//	format    quantity, duration, name, topic, image or percentOrInt: a string
//	          with a grammar; mapping for elements of lists and maps that
//	          Kubernetes defines
//	keys      the format of a map's keys: label or topic
//	keda      the field of KEDA's API that it becomes, for `helm wasm explain`
//	example   a value shown in the reference
//	open      "true" on an object that may have keys that the types do not have
//
// Effective turns a tree of values into these types, with all defaults merged.
// The package is pure.
package schema
