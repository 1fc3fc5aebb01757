// SPDX-License-Identifier: Apache-2.0

package pass

import (
	"encoding/base64"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/helm-wasm/helm-wasm/internal/manifests"
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

	known  bool // it is in hand, and all that it gives is listed
	params map[string]bool
	places []AuthParam
}

// AuthParam is a parameter that a TriggerAuthentication in hand gives.
type AuthParam struct {
	Name string
	Path []string // of the entry

	// Value is what a Secret or a ConfigMap in hand has for it; empty if it is not known.
	Value string
}

// Params are the parameters that a TriggerAuthentication in hand gives.
func (a *Auth) Params() []AuthParam { return a.places }

// Value is what a Secret or a ConfigMap in hand gives for a parameter; empty if it is
// not known.
func (a *Auth) Value(param string) string {
	for i := range a.places {
		if a.places[i].Name == param {
			return a.places[i].Value
		}
	}
	return ""
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
			a.read(s.Pass, o)
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
func (a *Auth) read(p *Pass, o *Object) {
	spec := o.Mapping("spec")
	a.known, a.params = true, map[string]bool{}
	for _, key := range slices.Sorted(maps.Keys(spec)) {
		var list []any
		path := []string{"spec", key}
		switch v := spec[key].(type) {
		case []any: // secretTargetRef, configMapTargetRef, env, boundServiceAccountToken
			list = v
		case map[string]any: // vaults
			secrets, ok := v["secrets"].([]any)
			if !ok && key != "podIdentity" {
				a.known = false // oauth2 and what comes later
			}
			list, path = secrets, append(path, "secrets")
		default:
			a.known = false // filePath
		}
		for i, e := range list {
			m, _ := e.(map[string]any)
			param := manifests.Text(m, "parameter")
			if param == "" {
				continue
			}
			a.params[param] = true
			a.places = append(a.places, AuthParam{param, append(o.At(path...), strconv.Itoa(i)), p.referred(o, key, m)})
		}
	}
}

// referred is the value that an entry of a TriggerAuthentication refers to, if its
// Secret or ConfigMap is in hand.
func (p *Pass) referred(auth *Object, list string, ref map[string]any) string {
	kind := map[string]string{"secretTargetRef": "Secret", "configMapTargetRef": "ConfigMap"}[list]
	from := p.ObjectOf(kind, manifests.Text(ref, "name"), p.NamespaceOf(auth))
	if kind == "" || from == nil {
		return ""
	}
	key := manifests.Text(ref, "key")
	if text := manifests.Text(from.Mapping("stringData"), key); text != "" {
		return text
	}
	text := manifests.Text(from.Mapping("data"), key)
	if kind == "Secret" {
		decoded, _ := base64.StdEncoding.DecodeString(text)
		text = string(decoded)
	}
	return strings.TrimSpace(text)
}
