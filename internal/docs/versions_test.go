// SPDX-License-Identifier: Apache-2.0

package docs

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// versions of other projects: each is decided in one place, the first of its
// list; the others cannot read it there, and have to repeat it. `make outdated`
// lists what newer ones there are.
var versions = []struct {
	project string
	places  []place
}{
	{"KEDA", []place{
		{"charts/keda-source/go.mod", `kedacore/keda/v2 v(\S+)`},
		{"charts/wasm-keda-stack/Chart.yaml", `- name: keda\S*\n    version: (\S+)`},
		{"charts/wasm-keda-stack/charts/keda-crds/Chart.yaml", `\n(?:version|appVersion): (\S+)`},
		{"internal/gen/scalers/main.go", `kedacore/keda/v2@v([^"]+)`},
		{"test/cluster/internal/parts/parts.go", `Keda += "v(.+)"`},
		{"test/schema/go.mod", `kedacore/keda/v2 v(\S+)`},
		{"kustomize/components/keda/kustomization.yaml", `keda-(\d+\.\d+\.\d+)\.yaml`},
		{"docs/KUSTOMIZE.md", `KEDA (\d+\.\d+\.\d+)`},
		{"docs/GITOPS.md", `chart: keda\n.*(?:\n.*)??(?:targetRevision|version): (\S+)`},
	}},
	{"Kafka", []place{
		{"stack/schema/kafka.go", `repository: apache/kafka, tag: ([^}]+)}`},
		{"internal/kafkatest/jars.go", `const Version = "(.+)"`},
		{"test/cluster/internal/parts/parts.go", `Kafka += "(.+)"`},
		{"test/cluster/e2e/secure_test.go", `image: apache/kafka:(\S+)`},
	}},
	{"Kubernetes", []place{
		{"test/cluster/kubernetes/go.mod", `k8s.io/kubernetes v(\S+)`},
		{"test/cluster/internal/parts/parts.go", `Kubernetes += "v(.+)"`},
		{"test/schema/go.mod", `k8s.io/kubernetes v(\S+)`},
		{"test/gitops/go.mod", `k8s.io/kubernetes v(\S+)`},
	}},
}

// place is a file, and an expression whose group is the version there.
type place struct{ file, pattern string }

func (p place) versions(t *testing.T) []string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, p.file))
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, m := range regexp.MustCompile(p.pattern).FindAllStringSubmatch(string(data), -1) {
		found = append(found, strings.TrimSpace(m[1]))
	}
	if len(found) == 0 {
		t.Errorf("%s has nothing like %s: this test has lost what it compares", p.file, p.pattern)
	}
	return found
}

func TestVersions(t *testing.T) {
	for _, v := range versions {
		decided := v.places[0].versions(t)
		for _, p := range v.places[1:] {
			for _, version := range p.versions(t) {
				if len(decided) > 0 && version != decided[0] {
					t.Errorf("%s: %s is %s, but %s decides on %s", p.file, v.project, version, v.places[0].file, decided[0])
				}
			}
		}
	}
}
