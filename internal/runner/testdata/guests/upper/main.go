// SPDX-License-Identifier: Apache-2.0

// A WASI command for tests: it upper-cases its input, and does what commands
// in it ask for.
package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

func main() {
	input, err := io.ReadAll(os.Stdin)
	if err != nil {
		panic(err)
	}
	command, argument, _ := strings.Cut(string(input), " ")
	switch command {
	case "drop":
		return
	case "fail":
		fmt.Fprintln(os.Stderr, argument)
		os.Exit(7)
	case "panic":
		panic(argument)
	case "loop":
		for {
		}
	case "sleep":
		time.Sleep(time.Hour)
	case "hoard":
		var hoard [][]byte
		for {
			hoard = append(hoard, bytes.Repeat([]byte("x"), 16<<20)) // few growths, each of which copies
		}
	case "huge":
		chunk := bytes.Repeat([]byte("x"), 1<<20)
		for range 50 {
			if _, err := os.Stdout.Write(chunk); err != nil {
				os.Exit(1)
			}
		}
		return
	case "env":
		fmt.Print(os.Getenv(argument))
		return
	}
	fmt.Print(strings.ToUpper(string(input)))
}
