// SPDX-License-Identifier: Apache-2.0

package rules

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/helm-wasm/helm-wasm/stack/lint/pass"
)

var _ = register(Rule{
	ID: "KE22", Severity: Error, Title: "A pause setting or annotation does not do what it says",
	Why: "KEDA fails on a paused-replicas that is not a number, reads every other value of paused as true, and looks for " +
		"hpa-ownership on the HPA only.",
	Fix:  "Set one pause, with a value that KEDA can read.",
	Bad:  "functions: {enrich: {scaling: {annotations: {autoscaling.keda.sh/paused-replicas: two}}}}",
	Good: "functions: {enrich: {scaling: {pausedReplicas: 2}}}",

	Scaling: pausing,
})

func pausing(s *pass.Scope) {
	sc := s.Scaling
	if sc.Paused && sc.PausedReplicas != nil {
		s.ReportAs(Warning, s.At("scaling.paused"),
			"paused and pausedReplicas are both set; KEDA follows pausedReplicas", "keep one of the two")
	}
	for _, k := range slices.Sorted(maps.Keys(sc.Annotations)) {
		pausingAnnotation(s, k, sc.Annotations[k])
	}
	if sc.PausedScaleIn && sc.PausedScaleOut {
		s.ReportAs(Warning, s.At("scaling.pausedScaleIn"),
			"pausedScaleIn and pausedScaleOut together stop all scaling", "use paused: true if that is meant")
	}
}

// kedaAnnotations are those that KEDA reads, or whose misuse has a finding of its own.
var kedaAnnotations = []string{
	"autoscaling.keda.sh/paused", "autoscaling.keda.sh/paused-replicas", "autoscaling.keda.sh/paused-scale-in",
	"autoscaling.keda.sh/paused-scale-out", "autoscaling.keda.sh/force-activation",
	"scaledobject.keda.sh/transfer-hpa-ownership", "scaledobject.keda.sh/hpa-excluded-labels",
	"scaledjob.keda.sh/job-excluded-labels", "validations.keda.sh/hpa-ownership",
}

func pausingAnnotation(s *pass.Scope, key, value string) {
	path := s.KeyAt("scaling.annotations", key)
	if strings.HasSuffix(key[:strings.IndexByte(key+"/", '/')], "keda.sh") && !slices.Contains(kedaAnnotations, key) {
		fix := "see KEDA's page on ScaledObjects"
		if best := s.Nearest(key, kedaAnnotations); best != "" {
			fix = "did you mean " + best + "?"
		}
		s.ReportAs(Warning, path, "KEDA "+pass.KedaVersion+" knows no annotation "+key, fix)
		return
	}
	switch key {
	case "autoscaling.keda.sh/paused-replicas":
		if n, err := strconv.ParseInt(value, 10, 32); err != nil || n < 0 {
			s.Report(path, key+" is "+strconv.Quote(value)+", not a number; KEDA fails to reconcile",
				"write a whole number in quotes, or use scaling.pausedReplicas")
		}
	case "autoscaling.keda.sh/paused", "autoscaling.keda.sh/paused-scale-in", "autoscaling.keda.sh/paused-scale-out":
		if _, err := strconv.ParseBool(value); err != nil {
			s.ReportAs(Warning, path,
				key+" is "+strconv.Quote(value)+"; KEDA treats anything but a boolean as true",
				`write "true", or remove it`)
		}
	case "validations.keda.sh/hpa-ownership":
		s.ReportAs(Warning, path,
			key+" has no effect on a ScaledObject: KEDA looks for it on the HPA",
			`set it to "false" on the existing HPA instead`)
	}
}
