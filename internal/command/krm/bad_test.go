// SPDX-License-Identifier: Apache-2.0

package krm

import (
	"fmt"
	"strings"
	"testing"
)

// TestBadLists: one message says what is wrong and where, and there is no output.
func TestBadLists(t *testing.T) {
	fifty := func(broken int, text string) string {
		var b strings.Builder
		b.WriteString(head + "items:\n")
		for i := range 50 {
			object := fmt.Sprintf("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: n%d\ndata: {a: b}\n", i)
			if i == broken {
				object = fmt.Sprintf("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: n%d\n%s\n", i, text)
			}
			b.WriteString(inList(object))
		}
		return b.String() + inConfig(stackText("shop", ""))
	}
	tests := []struct{ name, in, want string }{
		{"empty", "", "line 1 of the ResourceList: it is empty"},
		{"only comments", "# nothing\n---\n", "line 1 of the ResourceList: it is empty"},
		{"text", "hello\n", "line 1 of the ResourceList: it holds"},
		{"a list", "- a\n", "line 1 of the ResourceList: it holds a list"},
		{"Wasm", "\x00asm\x01\x00\x00\x00", "line 1 of the ResourceList: it looks like a Wasm binary, not YAML"},
		{
			"another kind",
			"apiVersion: apps/v1\nkind: Deployment\n",
			`standard input is of kind "Deployment", not a ResourceList; kustomize`,
		},
		{
			"kind with a typo",
			strings.Replace(head, "ResourceList", "ResourceLists", 1),
			`"ResourceLists", not a ResourceList (did you mean ResourceList?)`,
		},
		{"no kind", "items: []\n", "standard input is not a ResourceList: it has no kind"},
		{"a stack alone", stackText("shop", ""), "standard input is a WasmStack, not a ResourceList that contains one"},
		{
			"another apiVersion",
			strings.Replace(head, "io/v1", "io/v2", 1),
			`the ResourceList has apiVersion "config.kubernetes.io/v2", not config.kubernetes.io/v1 or`,
		},
		{"a stream", foreign + "---\n" + foreign, `standard input is of kind "ConfigMap"`},
		{"two lists", head + "items: []\n---\n" + head, "line 5: a second document starts"},
		{
			"unknown field",
			head + "item: []\n",
			`line 3: the field "item" is given twice or is not a field of a ResourceList (did you mean items?)`,
		},
		{"field twice", head + "items: []\nitems: []\n", `line 4: the field "items" is given twice`},
		{"items are a mapping", head + "items:\n  a: b\n", "the items of the ResourceList are not a list of objects"},
		{"more below no items", head + "items: []\n  a: b\n", "line 4 of the ResourceList: it "},
		{"more below the kind", head + "  a: b\nitems: []\n", "line 3 of the ResourceList: kind "},
		{"items are text", head + "items: many\n", "the items of the ResourceList are not a list of objects"},
		{"an item is text", head + "items:\n- many\n", "line 4 of the ResourceList: items[0] holds"},
		{"an item is nothing", head + "items:\n-\n- a: b\n", "line 4 of the ResourceList: items[0] is empty"},
		{
			"broken YAML",
			fifty(37, "data: {a: [b}"),
			`line 193 of the ResourceList: items[37], ConfigMap "n37" a bracket or brace opened in line 193`,
		},
		{"a tab", fifty(3, "data:\n\ta: b"), `line 24 of the ResourceList: items[3]`},
		{"key twice", fifty(11, "metadata: {}"), `items[11], ConfigMap "n11" key "metadata" is given twice in one mapping`},
		{"quote not closed", fifty(49, "data: {a: \"b}"), `items[49], ConfigMap "n49" a quote is opened and never closed`},
		{"NUL", fifty(5, "data: {a: \x00}"), `line 33 of the ResourceList: items[5], ConfigMap "n5" a NUL byte is not allowed in YAML`},
		{"functionConfig is text", head + "functionConfig: shop\n", "the functionConfig is not an object"},
		{"functionConfig is broken", head + "functionConfig: {\n", "of the ResourceList: functionConfig"},
		{
			"nothing to render",
			head + "items:\n" + inList(foreign),
			"nothing to render: the ResourceList has no functionConfig, and none of its items is a WasmStack",
		},
		{
			"kind of an item with a typo",
			head + "items:\n" + inList(strings.Replace(stackText("shop", ""), "WasmStack", "WasmStak", 1)),
			`items[0]: kind "WasmStak" of helm-wasm.dev/v1alpha1 is unknown (did you mean WasmStack?)`,
		},
		{
			"kind of the functionConfig with a typo",
			head + inConfig(strings.Replace(stackText("shop", ""), "WasmStack", "Wasmstacks", 1)),
			`functionConfig: kind "Wasmstacks" of helm-wasm.dev/v1alpha1 is unknown (did you mean WasmStack?)`,
		},
		{
			"the same stack twice",
			head + "items:\n" + inList(stackText("shop", "")) + inList(stackText("shop", ", namespace: default")),
			`items[0], WasmStack "shop" and items[1], WasmStack "shop" are the same WasmStack`,
		},
		{
			"an object that is there", head + "items:\n" + inList("apiVersion: keda.sh/v1alpha1\nkind: ScaledObject\n"+
				"metadata: {name: shop-biller, annotations: {config.kubernetes.io/path: mine.yaml}}") + inConfig(stackText("shop", "")),
			`functionConfig, WasmStack "shop" renders the ScaledObject "shop-biller" in namespace default, which is in the ` +
				`list already and ` +
				`does not come from it (items[0], ScaledObject "shop-biller" of mine.yaml)`,
		},
		{
			"an object without a name", head + inConfig(stackText("shop", "")+"  extraObjects: {a: {apiVersion: v1, kind: ConfigMap}}\n"+
				"options: {scope: all}\n"),
			`functionConfig, WasmStack "shop": one of extraObjects needs apiVersion, kind and metadata.name, each a string`,
		},
		{
			"a stack in a stack", head + inConfig(stackText("shop", "")+"  extraObjects: {a: {apiVersion: helm-wasm.dev/v1alpha1, kind: "+
				"WasmStack, metadata: {name: x}, spec: {}}}\noptions: {scope: all}\n"),
			`functionConfig, WasmStack "shop": extraObjects contain the WasmStack "x" in namespace default, which is rendered and not ` +
				`applied: move it to the items of the ResourceList`,
		},
		{"a key with quotes in it", head + "\"\"items:\n" + inList(stackText("shop", "")), "of the ResourceList: it "},
		{
			"an object of two stacks",
			head + "items:\n" + inList(stackText("a", "")+"  fullnameOverride: x\n") +
				inList(stackText("b", "")+"  fullnameOverride: x\n"),
			`items[0], WasmStack "a" and items[1], WasmStack "b" both render the ScaledObject "x-biller" in namespace default`,
		},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			out, err := Run([]byte(tc.in))
			if err == nil {
				t.Fatalf("no error, but\n%s", out)
			}
			if !strings.Contains(err.Error(), tc.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("the error is\n  %v\nwant\n  %s", err, tc.want)
			}
			if out != nil {
				t.Errorf("there is output:\n%s", out)
			}
		})
	}
}

