// SPDX-License-Identifier: Apache-2.0

package krm

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

var update = flag.Bool("update", false, "write what Run gives into testdata")

// TestGolden: each directory of testdata has an input and the expected results. (Its
// expected.yaml and errors.txt are what kyaml makes of them, for test/krm.)
func TestGolden(t *testing.T) {
	dirs, err := filepath.Glob("testdata/*/input.yaml")
	if err != nil || len(dirs) == 0 {
		t.Fatal(err, "no cases")
	}
	for _, input := range dirs {
		dir := filepath.Dir(input)
		t.Run(filepath.Base(dir), func(t *testing.T) {
			in, err := os.ReadFile(input)
			if err != nil {
				t.Fatal(err)
			}
			out, err := Run(in)
			message := ""
			if err != nil {
				message = err.Error() + "\n"
			}
			golden(t, filepath.Join(dir, "output.yaml"), string(out))
			golden(t, filepath.Join(dir, "error.txt"), message)
			if err != nil {
				return
			}
			again, err := Run(out)
			if err != nil || !bytes.Equal(again, out) {
				t.Errorf("a second run changes the list: %v\n%s", err, again)
			}
		})
	}
}

// golden compares with a file, which is missing if the text should be empty.
func golden(t *testing.T, name, got string) {
	t.Helper()
	if *update {
		if got == "" {
			os.Remove(name)
		} else if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(name)
	if err != nil && (got != "" || !os.IsNotExist(err)) {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s, got:\n%s\nwant:\n%s", name, got, want)
	}
}

// stackValues are those of a stack that renders one object.
const stackValues = `
  kafka: {mode: external, bootstrapServers: ["k:9092"], topics: {orders: {partitions: 3}}}
  workloads:
    biller: {scaleTargetRef: {name: biller}, source: {topic: orders, consumerGroup: billing}}
`

const head = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\n"

func stackText(name, more string) string {
	return "apiVersion: helm-wasm.dev/v1alpha1\nkind: WasmStack\nmetadata: {name: " + name + more + "}\nspec:" + stackValues
}

// inList makes an item of a list from an object, and inConfig the functionConfig.
func inList(text string) string {
	return "- " + strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n  ") + "\n"
}

func inConfig(text string) string {
	return "functionConfig:\n  " + strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n  ") + "\n"
}

func mustRun(t *testing.T, in string) string {
	t.Helper()
	out, err := Run([]byte(in))
	if err != nil {
		t.Fatalf("%v\n%s", err, in)
	}
	return string(out)
}

// items returns the kinds and names of the items of a list.
func items(t *testing.T, text string) string {
	t.Helper()
	var list struct {
		Items []struct {
			Kind     string
			Metadata struct{ Name, Namespace string }
		}
	}
	if err := yaml.Unmarshal([]byte(text), &list); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	var names []string
	for _, i := range list.Items {
		names = append(names, i.Kind+"/"+i.Metadata.Namespace+"/"+i.Metadata.Name)
	}
	return strings.Join(names, " ")
}

const foreign = `apiVersion: v1
kind: ConfigMap
metadata: {name: mine, namespace: prod}
`

func TestPlaces(t *testing.T) {
	declared := inConfig("apiVersion: helm-wasm.dev/v1alpha1\nkind: WasmStack\nmetadata: {name: expand}\n")
	local := `, annotations: {config.kubernetes.io/local-config: "true"}`
	tests := []struct{ name, in, want string }{
		{"generator", head + "items: []\n" + inConfig(stackText("shop", "")), "ScaledObject/default/shop-biller"},
		{"generator without items", head + inConfig(stackText("shop", "")), "ScaledObject/default/shop-biller"},
		{
			"generator of kustomize", head + "items:\n" + inList(stackText("shop", local)) + inConfig(stackText("shop", local)),
			"WasmStack//shop ScaledObject/default/shop-biller",
		},
		{
			"generator behind items",
			head + "items:\n" + inList(foreign) + inConfig(stackText("shop", ", namespace: prod")),
			"ConfigMap/prod/mine ScaledObject/prod/shop-biller",
		},
		{
			"transformer", head + "items:\n" + inList(stackText("shop", ", namespace: prod")) + inList(foreign) + declared,
			"ScaledObject/prod/shop-biller ConfigMap/prod/mine",
		},
		{
			"the function's own object is an item", head + "items:\n" + inList("apiVersion: helm-wasm.dev/v1alpha1\nkind: WasmStack\n"+
				"metadata: {name: expand}\n") + inList(stackText("shop", "")) + declared,
			"WasmStack//expand ScaledObject/default/shop-biller",
		},
		{"no functionConfig", head + "items:\n" + inList(stackText("shop", "")), "ScaledObject/default/shop-biller"},
		{
			"functionConfig of another kind",
			head + "items:\n" + inList(stackText("shop", "")) + inConfig(foreign),
			"ScaledObject/default/shop-biller",
		},
		{
			"null functionConfig",
			head + "functionConfig: null\nitems:\n" + inList(stackText("shop", "")),
			"ScaledObject/default/shop-biller",
		},
		{
			"two stacks",
			head + "items:\n" + inList(stackText("a", "")) + inList(stackText("b", "")),
			"ScaledObject/default/a-biller ScaledObject/default/b-biller",
		},
		{
			"two namespaces",
			head + "items:\n" + inList(stackText("a", "")) + inList(stackText("a", ", namespace: prod")),
			"ScaledObject/default/a-biller ScaledObject/prod/a-biller",
		},
		{"local stays", head + "items:\n" + inList(stackText("shop", local)), "WasmStack//shop ScaledObject/default/shop-biller"},
		{
			"local is false",
			head + "items:\n" + inList(stackText("shop", strings.Replace(local, "true", "false", 1))),
			"ScaledObject/default/shop-biller",
		},
		{
			"old version",
			strings.Replace(head, "v1", "v1beta1", 1) + "items:\n" + inList(stackText("shop", "")),
			"ScaledObject/default/shop-biller",
		},
		{"nothing to do", head + "items:\n" + inList(foreign) + declared, "ConfigMap/prod/mine"},
		{
			"items in a deeper column",
			head + "items:\n    " + strings.ReplaceAll(strings.TrimSpace(inList(stackText("shop", ""))), "\n", "\n    ") + "\n",
			"ScaledObject/default/shop-biller",
		},
		{
			"dash on a line of its own",
			head + "items:\n-\n  " + strings.ReplaceAll(stackText("shop", ""), "\n", "\n  ") + "\n",
			"ScaledObject/default/shop-biller",
		},
		{"CRLF", strings.ReplaceAll(head+"items:\n"+inList(stackText("shop", "")), "\n", "\r\n"), "ScaledObject/default/shop-biller"},
		{
			"marks of a document",
			"\ufeff# first\n---\n" + head + "items:\n" + inList(stackText("shop", "")) + "...\n",
			"ScaledObject/default/shop-biller",
		},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			out := mustRun(t, tc.in)
			if got := items(t, out); got != tc.want {
				t.Errorf("items are %s\nwant %s\n%s", got, tc.want, out)
			}
			if again := mustRun(t, out); again != out {
				t.Errorf("a second run changes the list:\n%s\nto:\n%s", out, again)
			}
		})
	}
}

