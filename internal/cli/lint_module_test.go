// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"encoding/base64"
	"strings"
	"testing"
)

// command is a module with _start and 4 MiB of memory.
const command = "\x00asm\x01\x00\x00\x00\x01\x04\x01\x60\x00\x00\x03\x02\x01\x00\x05\x03\x01\x00\x40\x07\x0a\x01\x06_start\x00\x00\x0a\x04\x01\x02\x00\x0b"

// plugin is one for Extism that exports process, and 64 KiB of memory.
const plugin = "\x00asm\x01\x00\x00\x00\x01\x05\x01\x60\x00\x01\x7f" + "\x02\x1b\x01\x0fextism:host/env\x07get_len\x00\x00" +
	"\x03\x02\x01\x00\x05\x03\x01\x00\x01\x07\x0b\x01\x07process\x00\x01\x0a\x06\x01\x04\x00\x41\x00\x0b"

func TestLintModule(t *testing.T) {
	files := memory{"c.wasm": []byte(command), "p.wasm": []byte(plugin), "x.wasm": []byte("no module")}
	small := strings.Replace(good, "sink:", "limits: {memory: 1Mi}\n    sink:", 1)
	for _, tt := range []struct{ name, values, module, want string }{
		{"small memory", small, "f=c.wasm", "error HW22 functions.f.limits.memory: limits.memory 1Mi is less than the 4Mi"},
		{"no such export", good, "f=p.wasm", `error HW43 functions.f.module.function: the module has no export "handle"`},
		{"another contract", strings.Replace(good, "sink:", "abi: redpanda\n    sink:", 1), "f=c.wasm", "error HW13 functions.f.abi: abi is redpanda, but the module fits wasi"},
		{"good", good, "f=c.wasm", "no findings"},
	} {
		if got := native(files, tt.values, "lint", "--module", tt.module); !strings.Contains(got.stdout, tt.want) {
			t.Errorf("%s: %v\n%s", tt.name, got.err, got.stdout)
		}
	}
	wantError(t, native(files, good, "lint", "--module", "f"), `"f" is not NAME=FILE`)
	wantError(t, native(files, good, "lint", "--module", "g=c.wasm"), `no function "g" (did you mean "f"?)`)
	wantError(t, native(files, good, "lint", "--module", "f=absent.wasm"), "absent.wasm")
	wantError(t, native(files, good, "lint", "--module", "f=x.wasm"), "reading x.wasm")
	wantError(t, sandbox(good, "lint", "--module", "f=c.wasm"), `a sandboxed plugin cannot open "c.wasm"`)
}

// A module in a ConfigMap of the values needs no file, so the sandbox reads it too.
func TestLintConfigMapModule(t *testing.T) {
	values := func(wasm string) string {
		text := strings.Replace(good, `image: "ghcr.io/acme/f@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"`, "configMap: {name: code, key: f.wasm}", 1)
		return text + "extraObjects: {code: {apiVersion: v1, kind: ConfigMap, metadata: {name: code}, binaryData: {f.wasm: " + base64.StdEncoding.EncodeToString([]byte(wasm)) + "}}}\n"
	}
	if got := sandbox(values(plugin), "lint"); !strings.Contains(got.stdout, "HW43 functions.f.module.function") {
		t.Errorf("%v\n%s", got.err, got.stdout)
	}
	if got := sandbox(values("no module"), "lint"); !strings.Contains(got.stdout, `HW18 extraObjects.code.binaryData.f\.wasm: the module cannot be read`) {
		t.Errorf("%v\n%s", got.err, got.stdout)
	}
	if got := sandbox(values(command), "lint"); got.err != nil || got.stdout != "no findings\n" {
		t.Errorf("%v\n%s", got.err, got.stdout)
	}
}

func TestLintRelease(t *testing.T) {
	text := good + "extraObjects: {hpa: {apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: f}, spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: shop-f}}}}\n"
	if got := sandbox(text, "lint", "--release", "shop"); !strings.Contains(got.stdout, "error KE06 extraObjects.hpa.spec.scaleTargetRef") {
		t.Errorf("%v\n%s", got.err, got.stdout)
	}
	if got := sandbox(text, "lint", "--release", "mail"); got.err != nil || got.stdout != "no findings\n" {
		t.Errorf("%v\n%s", got.err, got.stdout)
	}
	wantError(t, sandbox(good, "lint", "--release", "Shop"), `"Shop" is not a name that Helm takes`)
}
