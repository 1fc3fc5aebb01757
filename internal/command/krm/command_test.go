// SPDX-License-Identifier: Apache-2.0

package krm

import (
	"bytes"
	"strings"
	"testing"

	"github.com/helm-wasm/helm-wasm/internal/command"
	"github.com/helm-wasm/helm-wasm/internal/command/commandtest"
)

const krmList = `apiVersion: config.kubernetes.io/v1
kind: ResourceList
items:
- apiVersion: helm-wasm.dev/v1alpha1
  kind: WasmStack
  metadata: {name: shop}
  spec:
    kafka: {mode: external, bootstrapServers: ["k:9092"]}
    workloads:
      biller: {scaleTargetRef: {name: biller}, source: {topic: orders, consumerGroup: billing}}
`

// TestKRM: results are written along with an error, and nothing else is.
func TestKRM(t *testing.T) {
	for _, tc := range []struct{ name, in, out, message string }{
		{"a stack", krmList, "kind: ScaledObject", ""},
		{
			"a mistake", strings.Replace(krmList, "external", "extern", 1), "\nresults:\n- message: ",
			`spec.kafka.mode: "extern" is not a legal value`,
		},
		{"a broken list", strings.Replace(krmList, "{name: shop}", "{name: shop", 1), "", "a bracket or brace"},
		{"nothing", "", "", "no ResourceList on standard input"},
		{"too much", strings.Repeat("#\n", MaxBytes/2+1), "", "ResourceList on standard input: larger than 32 MiB"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var out bytes.Buffer
			err := commandtest.Of(Command()).Table.Run(command.Env{
				Program: "helm wasm", Args: []string{"krm"}, Stdin: strings.NewReader(tc.in), Stdout: &out,
			})
			if (err != nil) != (tc.message != "") || err != nil && !strings.Contains(err.Error(), tc.message) {
				t.Errorf("the error is %v, want %q", err, tc.message)
			}
			if !strings.Contains(out.String(), tc.out) || tc.out == "" && out.Len() > 0 {
				t.Errorf("the output is\n%s", out.String())
			}
		})
	}
}