// TestUntouched: objects of others come out byte for byte, wherever they are.
func TestUntouched(t *testing.T) {
	before := `# head comment

kind: ResourceList # kind first
apiVersion: 'config.kubernetes.io/v1'
functionConfig: {apiVersion: v1, kind: ConfigMap, metadata: {name: any}} # in braces
items:
  # about the first
  - apiVersion: v1
    kind: ConfigMap # comment
    metadata:
      name: odd
      annotations:
        config.kubernetes.io/index: '0'
        internal.config.kubernetes.io/id: '1'
        config.k8s.io/id: "1"
    data:
      text: |+
        - item: not one

        # no comment

      folded: >-
        one
        two
      quoted: "several
        - lines"
      binary: !!binary aGVsbG8=
      "a key": &anchor yes
      same: *anchor
      large: 12345678901234567890
      script: "a\tb"
`
	after := `  # about the last
  -   kind: Thing
      apiVersion: example.com/v1
      metadata: {name: last}
`
	in := before + "  " + strings.ReplaceAll(strings.TrimSpace(inList(stackText("shop", ""))), "\n", "\n  ") + "\n" + after
	out := mustRun(t, in)
	if !strings.HasPrefix(out, before) || !strings.Contains(out, after) {
		t.Errorf("the list's own text has changed:\n%s", out)
	}
	if got, want := items(t, out), "ConfigMap//odd ScaledObject/default/shop-biller Thing//last"; got != want {
		t.Errorf("items are %s, want %s", got, want)
	}
}

