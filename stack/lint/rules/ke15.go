// SPDX-License-Identifier: Apache-2.0

package rules

import (
	"slices"
	"strconv"
	"strings"

	"github.com/helm-wasm/helm-wasm/stack/lint/pass"
	"github.com/helm-wasm/helm-wasm/stack/schema"
)

var _ = register(Rule{
	ID: "KE15", Severity: Error, Title: "Credentials are incomplete",
	Why: "KEDA only logs a missing parameter or Secret and fails later with `no username given`; functions cannot " +
		"connect either. What a TriggerAuthentication in extraObjects gives is read; one that the release does " +
		"not have is a warning.",
	Fix: "Give each mechanism the Secret, keys and parameters that it needs.",
	Bad: "kafka: {mode: external, bootstrapServers: [\"b:9092\"], sasl: {mechanism: scram-sha-512}}",
	Good: "kafka: {mode: external, bootstrapServers: [\"b:9092\"], sasl: {mechanism: scram-sha-512, secret: {name: " +
		"kafka-user}}}",

	Stack:   stackCredentials,
	Objects: objectCredentials,
	Trigger: triggerCredentials,
})

func stackCredentials(p *pass.Pass) {
	if k := &p.Values.Kafka; hasSecurity(k) {
		saslCredentials(p, k)
		secretKeys(p, k)
	}
}

func saslCredentials(p *pass.Pass, k *schema.Kafka) {
	sasl, tls := &k.SASL, &k.TLS
	at := pass.Under("kafka")
	switch sasl.Mechanism {
	case "plain", "scram-sha-256", "scram-sha-512":
		if sasl.Secret.Name == "" {
			p.Report(at("sasl", "secret", "name"),
				"sasl.mechanism "+sasl.Mechanism+
					" needs a Secret with username and password; without one KEDA and the functions cannot log in",
				"set kafka.sasl.secret.name")
		}
	case "oauthbearer":
		if sasl.Secret.Name == "" {
			p.Report(at("sasl", "secret", "name"),
				"sasl.mechanism oauthbearer needs a Secret with the client's id and secret",
				"set kafka.sasl.secret.name")
		}
		if uri := sasl.OAuth.TokenEndpointURI; uri == "" {
			p.Report(at("sasl", "oauth", "tokenEndpointUri"),
				"sasl.mechanism oauthbearer needs tokenEndpointUri", "set kafka.sasl.oauth.tokenEndpointUri")
		} else if !strings.HasPrefix(uri, "https://") && !strings.HasPrefix(uri, "http://") {
			p.Report(at("sasl", "oauth", "tokenEndpointUri"), strconv.Quote(uri)+" is not a URL", "write https://...")
		}
	case "aws-msk-iam":
		if sasl.AWS.Region == "" {
			p.Report(at("sasl", "aws", "region"), "sasl.mechanism aws-msk-iam needs the region", "set kafka.sasl.aws.region")
		}
		if !tls.Enabled {
			p.Report(at("tls", "enabled"), "sasl.mechanism aws-msk-iam needs TLS", "set kafka.tls.enabled: true")
		}
	default:
		if sasl.Secret.Name != "" {
			p.ReportAs(Warning, at("sasl", "secret", "name"),
				"sasl.secret is not used with sasl.mechanism none",
				"set kafka.sasl.mechanism, or remove the Secret")
		}
	}
	if sasl.Mechanism == "plain" && !tls.Enabled {
		p.ReportAs(Warning, at("sasl", "mechanism"),
			"sasl.mechanism plain without TLS sends the password in clear text",
			"set kafka.tls.enabled: true, or use scram-sha-512")
	}
	if !tls.Enabled && (tls.CASecret.Name != "" || tls.ClientCertSecret.Name != "") {
		p.ReportAs(Warning, at("tls", "enabled"), "tls has Secrets but is not enabled", "set kafka.tls.enabled: true")
	}
}

func secretKeys(p *pass.Pass, k *schema.Kafka) {
	sasl, tls := &k.SASL.Secret, &k.TLS
	for _, key := range []struct {
		secret, key string
		path        []string
	}{
		{sasl.Name, sasl.UsernameKey, []string{"sasl", "secret", "usernameKey"}},
		{sasl.Name, sasl.PasswordKey, []string{"sasl", "secret", "passwordKey"}},
		{tls.CASecret.Name, tls.CASecret.Key, []string{"tls", "caSecret", "key"}},
		{tls.ClientCertSecret.Name, tls.ClientCertSecret.CertKey, []string{"tls", "clientCertSecret", "certKey"}},
		{tls.ClientCertSecret.Name, tls.ClientCertSecret.KeyKey, []string{"tls", "clientCertSecret", "keyKey"}},
	} {
		if key.secret != "" && key.key == "" {
			p.Report(pass.Under("kafka")(key.path...),
				"Secret "+strconv.Quote(key.secret)+" is named without "+key.path[len(key.path)-1], "name the key in the Secret")
		}
	}
}

