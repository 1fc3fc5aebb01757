// SPDX-License-Identifier: Apache-2.0

package pass

import (
	"strings"

	"github.com/helm-wasm/helm-wasm/internal/manifests"
)

// Target is what the scope scales, if it is in hand; nil if it is not.
func (s *Scope) Target() *Object {
	var version, kind, name string
	switch {
	case s.Workload != nil:
		ref := &s.Workload.ScaleTargetRef
		version, kind, name = ref.APIVersion, ref.Kind, ref.Name
	case s.Object != nil:
		ref := s.Object.Mapping("spec", "scaleTargetRef")
		version, kind, name = manifests.Text(ref, "apiVersion"), manifests.Text(ref, "kind"), manifests.Text(ref, "name")
	}
	if name == "" {
		return nil
	}
	if kind == "" {
		kind = "Deployment"
	}
	group, _, _ := strings.Cut(version, "/")
	o := s.ObjectOf(kind, name, s.ObjectNamespace())
	if o == nil || version != "" && !manifests.InGroup(o.APIVersion, group) {
		return nil
	}
	return o
}

// EnvContainer is the name of the container whose environment KEDA reads; empty for
// the first.
func (s *Scope) EnvContainer() string {
	if s.Workload != nil {
		return s.Workload.ScaleTargetRef.EnvSourceContainerName
	}
	if s.Object != nil && s.Object.Kind == "ScaledObject" {
		return manifests.Text(s.Object.Mapping("spec", "scaleTargetRef"), "envSourceContainerName")
	}
	return ""
}
