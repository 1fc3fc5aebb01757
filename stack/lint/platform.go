// SPDX-License-Identifier: Apache-2.0

package lint

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/helm-wasm/helm-wasm/internal/text"
	"github.com/helm-wasm/helm-wasm/stack/lint/rules"
	"github.com/helm-wasm/helm-wasm/stack/schema"
)

// documents looks at the files as such.
func (l *linter) documents() {
	for _, f := range l.doc.Files() {
		if f.Documents < 2 || l.doc.Ignores(f.Second, "HW06") || slices.Contains(l.opts.Ignore, "HW06") {
			continue
		}
		r, _ := rules.ByID("HW06")
		l.out = append(l.out, Finding{
			Rule: r.ID, Severity: r.Severity, Position: f.Second,
			Message: "the file holds " + strconv.Itoa(f.Documents) +
				" YAML documents; Helm 4 merges them, but Helm 3, Argo CD and Flux read only the first",
			Fix: "remove the --- lines, or split the file and give each part with -f",
		})
	}
}

// sections reports a top-level section without content: null takes away all
// its defaults, and the chart has nothing to go by.
func (l *linter) sections() {
	for i := range schema.ValuesObject().Fields {
		f := schema.ValuesObject().Fields[i]
		if v, ok := l.doc.Tree()[f.Name]; ok && v == nil && f.Kind == schema.KindObject && !f.Open {
			l.add("HW02", []string{f.Name},
				"null where a mapping is expected; it takes away every default of "+f.Name,
				"remove the line, or write "+f.Name+": {}")
		}
	}
}

func (l *linter) kafka() {
	k := &l.v.Kafka
	switch k.Mode {
	case "external":
		if len(k.BootstrapServers) == 0 {
			l.add("HW25", []string{"kafka", "bootstrapServers"},
				"kafka.mode external needs bootstrapServers", "write the brokers as host:port")
		}
		l.security()
	default:
		if len(k.BootstrapServers) > 0 {
			l.addAs(SeverityWarning, "HW25", []string{"kafka", "bootstrapServers"},
				"bootstrapServers are ignored with kafka.mode "+k.Mode, "set kafka.mode: external, or remove them")
		}
		if k.SASL.Mechanism != "none" && k.SASL.Mechanism != "" {
			l.add("HW26", []string{"kafka", "sasl", "mechanism"},
				"the brokers of kafka.mode "+k.Mode+" take no SASL", "remove sasl, or use kafka.mode external")
		}
		if k.Mode == "strimzi" {
			l.security()
		} else if k.TLS.Enabled {
			l.add("HW26", []string{"kafka", "tls", "enabled"},
				"the brokers of kafka.mode "+k.Mode+" listen without TLS",
				"remove tls, or use kafka.mode external")
		}
	}
	for i, s := range k.BootstrapServers {
		host, port, ok := strings.Cut(s, ":")
		if strings.HasPrefix(s, "[") {
			var rest string
			host, rest, _ = strings.Cut(strings.TrimPrefix(s, "["), "]")
			port, ok = strings.CutPrefix(rest, ":")
		}
		if n, err := strconv.Atoi(port); !ok || host == "" || err != nil || n < 1 || n > 65535 {
			l.add("HW25", []string{"kafka", "bootstrapServers", strconv.Itoa(i)},
				strconv.Quote(s)+" is not host:port", "write, for example, kafka-0.example.com:9092")
		}
	}
	l.brokers()
	l.topics()
}

func (l *linter) brokers() {
	k := &l.v.Kafka
	if k.Mode == "bundled" && !k.Bundled.Storage.Enabled {
		l.addAs(SeverityWarning, "HW33", []string{"kafka", "bundled", "storage", "enabled"},
			"without storage the brokers lose all events and offsets when their pods restart",
			"set kafka.bundled.storage.enabled: true, unless this is a trial")
	}
	if k.Mode == "strimzi" && !k.Strimzi.Storage.Enabled {
		l.addAs(SeverityWarning, "HW33", []string{"kafka", "strimzi", "storage", "enabled"},
			"without storage the brokers lose all events and offsets when their pods restart",
			"set kafka.strimzi.storage.enabled: true, unless this is a trial")
	}
	l.resources([]string{"kafka", "bundled", "resources"}, k.Bundled.Resources)
}

