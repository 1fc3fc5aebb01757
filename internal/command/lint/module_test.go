// SPDX-License-Identifier: Apache-2.0

package lint

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/helm-wasm/helm-wasm/internal/command/commandtest"
)

// wasiCommand is a module with _start and 4 MiB of memory.
const wasiCommand = "\x00asm\x01\x00\x00\x00\x01\x04\x01\x60\x00\x00\x03\x02\x01\x00\x05\x03\x01\x00\x40\x07\x0a\x01\x06_start\x00\x00\x0a\x04\x01\x02\x00\x0b"

// plugin is a module for Extism that exports process, with 64 KiB of memory.
const plugin = "\x00asm\x01\x00\x00\x00\x01\x05\x01\x60\x00\x01\x7f" + "\x02\x1b\x01\x0fextism:host/env\x07get_len\x00\x00" +
	"\x03\x02\x01\x00\x05\x03\x01\x00\x01\x07\x0b\x01\x07process\x00\x01\x0a\x06\x01\x04\x00\x41\x00\x0b"

func TestLintModule(t *testing.T) {
	files := commandtest.Files{"c.wasm": []byte(wasiCommand), "p.wasm": []byte(plugin), "x.wasm": []byte("no module")}
	small := strings.Replace(commandtest.Values, "sink:", "limits: {memory: 1Mi}\n    sink:", 1)
	for _, tt := range []struct{ name, values, module, want string }{
		{"small memory", small, "f=c.wasm", "error HW22 functions.f.limits.memory: limits.memory 1Mi is less than the 4Mi"},
		{"no such export", commandtest.Values, "f=p.wasm", `error HW43 functions.f.module.function: the module has no export "handle"`},
		{
			"another contract", strings.Replace(commandtest.Values, "sink:", "abi: redpanda\n    sink:", 1), "f=c.wasm",
			"error HW13 functions.f.abi: abi is redpanda, but the module fits wasi",
		},
		{"good", commandtest.Values, "f=c.wasm", "no findings"},
	} {
		if got := commands.Native(files, tt.values, "lint", "--module", tt.module); !strings.Contains(got.Stdout, tt.want) {
			t.Errorf("%s: %v\n%s", tt.name, got.Err, got.Stdout)
		}
	}
	commandtest.WantError(t, commands.Native(files, commandtest.Values, "lint", "--module", "f"), `"f" is not NAME=FILE`)
	commandtest.WantError(t,
		commands.Native(files, commandtest.Values, "lint", "--module", "g=c.wasm"),
		`no function "g" (did you mean "f"?)`)
	commandtest.WantError(t, commands.Native(files, commandtest.Values, "lint", "--module", "f=absent.wasm"), "absent.wasm")
	commandtest.WantError(t, commands.Native(files, commandtest.Values, "lint", "--module", "f=x.wasm"), "reading x.wasm")
	commandtest.WantError(t, commands.Sandbox(commandtest.Values, "lint", "--module", "f=c.wasm"),
		`a sandboxed plugin cannot open "c.wasm"`)
}

// A module in a ConfigMap of the values needs no file, so the sandbox reads it too.
func TestLintConfigMapModule(t *testing.T) {
	values := func(wasm string) string {
		text := strings.Replace(commandtest.Values,
			`image: "ghcr.io/acme/f@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"`,
			"configMap: {name: code, key: f.wasm}",
			1)
		return text + "extraObjects: {code: {apiVersion: v1, kind: ConfigMap, metadata: {name: code}, binaryData: " +
			"{f.wasm: " + base64.StdEncoding.EncodeToString([]byte(wasm)) + "}}}\n"
	}
	if got := commands.Sandbox(values(plugin), "lint"); !strings.Contains(got.Stdout, "HW43 functions.f.module.function") {
		t.Errorf("%v\n%s", got.Err, got.Stdout)
	}
	if got := commands.Sandbox(values("no module"), "lint"); !strings.Contains(got.Stdout,
		`HW18 extraObjects.code.binaryData.f\.wasm: the module cannot be read`) {
		t.Errorf("%v\n%s", got.Err, got.Stdout)
	}
	if got := commands.Sandbox(values(wasiCommand), "lint"); got.Err != nil || got.Stdout != "no findings\n" {
		t.Errorf("%v\n%s", got.Err, got.Stdout)
	}
}

func TestLintRelease(t *testing.T) {
	text := commandtest.Values + "extraObjects: {hpa: {apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, " +
		"metadata: {name: f}, spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: shop-f}}}}\n"
	if got := commands.Sandbox(text, "lint", "--release", "shop"); !strings.Contains(got.Stdout,
		"error KE06 extraObjects.hpa.spec.scaleTargetRef") {
		t.Errorf("%v\n%s", got.Err, got.Stdout)
	}
	if got := commands.Sandbox(text, "lint", "--release", "mail"); got.Err != nil || got.Stdout != "no findings\n" {
		t.Errorf("%v\n%s", got.Err, got.Stdout)
	}
	commandtest.WantError(t, commands.Sandbox(commandtest.Values, "lint", "--release", "Shop"), `"Shop" is not a name that Helm accepts`)
}