// triggerCredentials checks the login of a raw trigger.
func triggerCredentials(s *pass.Scope, t *pass.Trigger) {
	ref := s.At(t.Field + ".authenticationRef")
	switch {
	case !t.Auth.Named || t.Auth.Found:
	case s.Object != nil && s.Doc == nil:
		s.ReportAs(Info, ref,
			"the manifests have no TriggerAuthentication "+strconv.Quote(t.AuthenticationRef.Name)+
				", so its parameters are not looked at; where it is missing KEDA goes on with empty credentials and only logs it",
			"give its manifest too, or make sure that it is there first")
	default:
		s.ReportAs(Warning, ref,
			"the release has no TriggerAuthentication "+strconv.Quote(t.AuthenticationRef.Name)+
				"; where it is missing KEDA goes on with empty credentials and only logs it",
			"add it to extraObjects, or make sure that it is in the release's namespace first")
	}
	if !t.IsKafka() {
		return
	}
	strayParameters(s, t)
	the := "the TriggerAuthentication " + strconv.Quote(t.AuthenticationRef.Name)
	if t.Setting("tls") == "enable" && t.Auth.Lists("cert") != t.Auth.Lists("key") {
		s.Report(ref, the+" gives only one of cert and key; KEDA refuses the trigger", "give both, or none")
	}
	var missing []string
	for _, param := range loginNeeds(s, t) {
		if !t.Auth.Gives(param) {
			missing = append(missing, param)
		}
	}
	switch {
	case len(missing) == 0:
	case !t.Auth.Named:
		s.Report(s.At(t.Field),
			"sasl "+t.Setting("sasl")+" needs "+strings.Join(missing, ", ")+
				" from a TriggerAuthentication, and there is no authenticationRef",
			"set authenticationRef.name")
	default:
		s.Report(ref,
			the+" lacks "+strings.Join(missing, ", ")+", which sasl "+t.Setting("sasl")+" needs",
			"add to its secretTargetRef: {parameter: "+missing[0]+", name: ..., key: ...}")
	}
}

// awsParams are read for aws_msk_iam, and are in no scaler's schema.
var awsParams = []string{"awsRoleArn", "awsAccessKeyID", "awsSecretAccessKey", "awsSessionToken"}

// strayParameters finds what a TriggerAuthentication gives and a Kafka scaler does not
// take from it. (KEDA's schema does not list all that other scalers take.)
func strayParameters(s *pass.Scope, t *pass.Trigger) {
	for _, given := range t.Auth.Params() {
		p := t.Param(given.Name)
		switch {
		case p == nil && (slices.Contains(awsParams, given.Name) || takenByOthers(s, t, given.Name)):
		case p == nil:
			s.Report(given.Path, strconv.Quote(given.Name)+" is not a parameter of the "+t.Type+" scaler; KEDA ignores it",
				authFix(s, t, given.Name))
		case !p.FromAuth():
			s.Report(given.Path,
				given.Name+" of the "+t.Type+" scaler comes from the trigger's metadata only; KEDA ignores it here",
				"move it to metadata."+given.Name)
		case given.Value != "" && len(p.Allowed) > 0 && !slices.Contains(p.Allowed, given.Value):
			s.Report(given.Path,
				strconv.Quote(given.Value)+" is not legal for "+given.Name+" of the "+t.Type+" scaler; KEDA refuses the trigger",
				"write one of "+strings.Join(p.Allowed, ", "))
		}
	}
}

// takenByOthers says that a trigger of another scaler may take the parameter from the
// same TriggerAuthentication.
func takenByOthers(s *pass.Scope, t *pass.Trigger, name string) bool {
	for _, other := range s.Scopes() {
		for _, o := range other.Triggers {
			if o.AuthenticationRef == t.AuthenticationRef && !o.IsKafka() && (o.Param(name) == nil || o.Param(name).FromAuth()) {
				return true
			}
		}
	}
	return false
}