func (l *linter) security() {
	k := &l.v.Kafka
	sasl, tls := &k.SASL, &k.TLS
	at := func(p ...string) []string { return under(p, "kafka") }
	switch sasl.Mechanism {
	case "plain", "scram-sha-256", "scram-sha-512":
		if sasl.Secret.Name == "" {
			l.add("KE15", at("sasl", "secret", "name"),
				"sasl.mechanism "+sasl.Mechanism+
					" needs a Secret with username and password; without one KEDA and the functions cannot log in",
				"set kafka.sasl.secret.name")
		}
	case "oauthbearer":
		if sasl.Secret.Name == "" {
			l.add("KE15", at("sasl", "secret", "name"),
				"sasl.mechanism oauthbearer needs a Secret with the client's id and secret",
				"set kafka.sasl.secret.name")
		}
		if sasl.OAuth.TokenEndpointURI == "" {
			l.add("KE15", at("sasl", "oauth", "tokenEndpointUri"),
				"sasl.mechanism oauthbearer needs tokenEndpointUri", "set kafka.sasl.oauth.tokenEndpointUri")
		} else if !strings.HasPrefix(sasl.OAuth.TokenEndpointURI, "https://") &&
			!strings.HasPrefix(sasl.OAuth.TokenEndpointURI, "http://") {
			l.add("KE15", at("sasl", "oauth", "tokenEndpointUri"),
				strconv.Quote(sasl.OAuth.TokenEndpointURI)+" is not a URL", "write https://...")
		}
	case "aws-msk-iam":
		if sasl.AWS.Region == "" {
			l.add("KE15", at("sasl", "aws", "region"), "sasl.mechanism aws-msk-iam needs the region", "set kafka.sasl.aws.region")
		}
		if !tls.Enabled {
			l.add("KE15", at("tls", "enabled"), "sasl.mechanism aws-msk-iam needs TLS", "set kafka.tls.enabled: true")
		}
	default:
		if sasl.Secret.Name != "" {
			l.addAs(SeverityWarning, "KE15", at("sasl", "secret", "name"),
				"sasl.secret is not used with sasl.mechanism none",
				"set kafka.sasl.mechanism, or remove the Secret")
		}
	}
	if sasl.Mechanism == "plain" && !tls.Enabled {
		l.addAs(SeverityWarning, "KE15", at("sasl", "mechanism"),
			"sasl.mechanism plain without TLS sends the password in clear text",
			"set kafka.tls.enabled: true, or use scram-sha-512")
	}
	if !tls.Enabled && (tls.CASecret.Name != "" || tls.ClientCertSecret.Name != "") {
		l.addAs(SeverityWarning, "KE15", at("tls", "enabled"), "tls has Secrets but is not enabled", "set kafka.tls.enabled: true")
	}
	for _, s := range []struct {
		name string
		keys [][2]string
		path []string
	}{
		{
			sasl.Secret.Name,
			[][2]string{{"usernameKey", sasl.Secret.UsernameKey}, {"passwordKey", sasl.Secret.PasswordKey}},
			at("sasl", "secret"),
		},
		{tls.CASecret.Name, [][2]string{{"key", tls.CASecret.Key}}, at("tls", "caSecret")},
		{
			tls.ClientCertSecret.Name,
			[][2]string{{"certKey", tls.ClientCertSecret.CertKey}, {"keyKey", tls.ClientCertSecret.KeyKey}},
			at("tls", "clientCertSecret"),
		},
	} {
		for _, k := range s.keys {
			if s.name != "" && k[1] == "" {
				l.add("KE15", append(s.path[:len(s.path):len(s.path)], k[0]),
					"Secret "+strconv.Quote(s.name)+" is named without "+k[0], "name the key in the Secret")
			}
		}
	}
	if tls.Enabled && tls.InsecureSkipVerify {
		l.addAs(SeverityWarning, "HW37", at("tls", "insecureSkipVerify"),
			"insecureSkipVerify takes any certificate, also an attacker's",
			"name the CA in kafka.tls.caSecret")
	}
}

