// SPDX-License-Identifier: Apache-2.0

// Command kustomize is `kubectl kustomize` of this version: what `kubectl apply -k` builds
// with.
package main

import (
	"os"

	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/kubectl/pkg/cmd/kustomize"
)

func main() {
	streams := genericiooptions.IOStreams{In: os.Stdin, Out: os.Stdout, ErrOut: os.Stderr}
	if err := kustomize.NewCmdKustomize(streams).Execute(); err != nil {
		os.Exit(1)
	}
}
