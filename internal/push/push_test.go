// SPDX-License-Identifier: Apache-2.0

package push

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	"github.com/google/go-containerregistry/pkg/v1/remote"

	"github.com/helm-wasm/helm-wasm/wasmbin/oci"
)

var wasm = []byte("\x00asm\x01\x00\x00\x00")

func TestPush(t *testing.T) {
	server := httptest.NewServer(registry.New())
	defer server.Close()
	host := strings.TrimPrefix(server.URL, "http://")
	for _, format := range oci.Formats() {
		t.Run(string(format), func(t *testing.T) {
			img, err := oci.Pack(wasm, oci.Options{Format: format, Reference: host + "/acme/" + string(format) + ":1", Compress: Gzip})
			if err != nil {
				t.Fatal(err)
			}
			if err := Push(context.Background(), img); err != nil {
				t.Fatal(err)
			}
			ref, err := name.ParseReference(img.Reference)
			if err != nil {
				t.Fatal(err)
			}
			if head, err := remote.Head(ref); err != nil || head.Digest.String() != img.Digest {
				t.Errorf("the registry has %v, want %s, %v", head, img.Digest, err)
			}
		})
	}
}

func TestPushRefuses(t *testing.T) {
	server := httptest.NewServer(registry.New())
	host := strings.TrimPrefix(server.URL, "http://")
	server.Close()
	for ref, want := range map[string]string{
		"Not A Reference": "must be like",
		"acme/UPPER:1":    "reading the reference",
		"acme/x@sha256:" + strings.Repeat("0", 64): "names a digest",
		host + "/acme/x:1":                         "pushing",
	} {
		img, err := oci.Pack(wasm, oci.Options{Reference: ref})
		if err == nil {
			err = Push(context.Background(), img)
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", ref, err)
		}
	}
}