func (l *linter) topics() {
	k := &l.v.Kafka
	brokers := 0
	switch k.Mode {
	case "bundled":
		brokers = k.Bundled.Replicas
	case "strimzi":
		brokers = k.Strimzi.Replicas
	}
	alias := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(k.Topics)) {
		t := k.Topics[name]
		at := func(p ...string) []string { return under(p, "kafka", "topics", name) }
		if brokers > 0 && t.ReplicationFactor > brokers {
			l.add("HW15", at("replicationFactor"),
				"replicationFactor "+strconv.Itoa(t.ReplicationFactor)+" needs as many brokers, and there "+
					text.Plural(brokers, "is 1", "are "+strconv.Itoa(brokers)),
				"set kafka."+k.Mode+".replicas to "+strconv.Itoa(t.ReplicationFactor)+", or replicationFactor to "+
					strconv.Itoa(brokers)+" or 0 (the brokers' default)")
		}
		if isr, err := strconv.Atoi(schema.ScalarText(t.Config["min.insync.replicas"])); err == nil {
			rf := t.ReplicationFactor
			if rf == 0 && brokers > 0 {
				rf = min(brokers, 3)
			}
			if rf > 0 && isr > rf {
				l.add("HW36", at("config", "min.insync.replicas"),
					"min.insync.replicas "+strconv.Itoa(isr)+" is more than the "+strconv.Itoa(rf)+
						" replicas of the topic: nothing can be written",
					"lower it to "+strconv.Itoa(max(1, rf-1)))
			} else if rf > 1 && isr == rf {
				l.addAs(SeverityWarning, "HW36", at("config", "min.insync.replicas"),
					"min.insync.replicas "+strconv.Itoa(isr)+" is all replicas: one broker that restarts stops all writes",
					"lower it to "+strconv.Itoa(rf-1))
			}
		}
		if name == "." || name == ".." {
			l.add("HW05", at(), strconv.Quote(name)+" is not a Kafka topic name", "use another name")
		}
		same := strings.ReplaceAll(name, ".", "_")
		if other := alias[same]; other != "" {
			l.add("HW39", at(),
				"topics "+strconv.Quote(other)+" and "+strconv.Quote(name)+" differ in . and _ only; Kafka refuses the second",
				"rename one of them")
		}
		alias[same] = name
	}
}

func (l *linter) platform() {
	if l.v.Keda.CRDs.Install {
		l.add("HW34", []string{"keda", "crds", "install"},
			"keda.crds.install puts KEDA's CRDs into templates; a release cannot hold those and ScaledObjects",
			"leave it false: the subchart keda-crds installs them first")
	}
	if n := &l.v.NetworkPolicy; n.Enabled && n.KedaNamespace == "" && !l.v.Keda.Enabled && l.v.Kafka.Mode != "external" {
		l.add("HW40", []string{"networkPolicy", "kedaNamespace"},
			"KEDA runs elsewhere (keda.enabled is false) and the network policy keeps it from Kafka, so nothing scales",
			"set networkPolicy.kedaNamespace, often keda")
	}
	l.nodeSetup()
	for _, name := range slices.Sorted(maps.Keys(l.v.Runtimes)) {
		r := l.v.Runtimes[name]
		if r.Handler == "" && (r.Create == nil || *r.Create) {
			l.add("HW12", []string{"runtimes", name, "handler"},
				"runtime "+strconv.Quote(name)+" has no handler",
				"set handler to the name in the container runtime's configuration, or create: false and runtimeClassName")
		}
		if name == "wazero" {
			l.add("HW12", []string{"runtimes", name}, `the name "wazero" is taken by the in-process runtime`, "use another name")
		}
	}
	l.resources([]string{"runner", "resources"}, l.v.Runner.Resources)
	l.image([]string{"runner", "image"}, l.v.Runner.Image, true)
	l.image([]string{"nodeSetup", "image"}, l.v.NodeSetup.Image, l.v.NodeSetup.Enabled)
	l.image([]string{"kafka", "bundled", "image"}, l.v.Kafka.Bundled.Image, l.v.Kafka.Mode == "bundled")
}

func (l *linter) image(path []string, img schema.Image, used bool) {
	if used && img.Repository == "" {
		l.add("HW47", append(path, "repository"), "the image has no repository",
			"name the image's path in its registry, or leave the default")
	}
}

func (l *linter) usedRuntimes() map[string]bool {
	used := map[string]bool{}
	for _, f := range l.v.Functions {
		if f.Runtime != "wazero" && f.Runtime != "" && (f.Enabled == nil || *f.Enabled) {
			used[f.Runtime] = true
		}
	}
	return used
}

// resources reports requests above limits, which the API server refuses.
func (l *linter) resources(path []string, r schema.Resources) {
	for _, k := range slices.Sorted(maps.Keys(r.Requests)) {
		lim, ok := r.Limits[k]
		if !ok {
			continue
		}
		a, okA := schema.ParseQuantity(string(r.Requests[k]))
		b, okB := schema.ParseQuantity(string(lim))
		if okA && okB && a > b {
			l.add("HW41", append(path[:len(path):len(path)], "requests", k),
				"requests "+string(r.Requests[k])+" of "+k+", more than the limit "+string(lim),
				"raise limits."+k+" or lower requests."+k)
		}
	}
}