// TestBadStacks: the mistakes in a WasmStack become results, all at once, and the items
// stay as they were.
func TestBadStacks(t *testing.T) {
	tests := []struct{ name, stack, want string }{
		{
			"apiVersion",
			strings.Replace(stackText("shop", ""), "v1alpha1", "v1", 1),
			`apiVersion: "helm-wasm.dev/v1" is not the apiVersion of a WasmStack; write helm-wasm.dev/v1alpha1`,
		},
		{
			"no name",
			strings.Replace(stackText("shop", ""), "name: shop", "", 1),
			`metadata.name: "" is not a valid name for a Helm release`,
		},
		{"long name", stackText(strings.Repeat("x", 54), ""), "at most 53 characters (a namePrefix counts)"},
		{"no values", "apiVersion: helm-wasm.dev/v1alpha1\nkind: WasmStack\nmetadata: {name: shop}\n", "spec: the values are missing"},
		{
			"values are a list",
			"apiVersion: helm-wasm.dev/v1alpha1\nkind: WasmStack\nmetadata: {name: shop}\nspec: []\n",
			"spec: a list where a mapping is expected",
		},
		{"unknown field", stackText("shop", "") + "option: {scope: all}\n", `option: unknown key "option"; did you mean options?`},
		{
			"values outside of spec",
			stackText("shop", "") + "functions: {}\n",
			`functions: unknown key "functions"; functions belongs under spec`,
		},
		{
			"unknown option",
			stackText("shop", "") + "options: {kubeVersions: '1.34'}\n",
			`options.kubeVersions: unknown key "kubeVersions"; did you mean kubeVersion?`,
		},
		{
			"unknown scope",
			stackText("shop", "") + "options: {scope: function}\n",
			`options.scope: "function" is not a legal value; did you mean functions? Legal are functions, all`,
		},
		{
			"version is a number",
			stackText("shop", "") + "options: {kubeVersion: 1.30}\n",
			`options.kubeVersion: number 1.3 where a string is expected; put it into quotes`,
		},
		{
			"unknown value",
			strings.Replace(stackText("shop", ""), "consumerGroup", "consumergrup", 1),
			`spec.workloads.biller.source.consumergrup: unknown key "consumergrup"; did you mean consumerGroup?`,
		},
		{
			"illegal value",
			strings.Replace(stackText("shop", ""), "external", "extern", 1),
			`spec.kafka.mode: "extern" is not a legal value; did you mean external?`,
		},
		{
			"what the linter knows",
			strings.Replace(stackText("shop", ""), ", consumerGroup: billing", "", 1),
			"spec.workloads.biller.source.consumerGroup: ",
		},
		{"what the templates know", stackText("shop", "") + "  runner: {image: {repository: ''}}\n", "spec"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			in := head + "items:\n" + inList(foreign) + inList(tc.stack)
			out, err := Run([]byte(in))
			if err == nil {
				t.Fatalf("no error, but\n%s", out)
			}
			if !strings.Contains(err.Error(), tc.want) || !strings.HasPrefix(err.Error(), "1 mistake\nitems[1], WasmStack") {
				t.Errorf("the error is\n  %v\nwant\n  %s", err, tc.want)
			}
			results, ok := strings.CutPrefix(string(out), in)
			if !ok || !strings.HasPrefix(results, "results:\n- message: ") {
				t.Errorf("the list has changed, or has no results:\n%s", out)
			}
		})
	}
}

// TestManyMistakes: the message lists the first mistakes, the results all of them.
func TestManyMistakes(t *testing.T) {
	stack := stackText("shop", "")
	for i := range 30 {
		stack += fmt.Sprintf("  unknown%d: 1\n", i)
	}
	out, err := Run([]byte(head + "items:\n" + inList(stack)))
	if err == nil || !strings.HasPrefix(err.Error(), "30 mistakes\n") || strings.Count(err.Error(), "\n") > 13 {
		t.Errorf("the error is\n  %v", err)
	}
	if n := strings.Count(string(out), "- message: "); n != 30 {
		t.Errorf("%d results:\n%s", n, out)
	}
}
