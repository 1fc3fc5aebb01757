// SPDX-License-Identifier: Apache-2.0

//go:build wasip1

// Command thumbnail is a function of ABI extism: a PNG or JPEG comes in, a
// smaller one goes out. The export below is all that knows of Extism; the work
// is in thumbnail.go and is tested natively.
package main

import (
	"fmt"

	"github.com/extism/go-pdk"
)

//go:wasmexport handle
func handle() int32 {
	limits, err := ParseLimits(func(key string) string {
		value, _ := pdk.GetConfig(key)
		return value
	})
	if err == nil {
		var out []byte
		if out, err = Thumbnail(pdk.Input(), limits); err == nil {
			pdk.Output(out)
			return 0
		}
	}
	pdk.SetError(fmt.Errorf("making a thumbnail: %w", err))
	return 1
}

func main() {}
