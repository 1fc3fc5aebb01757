// SPDX-License-Identifier: Apache-2.0

package rules

import (
	"strconv"
	"strings"

	"github.com/helm-wasm/helm-wasm/internal/manifests"
	"github.com/helm-wasm/helm-wasm/stack/lint/pass"
	"github.com/helm-wasm/helm-wasm/stack/schema"
)

var _ = register(Rule{
	ID: "KE06", Severity: Error, Title: "Two autoscalers have one target or one HPA",
	Why: "Two autoscalers on one target fight; KEDA's webhook refuses a second ScaledObject, and one whose target " +
		"has an HPA already. Workloads, functions and extraObjects are compared; the names of functions' " +
		"Deployments are certain where --release is given.",
	Fix: "Keep one autoscaler for each target, with all triggers in it.",
	Bad: "workloads:\n" +
		"  a: {scaleTargetRef: {name: shop}, source: {topic: orders, consumerGroup: a}}\n" +
		"  b: {scaleTargetRef: {name: shop}, source: {topic: orders, consumerGroup: b}}",
	Good: "workloads:\n" +
		"  a: {scaleTargetRef: {name: shop}, source: {topic: orders, consumerGroup: a}}\n" +
		"  b: {scaleTargetRef: {name: mail}, source: {topic: orders, consumerGroup: b}}",

	Stack:   scaledTwice,
	Objects: autoscalers,
})

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

// scaledTwice finds what two would scale: workloads, functions, and autoscalers in
// extraObjects.
func scaledTwice(p *pass.Pass) {
	first := map[targetKey]*pass.Scope{}
	for _, s := range p.Workloads {
		ref := &s.Workload.ScaleTargetRef
		t := newTarget(ref.APIVersion, ref.Kind, ref.Name)
		if t.name == "" {
			continue
		}
		path := []string{"workloads", s.Name, "scaleTargetRef"}
		if other, ok := first[t]; ok {
			p.Report(path,
				"workloads "+strconv.Quote(other.Name)+" and "+strconv.Quote(s.Name)+" both scale the "+t.kind+" "+
					strconv.Quote(t.name)+"; KEDA refuses the second",
				"put the triggers of both into one workload")
			continue
		}
		first[t] = s
		if fn, certain := functionOf(p, t); fn != "" {
			p.ReportAs(doubt(certain), path,
				"workload "+strconv.Quote(s.Name)+" scales "+likely(certain)+"the Deployment of function "+strconv.Quote(fn)+
					", which has a ScaledObject of its own",
				"put its triggers into functions."+fn+".scaling.triggers")
		}
	}
	for i := range p.Objects() {
		o := &p.Objects()[i]
		if o.IsAutoscaler() {
			autoscaler(p, o, first)
		}
	}
}

// autoscaler compares one in extraObjects with what this release scales.
func autoscaler(p *pass.Pass, o *pass.Object, workloads map[targetKey]*pass.Scope) {
	t := targetOf(o)
	if t.name == "" || !p.SameNamespace(o, p.Namespace) {
		return
	}
	path := o.At("spec", "scaleTargetRef")
	what := "the " + o.Title()
	if w, ok := workloads[t]; ok && !handsOver(o, w.Scaling) {
		p.Report(path,
			what+" and workload "+strconv.Quote(w.Name)+" both scale the "+t.kind+" "+strconv.Quote(t.name)+
				"; KEDA refuses the ScaledObject",
			"remove one of them")
	}
	if fn, certain := functionOf(p, t); fn != "" {
		if sc := p.Values.Functions[fn].Scaling; !handsOver(o, &sc) {
			p.ReportAs(doubt(certain), path,
				what+" scales "+likely(certain)+"the Deployment of function "+strconv.Quote(fn)+
					", which has a ScaledObject of its own; KEDA refuses that",
				"remove it, and set functions."+fn+".scaling instead")
		}
	}
}

// scalerKey is a target in its namespace.
type scalerKey struct {
	namespace string
	targetKey
}

// autoscalers compares the autoscalers in hand with one another.
func autoscalers(p *pass.Pass) {
	before := map[scalerKey]*pass.Object{}
	for i := range p.Objects() {
		if o := &p.Objects()[i]; o.IsAutoscaler() {
			besideOthers(p, o, before)
		}
	}
	sharedHPANames(p)
}

// besideOthers compares an autoscaler with those before it.
func besideOthers(p *pass.Pass, o *pass.Object, before map[scalerKey]*pass.Object) {
	t := scalerKey{p.NamespaceOf(o), targetOf(o)}
	other := before[t]
	switch {
	case t.name == "":
	case other == nil:
		before[t] = o
	case o.Kind != "ScaledObject" && other.Kind != "ScaledObject": // Kubernetes' own affair
	case !leaves(o, other) && !leaves(other, o):
		p.Report(o.At("spec", "scaleTargetRef"),
			"the "+other.Title()+" and the "+o.Title()+" both scale the "+t.kind+" "+strconv.Quote(t.name)+"; KEDA refuses the second",
			"keep one of them, with all triggers in it")
	}
}

// leaves says that an HPA is one that KEDA is told to leave alone, or to take over.
func leaves(hpa, scaled *pass.Object) bool {
	return handsOver(hpa, &schema.Scaling{
		Annotations: map[string]string{transferOwnership: scaled.Annotation(transferOwnership)},
		HPAName:     manifests.Text(scaled.Mapping("spec", "advanced", "horizontalPodAutoscalerConfig"), "name"),
	})
}

func targetOf(o *pass.Object) targetKey {
	ref := o.Mapping("spec", "scaleTargetRef")
	return newTarget(manifests.Text(ref, "apiVersion"), manifests.Text(ref, "kind"), manifests.Text(ref, "name"))
}

const transferOwnership = "scaledobject.keda.sh/transfer-hpa-ownership"

// handsOver says that KEDA takes the HPA over, or is told to leave it alone.
func handsOver(o *pass.Object, sc *schema.Scaling) bool {
	return o.Kind == "HorizontalPodAutoscaler" &&
		(o.Annotation("validations.keda.sh/hpa-ownership") == "false" ||
			sc.Annotations[transferOwnership] == "true" && sc.HPAName == o.Name)
}

func functionOf(p *pass.Pass, t targetKey) (function string, certain bool) {
	if t.group != "apps" || t.kind != "Deployment" {
		return "", false
	}
	return p.OwnDeployment(t.name)
}

func doubt(certain bool) Severity {
	if certain {
		return Error
	}
	return Warning
}

func likely(certain bool) string {
	if certain {
		return ""
	}
	return "what seems to be "
}

// sharedHPANames finds HPAs that two ScaledObjects would share.
func sharedHPANames(p *pass.Pass) {
	first := map[[2]string]string{}
	for _, s := range p.Scopes() {
		hpa, name := s.Scaling.HPAName, strings.Join(s.Root, ".")
		if hpa == "" {
			continue
		}
		if s.Object != nil {
			name = "the " + s.What
		}
		at := [2]string{s.ObjectNamespace(), hpa}
		if other, ok := first[at]; ok {
			s.Report(s.At("scaling.hpaName"),
				other+" and "+name+" have one hpaName, "+strconv.Quote(hpa),
				"use different names, or none")
			continue
		}
		first[at] = name
	}
}
