// SPDX-License-Identifier: Apache-2.0

// Package values reads values files: YAML or JSON into the tree that Helm would
// make of it, with the position of every value for messages. Documents merge as
// with `helm -f`, and change as with `--set`.
//
// Two readers serve it. Everyday YAML goes through internal/yamlin, which is
// many times faster in Helm's sandbox; everything else goes to go.yaml.in/yaml.
// Tests compare the two. The package is pure.
package values