// TestOtherStyles: a list that is not written in lines is rewritten in lines with the
// same meaning.
func TestOtherStyles(t *testing.T) {
	for name, in := range map[string]string{
		"JSON": `{"apiVersion":"config.kubernetes.io/v1","kind":"ResourceList","items":[` +
			`{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"mine","namespace":"prod"}},` +
			`{"apiVersion":"helm-wasm.dev/v1alpha1","kind":"WasmStack","metadata":{"name":"shop"},` +
			`"spec":{"kafka":{"mode":"external","bootstrapServers":["k:9092"],"topics":{"orders":{"partitions":3}}},` +
			`"workloads":{"biller":{"scaleTargetRef":{"name":"biller"},"source":{"topic":"orders","consumerGroup":"billing"}}}}}]}`,
		"brackets": head + "items: [{apiVersion: v1, kind: ConfigMap, metadata: {name: mine, namespace: prod}}, " +
			"{apiVersion: helm-wasm.dev/v1alpha1, kind: WasmStack, metadata: {name: shop}, spec: {kafka: {mode: external, " +
			"bootstrapServers: " +
			"['k:9092']}, workloads: {biller: {scaleTargetRef: {name: b}, source: {topic: orders, consumerGroup: billing}}}}}]\n",
		"an anchor of another item": head +
			"items:\n- apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: mine, namespace: &ns prod}\n" +
			"  data: {a: &text b}\n" +
			inList(strings.Replace(stackText("shop", ""), "name: biller}", "name: *text}", 1)),
		"quotes over lines": head + "items:\n- apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: mine, namespace: prod}\n" +
			"  data: {a: \"b\n- c\"}\n" + inList(stackText("shop", "")),
	} {
		t.Run(name, func(t *testing.T) {
			out := mustRun(t, in)
			if got, want := items(t, out), "ConfigMap/prod/mine ScaledObject/default/shop-biller"; got != want {
				t.Errorf("items are %s, want %s\n%s", got, want, out)
			}
		})
	}
}

// TestReplaced: an object from an earlier run is replaced in its place, and keeps the
// annotations of tools.
func TestReplaced(t *testing.T) {
	first := mustRun(t, head+"items:\n"+inList(foreign)+inConfig(stackText("shop", "")))
	marked := strings.Replace(
		first,
		"    annotations:\n",
		"    annotations:\n      internal.config.kubernetes.io/path: 'there.yaml'\n",
		1,
	) + "- apiVersion: v1\n  kind: Thing\n"
	// The functionConfig comes after the items, so the new item goes before it.
	i, j := strings.Index(marked, "functionConfig"), strings.Index(marked, "- apiVersion: v1\n  kind: Thing\n")
	marked = marked[:i] + marked[j:] + marked[i:j]
	if got := mustRun(t, marked); got != marked {
		t.Errorf("the list has changed:\n%s\nto:\n%s", marked, got)
	}
	out := mustRun(t, strings.Replace(marked, "scaleTargetRef: {name: biller}", "scaleTargetRef: {name: other}", 1))
	if got, want := items(t, out), "ConfigMap/prod/mine ScaledObject/default/shop-biller Thing//"; got != want {
		t.Errorf("items are %s, want %s", got, want)
	}
	for _, want := range []string{"internal.config.kubernetes.io/path: there.yaml", "name: other"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
}

// TestLarge: a large object that only the slow reader could read is passed on unread,
// but a stack never is.
func TestLarge(t *testing.T) {
	large := "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: large\ndata:\n  a: \"" +
		strings.Repeat("b\n    c", maxChecked/5) + "\"\n"
	in := head + "items:\n" + inList(large) + inList(stackText("shop", ""))
	out := mustRun(t, in)
	if got, want := items(t, out), "ConfigMap//large ScaledObject/default/shop-biller"; got != want ||
		!strings.Contains(out, inList(large)) {
		t.Errorf("items are %s, want %s", got, want)
	}
	large = stackText("shop", "") + "  extraObjects: {a: {kind: ConfigMap, a: \"" + strings.Repeat("b\n    c", maxChecked/5) + "\"}}\n"
	if out, err := Run([]byte(head + "items:\n" + inList(large))); err == nil ||
		!strings.Contains(err.Error(), `items[0], WasmStack "shop" `) {
		t.Errorf("the error is %v, the output %.500s", err, out)
	}
}
