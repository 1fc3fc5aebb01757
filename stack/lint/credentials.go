// SPDX-License-Identifier: Apache-2.0

package lint

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/helm-wasm/helm-wasm/stack/schema"
)

// triggerAuth is what the release knows of a TriggerAuthentication.
type triggerAuth struct {
	named  bool // the trigger refers to one
	known  bool // it is in extraObjects, and all that it gives is listed
	params map[string]bool
}

// gives says that a parameter is given, or may be.
func (a *triggerAuth) gives(param string) bool {
	return a.params[param] || a.named && !a.known
}

// authRef finds what a trigger's authenticationRef names.
func (s *scope) authRef(field string, t *schema.Trigger) triggerAuth {
	ref := t.AuthenticationRef
	field += ".authenticationRef"
	if ref.Name == "" {
		if ref.Kind != "" {
			s.add("KE24", field, "authenticationRef has a kind but no name", "name the "+ref.Kind)
		}
		return triggerAuth{}
	}
	kind := ref.Kind
	if kind == "" {
		kind = "TriggerAuthentication"
	}
	auth := triggerAuth{named: true}
	found := kind != "TriggerAuthentication" || s.l.isOwnAuth(ref.Name) // cluster-wide ones are rarely a release's own
	s.l.extraNamed(ref.Name, func(o *extraObject) {
		switch {
		case !strings.HasSuffix(o.kind, "TriggerAuthentication"):
			return
		case o.kind != kind:
			s.add("KE24", field,
				"authenticationRef names the "+kind+" "+strconv.Quote(ref.Name)+", but extraObjects has a "+o.kind+" of that name",
				"set authenticationRef.kind to "+o.kind)
		case kind == "TriggerAuthentication" && o.namespace != "" && o.namespace != s.l.opts.Namespace:
			s.add("KE24", field,
				"the TriggerAuthentication "+strconv.Quote(ref.Name)+" is in namespace "+strconv.Quote(o.namespace)+
					"; KEDA reads those of the ScaledObject's namespace only",
				"remove metadata.namespace from the extra object, or use a ClusterTriggerAuthentication")
		default:
			auth.read(o)
		}
		found = true
	})
	if !found {
		s.addAs(SeverityWarning, "KE15", field,
			"the release has no TriggerAuthentication "+strconv.Quote(ref.Name)+
				"; where it is missing KEDA goes on with empty credentials and only logs it",
			"add it to extraObjects, or make sure that it is in the release's namespace first")
	}
	return auth
}

// isOwnAuth says that the chart makes the TriggerAuthentication of that name.
func (l *linter) isOwnAuth(name string) bool {
	k := &l.v.Kafka
	if (k.SASL.Mechanism == "none" || k.SASL.Mechanism == "") && !k.TLS.Enabled {
		return false
	}
	if l.fullname == "" {
		return strings.HasSuffix(name, "-kafka")
	}
	return name == cutName(l.fullname+"-kafka", maxObjectName)
}

