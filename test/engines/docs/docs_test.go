// SPDX-License-Identifier: Apache-2.0

// Package docs runs the commands that the documentation prints.
package docs

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/helm-wasm/helm-wasm/test/engines"
)

// script joins the blocks of a document that are marked as shell.
func script(t *testing.T, document string) string {
	t.Helper()
	text, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	var blocks []string
	rest := string(text)
	for {
		_, after, ok := strings.Cut(rest, "\n```sh\n")
		if !ok {
			break
		}
		block, after, ok := strings.Cut(after, "\n```\n")
		if !ok {
			t.Fatalf("%s: a block does not end", document)
		}
		blocks, rest = append(blocks, block), after
	}
	if len(blocks) < 5 {
		t.Fatalf("%s: %d shell blocks, want at least 5", document, len(blocks))
	}
	return strings.Join(blocks, "\n")
}

func TestStart(t *testing.T) {
	root := engines.Root()
	if err := os.RemoveAll(filepath.Join(root, "build", "start")); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "bash", "-euo", "pipefail", "-c", script(t, filepath.Join(root, "docs", "START.md")))
	cmd.Dir = root
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, want := range []string{
		"Hello, Kafka!",
		"wasi-command: an event on stdin",
		"wasi:http/incoming-handler@0.2.3",
		"wrote  hello.tar\n",
		"oci-layout\n",
		"0 errors, 0 warnings",
		"use redpanda_transform_sdk",
		"RuntimeClass",
		"DaemonSet",
	} {
		if !strings.Contains(string(out), want) {
			t.Errorf("the output has no %q:\n%s", want, out)
		}
	}
	manifests, err := os.ReadFile(filepath.Join(root, "build", "start", "manifests.yaml"))
	for _, want := range []string{"kind: ScaledObject", "ghcr.io/acme/hello:1.0@sha256:"} {
		if err != nil || !strings.Contains(string(manifests), want) {
			t.Errorf("manifests.yaml holds no %q: %v", want, err)
		}
	}
}
