// SPDX-License-Identifier: Apache-2.0

package manifests

import (
	"strings"
	"testing"
)

const stream = `# Source: shop/templates/app.yaml
apiVersion: v1
kind: Service
metadata: {name: shop}
---

---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: shop
  annotations: {a.b/c: "yes"}
---
apiVersion: v1
kind: List
items:
  - apiVersion: keda.sh/v1alpha1
    kind: ScaledObject
    metadata: {name: shop, namespace: prod}
  - apiVersion: v1
    kind: Namespace
    metadata: {name: prod}
`

func TestRead(t *testing.T) {
	objects, err := Read("all.yaml", []byte(stream))
	if err != nil || len(objects) != 2 {
		t.Fatalf("got %d objects, %v", len(objects), err)
	}
	deployment, scaled := &objects[0], &objects[1]
	if deployment.Title() != `Deployment "shop"` || deployment.Document != 2 || deployment.Annotation("a.b/c") != "yes" {
		t.Errorf("got %+v", deployment)
	}
	if at := deployment.Position("metadata", "annotations", "a.b/c").String(); at != "all.yaml:12:17" {
		t.Errorf("the annotation is at %s", at)
	}
	if scaled.Namespace != "prod" || scaled.Document != 3 || !scaled.IsScaled() || !scaled.IsAutoscaler() {
		t.Errorf("got %+v", scaled)
	}
	if at := scaled.Position("metadata", "namespace").String(); at != "all.yaml:19:28" {
		t.Errorf("the namespace is at %s", at)
	}
}

func TestReadJSON(t *testing.T) {
	text := []byte(`{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}}`)
	objects, err := Read("s.json", text)
	if err != nil || len(objects) != 1 || !Is(text) {
		t.Errorf("got %v, %v", objects, err)
	}
}

func TestReadRefuses(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"kind: Secret\na: [\n", "x.yaml:2:1: document 1 "},
		{"apiVersion: v1\nkind: Service\n---\nkind: Service\na: {{ .Values.x }}\nb: ]\n", "this is a template of Helm"},
		{"apiVersion: v1\nkind: Service\n---\nfunctions: {}\n", "x.yaml:4:1: document 2 has no apiVersion or no kind"},
		{"apiVersion: v1\nkind: List\nitems: [1]\n", "document 1 is a number, not an object"},
		{"kind: ConfigMap\napiVersion: v1\ndata: {a: 1, a: 2}\n", `key "a" is given twice`},
	} {
		objects, err := Read("x.yaml", []byte(tt.in))
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q gives %d objects and %v; want %q", tt.in, len(objects), err, tt.want)
		}
	}
}

func TestIs(t *testing.T) {
	for text, want := range map[string]bool{
		"": false, "{}": false, "functions: {}\n": false, "apiVersion: v1\n": false, stream: true,
		"# a comment\n---\nkind: X\napiVersion: v1\n": true, "functions: {f: {config: {\nkind: a}}}\n": false,
	} {
		if Is([]byte(text)) != want {
			t.Errorf("Is(%q) is not %v", text, want)
		}
	}
}
