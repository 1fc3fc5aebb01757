// SPDX-License-Identifier: Apache-2.0

//go:build guests

package guestbuild

// What guests in testdata directories import, which the module's tidying does
// not look into.
import (
	_ "github.com/extism/go-pdk"
	_ "github.com/redpanda-data/redpanda/src/transform-sdk/go/transform"
)
