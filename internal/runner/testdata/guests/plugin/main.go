// SPDX-License-Identifier: Apache-2.0

// An Extism plug-in for tests: it upper-cases its input, and does what
// commands in it ask for.
package main

import (
	"bytes"
	"errors"
	"strings"

	"github.com/extism/go-pdk"
)

func main() {}

var hoard [][]byte

//go:wasmexport handle
func handle() int32 {
	input := pdk.InputString()
	command, argument, _ := strings.Cut(input, " ")
	switch command {
	case "drop":
		return 0
	case "fail":
		pdk.SetError(errors.New(argument))
		return 1
	case "code":
		return 4
	case "panic":
		panic(argument)
	case "loop":
		for {
			hoard = hoard[:0]
		}
	case "hoard":
		for {
			hoard = append(hoard, bytes.Repeat([]byte("x"), 16<<20)) // few growths, each of which copies
		}
	case "huge":
		pdk.Output(bytes.Repeat([]byte("x"), 3<<20))
		return 0
	case "config":
		value, _ := pdk.GetConfig(argument)
		pdk.OutputString(value)
		return 0
	}
	pdk.OutputString(strings.ToUpper(input))
	return 0
}
