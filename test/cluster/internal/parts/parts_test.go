// SPDX-License-Identifier: Apache-2.0

package parts

import (
	"os"
	"strings"
	"testing"
)

// TestVersionsOfModules: the names of directories and images follow the versions
// that the module of Kubernetes builds.
func TestVersionsOfModules(t *testing.T) {
	mod, err := os.ReadFile("../../kubernetes/go.mod")
	if err != nil {
		t.Fatal(err)
	}
	for module, version := range map[string]string{"k8s.io/kubernetes": Kubernetes, "github.com/coredns/coredns": CoreDNS} {
		if !strings.Contains(string(mod), "\n\t"+module+" "+version+"\n") {
			t.Errorf("parts says %s %s, kubernetes/go.mod does not", module, version)
		}
	}
}