// read lists the parameters that a TriggerAuthentication gives.
func (a *triggerAuth) read(o *extraObject) {
	spec := o.object("spec")
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

// credentials checks the login of a raw trigger; kafka.sasl has rules of its own.
func (s *scope) credentials(k *kafkaTrigger, auth triggerAuth) {
	t := k.trigger
	tls, sasl := t.Text("tls"), t.Text("sasl")
	ref := k.field + ".authenticationRef"
	if tls == "enable" && auth.params["cert"] != auth.params["key"] {
		s.add("KE15", ref,
			"the TriggerAuthentication "+strconv.Quote(t.AuthenticationRef.Name)+
				" gives only one of cert and key; KEDA refuses the trigger",
			"give both, or none")
	}
	provider := t.Text("saslTokenProvider")
	var needs []string
	switch sasl {
	case "plaintext", "scram_sha256", "scram_sha512":
		needs = []string{"username", "password"}
	case "oauthbearer":
		switch {
		case provider == "aws_msk_iam":
			s.awsLogin(k, tls, auth)
		case provider == "" && auth.gives("saslTokenProvider"):
		default:
			needs = []string{"username", "password", "oauthTokenEndpointUri"}
		}
	case "aws_msk_iam":
		s.awsLogin(k, tls, auth)
	case "gssapi":
		if k.typ == "apache-kafka" {
			s.add("KE15", k.at("sasl"),
				"the apache-kafka scaler takes sasl gssapi, but cannot log in by it",
				"use the kafka scaler, or another mechanism")
			return
		}
		needs = []string{"username", "realm", "kerberosConfig"}
		if !auth.params["keytab"] {
			needs = append(needs, "password")
		} else if auth.params["password"] {
			s.add("KE15", ref,
				"the TriggerAuthentication "+strconv.Quote(t.AuthenticationRef.Name)+
					" gives both password and keytab; KEDA refuses the trigger",
				"give one of the two")
		}
	default:
		return
	}
	var missing []string
	for _, param := range needs {
		if !auth.gives(param) {
			missing = append(missing, param)
		}
	}
	switch {
	case len(missing) == 0:
	case !auth.named:
		s.add("KE15", k.field,
			"sasl "+sasl+" needs "+strings.Join(missing, ", ")+" from a TriggerAuthentication, and there is no authenticationRef",
			"set authenticationRef.name")
	default:
		s.add("KE15", ref,
			"the TriggerAuthentication "+strconv.Quote(t.AuthenticationRef.Name)+" lacks "+strings.Join(missing, ", ")+
				", which sasl "+sasl+" needs",
			"add to its secretTargetRef: {parameter: "+missing[0]+", name: ..., key: ...}")
	}
}

// awsLogin checks what IAM needs beside an identity.
func (s *scope) awsLogin(k *kafkaTrigger, tls string, auth triggerAuth) {
	if tls != "enable" && (tls != "" || !auth.gives("tls")) {
		s.add("KE15", k.at("tls"), "aws_msk_iam needs TLS; KEDA refuses the trigger", "set metadata.tls: enable")
	}
	if k.trigger.Text("awsRegion") == "" {
		s.add("KE15", k.field, "aws_msk_iam needs metadata.awsRegion; KEDA refuses the trigger", "set metadata.awsRegion")
	}
}

// extraCredentials follows TriggerAuthentications in extraObjects to Secrets
// there: those that KEDA cannot read, and keys that they do not have.
func (l *linter) extraCredentials() {
	for i := range l.extra {
		o := &l.extra[i]
		if !strings.HasSuffix(o.kind, "TriggerAuthentication") {
			continue
		}
		refs, _ := o.object("spec")["secretTargetRef"].([]any)
		for n, e := range refs {
			ref, _ := e.(map[string]any)
			name, _ := ref["name"].(string)
			key, _ := ref["key"].(string)
			l.extraNamed(name, func(secret *extraObject) {
				if secret.kind == "Secret" {
					l.secretRef(o, secret, key, n)
				}
			})
		}
	}
}

func (l *linter) secretRef(o, secret *extraObject, key string, n int) {
	path := []string{"extraObjects", o.key, "spec", "secretTargetRef", strconv.Itoa(n)}
	if o.kind == "ClusterTriggerAuthentication" {
		keda := l.v.NetworkPolicy.KedaNamespace
		if l.v.Keda.Enabled {
			keda = l.opts.Namespace
		}
		have := secret.namespace
		if have == "" {
			have = l.opts.Namespace
		}
		if keda != "" && have != "" && keda != have {
			l.addAs(SeverityWarning, "KE15", path,
				"a ClusterTriggerAuthentication reads Secrets of KEDA's namespace "+strconv.Quote(keda)+" only, and the Secret "+
					strconv.Quote(secret.name)+" is in "+strconv.Quote(have),
				"move the Secret, or use a TriggerAuthentication")
		}
	}
	if key == "" || secret.object("data")[key] != nil || secret.object("stringData")[key] != nil {
		return
	}
	l.add("KE15", path,
		"the Secret "+strconv.Quote(secret.name)+" has no key "+strconv.Quote(key)+"; KEDA then goes on without the parameter",
		"name a key of the Secret")
}
