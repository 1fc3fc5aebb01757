// SPDX-License-Identifier: Apache-2.0

package pass

import (
	"maps"
	"slices"
	"strings"

	"github.com/helm-wasm/helm-wasm/stack/schema"
)

// Auth is what the release knows of the TriggerAuthentication that a trigger names.
type Auth struct {
	Kind  string // TriggerAuthentication or ClusterTriggerAuthentication
	Named bool   // the trigger refers to one
	Found bool   // the release has it, or it may be had from elsewhere

	// OtherKind and OtherNamespace are objects in hand that have the name,
	// but that KEDA does not find for the trigger.
	OtherKind, OtherNamespace []*Object

	known  bool // it is in extraObjects, and all that it gives is listed
	params map[string]bool
}

// Gives says that a parameter is given, or may be.
func (a *Auth) Gives(param string) bool { return a.params[param] || a.Named && !a.known }

// Lists says that a TriggerAuthentication in extraObjects gives a parameter.
func (a *Auth) Lists(param string) bool { return a.params[param] }

// auth finds what an authenticationRef names.
func (s *Scope) auth(ref schema.AuthenticationRef) Auth {
	if ref.Name == "" {
		return Auth{}
	}
	a := Auth{Named: true, Kind: ref.Kind}
	if a.Kind == "" {
		a.Kind = "TriggerAuthentication"
	}
	a.Found = a.Kind != "TriggerAuthentication" || s.isOwnAuth(ref.Name) // cluster-wide ones are rarely a release's own
	s.Named(ref.Name, func(o *Object) {
		if !o.IsAuth() {
			return
		}
		a.Found = true
		switch {
		case o.Kind != a.Kind:
			a.OtherKind = append(a.OtherKind, o)
		case a.Kind == "TriggerAuthentication" && !s.SameNamespace(o, s.ObjectNamespace()):
			a.OtherNamespace = append(a.OtherNamespace, o)
		default:
			a.read(o)
		}
	})
	return a
}

// isOwnAuth says that the chart makes the TriggerAuthentication of that name.
func (p *Pass) isOwnAuth(name string) bool {
	k := &p.Values.Kafka
	if (k.SASL.Mechanism == "none" || k.SASL.Mechanism == "") && !k.TLS.Enabled {
		return false
	}
	if p.fullname == "" {
		return strings.HasSuffix(name, "-kafka")
	}
	return name == cutName(p.fullname+"-kafka", MaxObjectName)
}

// read lists the parameters that a TriggerAuthentication gives.
func (a *Auth) read(o *Object) {
	spec := o.Mapping("spec")
	a.known, a.params = true, map[string]bool{}
	for _, key := range slices.Sorted(maps.Keys(spec)) {
		var list []any
		switch v := spec[key].(type) {
		case []any: // secretTargetRef, configMapTargetRef, env, boundServiceAccountToken
			list = v
		case map[string]any: // vaults
			secrets, ok := v["secrets"].([]any)
			if !ok && key != "podIdentity" {
				a.known = false // oauth2 and what comes later
			}
			list = secrets
		default:
			a.known = false // filePath
		}
		for _, e := range list {
			m, _ := e.(map[string]any)
			if param, _ := m["parameter"].(string); param != "" {
				a.params[param] = true
			}
		}
	}
}
