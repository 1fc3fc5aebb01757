// SPDX-License-Identifier: Apache-2.0

package diff

import (
	"strings"
)

// Effect is what a change means for what is running.
type Effect string

const (
	// Restart: the pod template differs, so the controller replaces the pods.
	Restart Effect = "pods restart"
	// Scaling: only the number of pods changes.
	Scaling Effect = "scaling only, no restart"
	// Refused: Kubernetes does not change such a field of an existing object.
	Refused Effect = "immutable: delete the object first"
)

// kindEffects are functions that return the effect of a change, by kind.
var kindEffects = map[string]func(o *Object, path string) Effect{
	"apps/Deployment":                              templateOr("spec.selector"),
	"apps/DaemonSet":                               templateOr("spec.selector"),
	"apps/StatefulSet":                             statefulSet,
	"batch/Job":                                    immutable("spec.template", "spec.selector", "spec.completionMode"),
	"keda.sh/ScaledObject":                         scaling,
	"autoscaling/HorizontalPodAutoscaler":          scaling,
	"node.k8s.io/RuntimeClass":                     immutable("handler"),
	"rbac.authorization.k8s.io/RoleBinding":        immutable("roleRef"),
	"rbac.authorization.k8s.io/ClusterRoleBinding": immutable("roleRef"),
	"/ConfigMap":                                   frozen,
	"/Secret":                                      frozen,
}

// effects returns the effects on a changed object, each once.
func effects(o *Object, fields []Field) (list []Effect) {
	effect := kindEffects[o.Group+"/"+o.Kind]
	if effect == nil {
		return nil
	}
	seen := map[Effect]bool{}
	for i := range fields {
		if e := effect(o, fields[i].Path); e != "" {
			seen[e] = true
		}
	}
	for _, e := range []Effect{Refused, Restart, Scaling} {
		if seen[e] {
			list = append(list, e)
		}
	}
	return list
}

// under reports whether a path is a field or inside it.
func under(path, field string) bool {
	rest, ok := strings.CutPrefix(path, field)
	return ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
}

// templateOr returns the effect on a controller of pods with these fixed fields.
func templateOr(fixed ...string) func(*Object, string) Effect {
	refused := immutable(fixed...)
	return func(o *Object, path string) Effect {
		if under(path, "spec.template") {
			return Restart
		}
		return refused(o, path)
	}
}

// immutable returns the effect on an object with fields that Kubernetes does not
// change.
func immutable(fields ...string) func(*Object, string) Effect {
	return func(_ *Object, path string) Effect {
		for _, field := range fields {
			if under(path, field) {
				return Refused
			}
		}
		return ""
	}
}

// statefulSet returns the effect on a StatefulSet, whose spec may change only in a
// few fields.
func statefulSet(_ *Object, path string) Effect {
	if under(path, "spec.template") {
		return Restart
	}
	for _, field := range []string{
		"spec.replicas", "spec.ordinals", "spec.updateStrategy", "spec.minReadySeconds",
		"spec.revisionHistoryLimit", "spec.persistentVolumeClaimRetentionPolicy",
	} {
		if under(path, field) {
			return ""
		}
	}
	if under(path, "spec") {
		return Refused
	}
	return ""
}

func scaling(_ *Object, path string) Effect {
	if under(path, "spec") {
		return Scaling
	}
	return ""
}

// frozen returns the effect on a ConfigMap or Secret, which may be immutable.
func frozen(o *Object, path string) Effect {
	if o.Tree["immutable"] == true && (under(path, "data") || under(path, "binaryData")) {
		return Refused
	}
	return ""
}
