// SPDX-License-Identifier: Apache-2.0

package diff

import (
	"strings"
)

// Effect says what a change means for what runs.
type Effect string

const (
	// Restart: the pod template differs, so the controller replaces the pods.
	Restart Effect = "pods restart"
	// Scaling: only how many pods there are.
	Scaling Effect = "scaling only, no restart"
	// Refused: Kubernetes does not change such a field of an object that exists.
	Refused Effect = "immutable: delete the object first"
)

// kindEffects tell what a change means, by kind.
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

// effects of a changed object, each once.
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

// under says that a path is a field or lies in it.
func under(path, field string) bool {
	rest, ok := strings.CutPrefix(path, field)
	return ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
}

// templateOr is the effect of a controller of pods.
func templateOr(fixed ...string) func(*Object, string) Effect {
	refused := immutable(fixed...)
	return func(o *Object, path string) Effect {
		if under(path, "spec.template") {
			return Restart
		}
		return refused(o, path)
	}
}

// immutable are fields that Kubernetes does not change.
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

// statefulSet may change in these fields and in no others of its spec.
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

// frozen is a ConfigMap or Secret that says it never changes.
func frozen(o *Object, path string) Effect {
	if o.Tree["immutable"] == true && (under(path, "data") || under(path, "binaryData")) {
		return Refused
	}
	return ""
}
