// SPDX-License-Identifier: Apache-2.0

package overlay_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/helm-wasm/helm-wasm/internal/overlay"
	"github.com/helm-wasm/helm-wasm/internal/version"
	"github.com/helm-wasm/helm-wasm/stack"
)

const guide = "../../docs/KUSTOMIZE.md"

var (
	example = regexp.MustCompile("(?s)\n```yaml\n(.*?)\n```\n((?:<!-- gives: [^\n]* -->\n)*)")
	gives   = regexp.MustCompile(`<!-- gives: (.*) -->`)
)

// Every kustomization in the guide builds, and gives what it says.
func TestGuide(t *testing.T) {
	data, err := os.ReadFile(guide)
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	ref := "?ref=v" + version.Version
	if strings.Count(text, "?ref=") != strings.Count(text, ref) {
		t.Errorf("a reference is not to version %s", version.Version)
	}
	tested := 0
	for _, m := range example.FindAllStringSubmatch(text, -1) {
		if strings.Contains(m[1], "functions.yaml") {
			continue // TestOwnBase
		}
		k := strings.NewReplacer("https://github.com/helm-wasm/helm-wasm//kustomize/", "../../", ref, "").Replace(m[1])
		_, out := mine(t, k)
		for _, want := range gives.FindAllStringSubmatch(m[2], -1) {
			tested++
			if !regexp.MustCompile(`(?m)^[ -]*` + regexp.QuoteMeta(want[1]) + `$`).MatchString(out) {
				t.Errorf("no line %q from\n%s\nin\n%s", want[1], m[1], out)
			}
		}
	}
	if tested < 10 {
		t.Errorf("only %d results were looked at", tested)
	}
}

// A base of one's own functions, as the guide says, under components, overlays'
// namespace and wiring.
func TestOwnBase(t *testing.T) {
	data, err := os.ReadFile(guide)
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(data), "<!-- own base -->")
	base := example.FindStringSubmatch(after)
	if base == nil {
		t.Fatal("the guide has no base")
	}
	doc, err := stack.Parse("stack.yaml", []byte(`
keda: {enabled: false}
kafka: {mode: external, bootstrapServers: ["shop-kafka.shop.svc:9092"], topics: {greetings: {partitions: 3}}}
functions:
  hello:
    module: {image: "ghcr.io/acme/hello:1"}
    source: {topic: greetings, consumerGroup: hello}
`))
	if err != nil {
		t.Fatal(err)
	}
	rendered, err := stack.Render(doc, stack.RenderOptions{Release: "shop", Namespace: "shop", Scope: stack.All, NoHooks: true})
	if err != nil {
		t.Fatal(err)
	}
	fsys := shipped(
		t,
		"namespace: mine\nresources: [../../base]\ncomponents: [../../components/network-policy, ../../components/kafka-strimzi]\n"+
			"transformers: [../../wiring]\n",
	)
	wiring, err := fsys.ReadFile("/base/wiring.yaml")
	if err != nil {
		t.Fatal(err)
	}
	short, _, _ := strings.Cut(string(wiring), "  modules:")
	list, err := fsys.ReadFile("/wiring/kustomization.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"/base/kustomization.yaml": base[1], "/base/functions.yaml": rendered.Manifests(), "/base/wiring.yaml": short,
		"/wiring/kustomization.yaml": strings.Replace(string(list), "  - functions.yaml\n", "", 1),
	} {
		if err := fsys.WriteFile(name, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	out, err := overlay.Build(fsys, "/overlays/mine", overlay.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]int{
		"bootstrapServers: shop-kafka-kafka-bootstrap.mine.svc:9092\n": 1,
		"- \"shop-kafka-kafka-bootstrap.mine.svc:9092\"\n":             2,
		"managed-by: Helm": 0, "kind: KafkaNodePool": 1, "helm-wasm.dev/isolated: \"true\"": 2,
	} {
		if got := strings.Count(string(out), text); got != want {
			t.Errorf("%q is there %d times, want %d in\n%s", text, got, want, out)
		}
	}
}
