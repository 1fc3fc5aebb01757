// SPDX-License-Identifier: Apache-2.0

//go:build !wasip1

package main

import (
	"fmt"
	"io"
	"os"
)

// Natively the same code is a filter: thumbnail < photo.png > small.png. It
// reads its settings from the environment.
func main() {
	if err := filter(os.Stdin, os.Stdout, os.Getenv); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func filter(in io.Reader, out io.Writer, getenv func(string) string) error {
	limits, err := ParseLimits(getenv)
	if err != nil {
		return err
	}
	picture, err := io.ReadAll(in)
	if err != nil {
		return fmt.Errorf("reading the picture: %w", err)
	}
	small, err := Thumbnail(picture, limits)
	if err != nil {
		return err
	}
	_, err = out.Write(small)
	return err
}
