// SPDX-License-Identifier: Apache-2.0

package postrender

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/helm-wasm/helm-wasm/internal/manifests"
	"github.com/helm-wasm/helm-wasm/stack"
)

// oddReplicas follow the metadata of a Deployment. Their replicas are removed, or cannot
// be removed without changing something else.
var oddReplicas = []struct {
	text    string
	refused bool
}{
	{"spec: {a: b, # c,\n  replicas: 1}\n", true},
	{"spec: { # {\n  replicas: 1}\n", true},
	{"spec: {\n  replicas: 1\n  , a: b}\n", true},
	{"spec: {\n  replicas: 1\n}\n", false},
	{"spec: !!map\n  replicas: 1\n", true},
	{"spec:\n  replicas: 1 # c\u2028  a: b\n", true},
	{"spec:\n  a: |+\n    x\n\n  replicas: 1\n\n", true},
	{"spec:\n  a: >\n    x\n  replicas: 1\n    # c\n", true},
	{"spec:\n  a: >\n    x\n  replicas: 1\n", false},
	{"x: &x {replicas: 1}\nspec: *x\n", true},
	{"spec: &x {replicas: 1}\nx: *x\n", true},
	{"x: &x b\nspec: {replicas: 1}\ny: *x\n", false},
	// The library counts lines differently.
	{"# a\rb: c\nspec:\n  replicas: 1\n  s: 3\n", false},
	{"b: 'a\u0085c\u2028d'\nspec:\n  replicas: 1\n  p: 3\n  s: 3\n", false},
	{"b: \"é\u2029\"\r\nspec:\r\n  replicas: 1\r\n  s: 3\r\n", false},
}

const oddHead = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: x, annotations: {helm-wasm.dev/source: '{topic: c, " +
	"consumerGroup: i}'}}\n"

func TestOddReplicas(t *testing.T) {
	for _, tc := range oddReplicas {
		in := []byte(oddHead + tc.text)
		out, err := Run(in, Options{Values: shared(t, "kafka.bootstrapServers={kafka:9092}")})
		switch {
		case tc.refused:
			if err == nil || !strings.Contains(err.Error(), "cannot be removed on its own") {
				t.Errorf("%q gives %v and %q", tc.text, err, out)
			}
		case err != nil || bytes.Contains(out, []byte("replicas:")):
			t.Errorf("%q gives %v and %q", tc.text, err, out)
		default:
			checkObjects(t, in, out)
		}
	}
}

// FuzzPostRender: nothing panics, a stream without annotations comes out byte for byte,
// and any other stream keeps all of its objects, except for their replicas.
func FuzzPostRender(f *testing.F) {
	for _, in := range unannotated {
		f.Add([]byte(in))
	}
	for _, tc := range oddReplicas {
		f.Add([]byte(oddHead + tc.text))
	}
	files, _ := filepath.Glob("testdata/*.yaml")
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		checkSplit(t, in)
		out, err := Run(in, Options{Values: shared(t, "kafka.bootstrapServers={kafka:9092}")})
		switch {
		case err != nil && out != nil:
			t.Fatal("something comes out beside the error")
		case err != nil:
			checkRefusal(t, err.Error())
		case bytes.Equal(in, out):
		case !bytes.Contains(in, prefixBytes):
			t.Fatalf("%q comes out as %q", in, out)
		default:
			checkObjects(t, in, out)
		}
	})
}

// checkObjects compares the objects in the stream before and after.
func checkObjects(t *testing.T, in, out []byte) {
	t.Helper()
	after := manifests.Split(out)
	at := 0
	for _, d := range manifests.Split(in) {
		if d.Number == 0 {
			continue
		}
		before, err := stack.Parse("", d.Text(in))
		if err != nil {
			if !bytes.Contains(out, bytes.TrimSpace(d.Text(in))) {
				t.Fatalf("document %d is gone: %q", d.Number, out)
			}
			continue
		}
		found := false
		for ; at < len(after) && !found; at++ {
			if got, err := stack.Parse("", after[at].Text(out)); err == nil {
				found = reflect.DeepEqual(scaled(before.Tree()), scaled(got.Tree()))
			}
		}
		if !found {
			t.Fatalf("document %d is gone or changed:\n%s\n%s", d.Number, in, out)
		}
	}
}

// scaled removes what may be removed.
func scaled(tree map[string]any) map[string]any {
	spec, _ := tree["spec"].(map[string]any)
	delete(spec, "replicas")
	if len(spec) == 0 {
		delete(tree, "spec")
	}
	return tree
}

// checkRefusal: Helm finds the message where it looks for the name of a file, and cannot
// read the document.
func checkRefusal(t *testing.T, message string) {
	t.Helper()
	for i, d := range bytes.Split(Refusal(message), []byte("---\napi"))[1:] {
		var head struct {
			Metadata struct{ Annotations map[string]string }
		}
		if err := yaml.Unmarshal(append([]byte("api"), d...), &head); err != nil {
			t.Fatalf("%v in the refusal of %q", err, message)
		}
		file := head.Metadata.Annotations[FilenameAnnotation]
		if base := file[strings.LastIndexByte(file, '/')+1:]; strings.HasPrefix(base, "_") || file == "" {
			t.Fatalf("Helm would skip %q", file)
		}
		if i == 0 && (file[0] != '\n' || !strings.Contains(file, refusalEnd)) {
			t.Fatalf("%q is not the first file", file)
		}
	}
}

func TestRefusal(t *testing.T) {
	for _, message := range []string{
		"", "a", "a\n  b: c\n    d", "\tx\x00\xff\u2028", "x/_y", "---\n...\n# c", "- a: [",
		strings.Repeat("long ", 1000),
	} {
		checkRefusal(t, message)
	}
}
