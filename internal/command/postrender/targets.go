// SPDX-License-Identifier: Apache-2.0

package postrender

import (
	"encoding/hex"
	"strconv"
	"strings"

	"github.com/helm-wasm/helm-wasm/internal/sum"
	"github.com/helm-wasm/helm-wasm/internal/text"
)

// maxName is the longest name of a ScaledObject that KEDA allows: its HPA is named
// keda-hpa-<name> and may have 63 characters.
const maxName = 54

// targetKey is how other objects refer to a workload.
type targetKey struct{ namespace, kind, name string }

// targets names the ScaledObjects, and finds workloads that an autoscaler in the
// stream scales already.
func (r *run) targets() {
	scaled := map[targetKey]*workload{}
	names := map[[2]string]*workload{}
	for _, w := range r.workloads {
		key := targetKey{w.namespace, w.kind, w.name}
		if other := scaled[key]; other != nil {
			r.problem(w, "document "+strconv.Itoa(other.Number)+" is the same "+w.kind+" and annotated too",
				"annotate one of them, or turn one off in the chart's values")
			w.twice = true
			continue
		}
		scaled[key] = w
		// A StatefulSet may be named like a Deployment.
		w.scaled = cutName(w.name)
		if names[[2]string{w.namespace, w.scaled}] != nil {
			w.scaled = cutName(w.name + "-" + strings.ToLower(w.kind))
		}
		names[[2]string{w.namespace, w.scaled}] = w
	}
	r.there = map[targetKey]*object{}
	for _, o := range r.objects {
		r.there[targetKey{o.namespace, o.kind, o.name}] = o
		switch {
		case o.kind == "ScaledObject" && strings.HasPrefix(o.apiVersion, "keda.sh/"):
			if w := scaled[o.target()]; w != nil {
				r.problem(w, "the ScaledObject "+text.Quote(o.name)+" ("+o.Where(0)+") scales it already, and KEDA refuses a second one",
					"remove the annotations, or turn that ScaledObject off in the chart's values")
			} else if w := names[[2]string{o.namespace, o.name}]; w != nil {
				r.problem(w, "its ScaledObject would be named "+text.Quote(w.scaled)+", like the one in "+o.Where(0),
					"rename that ScaledObject in the chart's values")
			}
		case o.kind == "HorizontalPodAutoscaler" && strings.HasPrefix(o.apiVersion, "autoscaling/"):
			if w := scaled[o.target()]; w != nil && !w.takesOver(o) {
				r.problem(w, "the HorizontalPodAutoscaler "+text.Quote(o.name)+" ("+o.Where(0)+
					") scales it already, and KEDA refuses a ScaledObject beside it",
					"turn the HPA off in the chart's values (often autoscaling.enabled=false), or remove the annotations")
			}
		}
	}
}

// target returns what an autoscaler scales.
func (o *object) target() targetKey {
	ref := mapping(mapping(o.tree, "spec"), "scaleTargetRef")
	kind, version := unquote(str(ref, "kind")), unquote(str(ref, "apiVersion"))
	if kind == "" {
		kind = "Deployment"
	}
	if version != "" && !strings.HasPrefix(version, "apps/") {
		kind = version + "/" + kind
	}
	return targetKey{o.namespace, kind, unquote(str(ref, "name"))}
}

// unquote removes quotes from text that was not resolved.
func unquote(s string) string { return strings.Trim(s, `"'`) }

// takesOver reports whether annotations make KEDA take over the HPA, or ignore it.
func (w *workload) takesOver(hpa *object) bool {
	if str(mapping(mapping(hpa.tree, "metadata"), "annotations"), "validations.keda.sh/hpa-ownership") == "false" {
		return true
	}
	scaling := mapping(w.tree, "scaling")
	transfer := str(mapping(scaling, "annotations"), "scaledobject.keda.sh/transfer-hpa-ownership")
	return transfer == "true" && str(scaling, "hpaName") == hpa.name
}

// cutName shortens a name as the template wks.cut does: to a prefix and eight digits
// of a hash.
func cutName(name string) string {
	if len(name) <= maxName {
		return name
	}
	hash := sum.SHA256(name)
	return strings.TrimSuffix(strings.TrimSuffix(name[:maxName-9], "-"), ".") + "-" + hex.EncodeToString(hash[:4])
}
