// SPDX-License-Identifier: Apache-2.0

package lint

import (
	"strconv"
	"strings"

	"github.com/helm-wasm/helm-wasm/stack/schema"
)

// targetKey is what KEDA and the HPA compare targets by.
type targetKey struct{ group, kind, name string }

func newTarget(apiVersion, kind, name string) targetKey {
	if apiVersion == "" {
		apiVersion = "apps/v1"
	}
	if kind == "" {
		kind = "Deployment"
	}
	group, _, grouped := strings.Cut(apiVersion, "/")
	if !grouped {
		group = ""
	}
	return targetKey{group, kind, name}
}

// targets finds what two would scale: workloads, functions, and autoscalers in
// extraObjects.
func (l *linter) targets() {
	first := map[targetKey]string{}
	for _, name := range l.workloads {
		w := l.v.Workloads[name]
		t := newTarget(w.ScaleTargetRef.APIVersion, w.ScaleTargetRef.Kind, w.ScaleTargetRef.Name)
		if t.name == "" {
			continue
		}
		path := []string{"workloads", name, "scaleTargetRef"}
		if other, ok := first[t]; ok {
			l.add("KE06", path,
				"workloads "+strconv.Quote(other)+" and "+strconv.Quote(name)+" both scale the "+t.kind+" "+
					strconv.Quote(t.name)+"; KEDA refuses the second",
				"put the triggers of both into one workload")
			continue
		}
		first[t] = name
		if fn, certain := l.functionOf(t); fn != "" {
			l.addAs(doubt(certain), "KE06", path,
				"workload "+strconv.Quote(name)+" scales "+likely(certain)+"the Deployment of function "+strconv.Quote(fn)+
					", which has a ScaledObject of its own",
				"put its triggers into functions."+fn+".scaling.triggers")
		}
	}
	for i := range l.extra {
		o := &l.extra[i]
		switch {
		case o.kind == "HorizontalPodAutoscaler" &&
			inFamily(o.apiVersion, "autoscaling"), o.kind == "ScaledObject" && inFamily(o.apiVersion, "keda.sh"):
			l.autoscaler(o, first)
		}
	}
}

// autoscaler compares one in extraObjects with what this release scales.
func (l *linter) autoscaler(o *extraObject, workloads map[targetKey]string) {
	ref, _ := o.object("spec")["scaleTargetRef"].(map[string]any)
	text := func(key string) string { s, _ := ref[key].(string); return s }
	t := newTarget(text("apiVersion"), text("kind"), text("name"))
	if t.name == "" || l.elsewhere(o) {
		return
	}
	path := []string{"extraObjects", o.key, "spec", "scaleTargetRef"}
	what := "the " + o.kind + " " + strconv.Quote(o.name)
	if name, ok := workloads[t]; ok {
		if sc := l.v.Workloads[name].Scaling; !handsOver(o, &sc) {
			l.add("KE06", path,
				what+" and workload "+strconv.Quote(name)+" both scale the "+t.kind+" "+strconv.Quote(t.name)+
					"; KEDA refuses the ScaledObject",
				"remove one of them")
		}
	}
	if fn, certain := l.functionOf(t); fn != "" {
		if sc := l.v.Functions[fn].Scaling; !handsOver(o, &sc) {
			l.addAs(doubt(certain), "KE06", path,
				what+" scales "+likely(certain)+"the Deployment of function "+strconv.Quote(fn)+
					", which has a ScaledObject of its own; KEDA refuses that",
				"remove it, and set functions."+fn+".scaling instead")
		}
	}
}

// handsOver says that KEDA takes the HPA over, or is told to leave it alone.
func handsOver(o *extraObject, sc *schema.Scaling) bool {
	return o.kind == "HorizontalPodAutoscaler" &&
		(o.annotation("validations.keda.sh/hpa-ownership") == "false" ||
			sc.Annotations["scaledobject.keda.sh/transfer-hpa-ownership"] == "true" && sc.HPAName == o.name)
}

func (l *linter) functionOf(t targetKey) (function string, certain bool) {
	if t.group != "apps" || t.kind != "Deployment" {
		return "", false
	}
	return l.ownDeployment(t.name)
}

func doubt(certain bool) Severity {
	if certain {
		return SeverityError
	}
	return SeverityWarning
}

func likely(certain bool) string {
	if certain {
		return ""
	}
	return "what seems to be "
}

// hpaNames finds HPAs that two ScaledObjects would share.
func (l *linter) hpaNames() {
	first := map[string]string{}
	visit := func(root, name, hpa string) {
		if hpa == "" {
			return
		}
		if other, ok := first[hpa]; ok {
			s := scope{l: l, root: []string{root, name}}
			s.add("KE06", "scaling.hpaName",
				other+" and "+root+"."+name+" have one hpaName, "+strconv.Quote(hpa),
				"use different names, or none")
			return
		}
		first[hpa] = root + "." + name
	}
	for _, name := range l.functions {
		visit("functions", name, l.v.Functions[name].Scaling.HPAName)
	}
	for _, name := range l.workloads {
		visit("workloads", name, l.v.Workloads[name].Scaling.HPAName)
	}
}
