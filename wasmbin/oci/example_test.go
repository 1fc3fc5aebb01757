// SPDX-License-Identifier: Apache-2.0

package oci_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/helm-wasm/helm-wasm/wasmbin/oci"
)

// Pack a .wasm file as an image and write it as an archive, for
// `ctr images import enrich.tar`, podman, skopeo or crane.
func Example() {
	dir, err := os.MkdirTemp("", "images")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)

	img, err := oci.Pack(command, oci.Options{
		Name:      "enrich.wasm",
		Reference: "ghcr.io/acme/enrich:1.0",
	})
	if err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "enrich.tar"), img.Archive(), 0o644); err != nil {
		log.Fatal(err)
	}
	fmt.Println(img.Format, "image", img.Reference)
	fmt.Println("pin it as", img.Digest)
	// Output:
	// scratch image ghcr.io/acme/enrich:1.0
	// pin it as sha256:5f995e63875f73f570a8580e9d3f223a6b98cdc13df2e0f5b793db0e803d544e
}

// Pack a Wasm artifact in the format of the CNCF, with annotations.
func ExamplePack_artifact() {
	img, err := oci.Pack(command, oci.Options{
		Format:      oci.Artifact,
		Created:     "2026-01-02T03:04:05Z",
		Annotations: map[string]string{"org.opencontainers.image.source": "https://example.com/enrich"},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(img.MediaType)
	fmt.Println(img.Module)
	// Output:
	// application/vnd.oci.image.manifest.v1+json
	// sha256:5647c39a1d25d8728350f9619025292a62e78a602068a2ad9b6f075751c93d99
}

// Compress the layer of a Scratch image.
func ExampleOptions_compress() {
	img, err := oci.Pack(command, oci.Options{
		Compress: func(layer []byte) ([]byte, error) {
			var out bytes.Buffer
			w := gzip.NewWriter(&out)
			if _, err := w.Write(layer); err != nil {
				return nil, err
			}
			err := w.Close()
			return out.Bytes(), err
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(img.MediaType == oci.MediaTypeIndex)
	// Output:
	// true
}

// Files are an OCI image layout: write them to a directory, or hand them to a
// registry client.
func ExampleImage_Files() {
	img, err := oci.Pack(command, oci.Options{Format: oci.Layer})
	if err != nil {
		log.Fatal(err)
	}
	for name, data := range img.Files {
		fmt.Println(len(data), name)
	}
	// Output:
	// 30 oci-layout
	// 240 index.json
	// 36 blobs/sha256/5647c39a1d25d8728350f9619025292a62e78a602068a2ad9b6f075751c93d99
	// 373 blobs/sha256/c15dfbf514fe13738303e59c6f3faf43533abeaa3ca0c966a7bded21dc81db03
	// 277 blobs/sha256/d090908b08ab1e8b50c69ff9e61473c175e89ea9fdc4ef2cf9282258c8e35c5e
}

// command is a program for WASI preview 1 that does nothing.
var command = []byte("\x00asm\x01\x00\x00\x00" +
	"\x01\x04\x01\x60\x00\x00" + // type: ()
	"\x03\x02\x01\x00" + // one function
	"\x07\x0a\x01\x06_start\x00\x00" + // export
	"\x0a\x04\x01\x02\x00\x0b") // code
