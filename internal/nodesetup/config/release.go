// SPDX-License-Identifier: Apache-2.0

package config

import "strings"

// release is the newest known release of a shim.
type release struct {
	page    string // for people
	archive string // with ARCH as the release writes it
}

// releases are by the program's name. crun's own builds have no Wasm engine, so
// there is no release of it to point at.
var releases = map[string]release{
	"containerd-shim-wasmtime-v1": runwasi("wasmtime", "v0.6.0"),
	"containerd-shim-wasmedge-v1": runwasi("wasmedge", "v0.6.0"),
	"containerd-shim-wasmer-v1":   runwasi("wasmer", "v0.6.0"),
	"containerd-shim-wamr-v1":     runwasi("wamr", "v0.2.0"),
	"containerd-shim-spin-v2": {
		"https://github.com/spinframework/containerd-shim-spin/releases/tag/v0.24.0",
		"https://github.com/spinframework/containerd-shim-spin/releases/download/v0.24.0/containerd-shim-spin-v2-linux-ARCH.tar.gz",
	},
}

func runwasi(engine, version string) release {
	const base = "https://github.com/containerd/runwasi/releases/"
	shim := "containerd-shim-" + engine
	return release{base + "tag/" + shim + "/" + version, base + "download/" + shim + "/" + version + "/" + shim + "-ARCH-linux-musl.tar.gz"}
}

// machines are architectures as releases spell them.
var machines = map[string]string{"amd64": "x86_64", "arm64": "aarch64"}

// url returns the address of the archive for an architecture, or of the page
// where there is none.
func (r release) url(arch string) string {
	machine := machines[arch]
	if machine == "" {
		return r.page
	}
	return strings.Replace(r.archive, "ARCH", machine, 1)
}

// ReleaseURL returns where people find the newest known release of a program; empty if
// none is known.
func ReleaseURL(file, arch string) string {
	r, known := releases[file]
	if !known {
		return ""
	}
	return r.url(arch)
}

// release returns the addresses of a runtime's program. For a source that has only
// checksums they are those of its newest known release, for the architectures that have
// one. The checksums stay mandatory, so that a new release is never installed on its own.
func (s Source) release(key string) map[string]string {
	r, known := releases[s.File(key)]
	if !known || len(s.SHA256) == 0 || len(s.URL) > 0 || s.Image != "" || s.Path != "" {
		return s.URL
	}
	from := map[string]string{}
	for arch := range s.SHA256 {
		if machines[arch] != "" {
			from[arch] = r.url(arch)
		}
	}
	return from
}