// authFix names the parameter that was probably meant.
func authFix(s *pass.Scope, t *pass.Trigger, name string) string {
	if word, ok := foreign(t, name); ok {
		return "write " + word
	}
	var names []string
	for i := range t.Params {
		if t.Params[i].FromAuth() {
			names = append(names, t.Params[i].Name)
		}
	}
	if best := s.Nearest(name, names); best != "" {
		return "did you mean " + best + "?"
	}
	return "write one of " + strings.Join(names, ", ")
}

// loginNeeds are the parameters that a mechanism takes from a TriggerAuthentication.
func loginNeeds(s *pass.Scope, t *pass.Trigger) []string {
	switch t.Setting("sasl") {
	case "plaintext", "scram_sha256", "scram_sha512":
		return []string{"username", "password"}
	case "oauthbearer":
		switch provider := t.Setting("saslTokenProvider"); {
		case provider == "aws_msk_iam":
			awsLogin(s, t)
		case provider == "" && t.Auth.Gives("saslTokenProvider"):
		default:
			return []string{"username", "password", "oauthTokenEndpointUri"}
		}
	case "aws_msk_iam":
		awsLogin(s, t)
	case "gssapi":
		if t.Type == "apache-kafka" {
			s.Report(s.At(t.SettingAt("sasl")),
				"the apache-kafka scaler accepts sasl gssapi, but cannot log in with it",
				"use the kafka scaler, or another mechanism")
			return nil
		}
		needs := []string{"username", "realm", "kerberosConfig"}
		if !t.Auth.Lists("keytab") {
			return append(needs, "password")
		}
		if t.Auth.Lists("password") {
			s.Report(s.At(t.Field+".authenticationRef"),
				"the TriggerAuthentication "+strconv.Quote(t.AuthenticationRef.Name)+
					" gives both password and keytab; KEDA refuses the trigger",
				"give one of the two")
		}
		return needs
	}
	return nil
}

// awsLogin checks what IAM needs beside an identity.
func awsLogin(s *pass.Scope, t *pass.Trigger) {
	if tls := t.Setting("tls"); tls != "enable" && (tls != "" || !t.Auth.Gives("tls")) {
		s.Report(s.At(t.SettingAt("tls")), "aws_msk_iam needs TLS; KEDA refuses the trigger", "set metadata.tls: enable")
	}
	if t.Text("awsRegion") == "" {
		s.Report(s.At(t.Field), "aws_msk_iam needs metadata.awsRegion; KEDA refuses the trigger", "set metadata.awsRegion")
	}
}

// objectCredentials follows TriggerAuthentications in hand to the Secrets in hand:
// those that KEDA cannot read, and keys that they do not have.
func objectCredentials(p *pass.Pass) {
	for i := range p.Objects() {
		o := &p.Objects()[i]
		if !o.IsAuth() {
			continue
		}
		refs, _ := o.Mapping("spec")["secretTargetRef"].([]any)
		for n, e := range refs {
			ref, _ := e.(map[string]any)
			name, _ := ref["name"].(string)
			key, _ := ref["key"].(string)
			p.Named(name, func(secret *pass.Object) {
				if secret.Kind == "Secret" {
					secretRef(p, o, secret, key, n)
				}
			})
		}
	}
}

func secretRef(p *pass.Pass, o, secret *pass.Object, key string, n int) {
	path := o.At("spec", "secretTargetRef", strconv.Itoa(n))
	if o.Kind == "ClusterTriggerAuthentication" {
		keda := p.Values.NetworkPolicy.KedaNamespace
		if p.Values.Keda.Enabled {
			keda = p.Namespace
		}
		have := secret.Namespace
		if have == "" {
			have = p.Namespace
		}
		if keda != "" && have != "" && keda != have {
			p.ReportAs(Warning, path,
				"a ClusterTriggerAuthentication reads Secrets of KEDA's namespace "+strconv.Quote(keda)+" only, and the Secret "+
					strconv.Quote(secret.Name)+" is in "+strconv.Quote(have),
				"move the Secret, or use a TriggerAuthentication")
		}
	}
	if key == "" || secret.Mapping("data")[key] != nil || secret.Mapping("stringData")[key] != nil {
		return
	}
	p.Report(path,
		"the Secret "+strconv.Quote(secret.Name)+" has no key "+strconv.Quote(key)+"; KEDA then goes on without the parameter",
		"name a key of the Secret")
}
