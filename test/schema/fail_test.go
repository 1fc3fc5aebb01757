// SPDX-License-Identifier: Apache-2.0

package schema

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestRefusals: what cannot work is refused by the chart itself, with the field, its value
// and the fix, even if nobody ran the linter.
func TestRefusals(t *testing.T) {
	const function = `
functions:
  f:
    module: {image: "ghcr.io/acme/f:1"}
    source: {topic: t}
`
	for name, c := range map[string]struct {
		values string
		want   []string
	}{
		"no topic":  {`functions: {f: {module: {image: a/b:1}}}`, []string{"functions.f.source.topic is empty"}},
		"no module": {`functions: {f: {source: {topic: t}}}`, []string{"functions.f.module is empty", "module.image"}},
		"two modules": {
			`functions: {f: {module: {image: a/b:1, configMap: {name: c, key: k}}, source: {topic: t}}}`,
			[]string{"functions.f.module has both"},
		},
		"no key": {
			`functions: {f: {module: {configMap: {name: c}}, source: {topic: t}}}`,
			[]string{"functions.f.module.configMap.key is empty"},
		},
		"unknown runtime": {function + `    runtime: nope`, []string{`functions.f.runtime "nope" is unknown`, "wasmtime"}},
		"abi under shim":  {function + "    runtime: wasmtime\n    abi: wasi", []string{"functions.f.abi is wasi", "wazero"}},
		"http in process": {function + `    abi: http`, []string{"functions.f.abi is http with runtime wazero"}},
		"configmap under shim": {
			`functions: {f: {module: {configMap: {name: c, key: k}}, source: {topic: t}, runtime: wasmtime}}`,
			[]string{"functions.f.module.configMap", "set module.image"},
		},
		"port taken": {
			function + "    runtime: wasmtime\n    http: {port: 9464}",
			[]string{"functions.f.http.port 9464", "adminPort"},
		},
		"min above partitions": {
			function + "    scaling: {minReplicas: 5, maxReplicas: 9}\nkafka: {topics: {t: {partitions: 3}}}",
			[]string{"functions.f.scaling.minReplicas is 5", "kafka.topics.t.partitions"},
		},
		"min above max": {
			function + "    scaling: {minReplicas: 5, maxReplicas: 2}",
			[]string{"functions.f.scaling.minReplicas is 5, above maxReplicas 2"},
		},
		"trigger named kafka": {
			function + "    scaling: {triggers: {kafka: {type: cron, metadata: {}}}}",
			[]string{"functions.f.scaling.triggers.kafka"},
		},
		"trigger without type": {
			function + "    scaling: {triggers: {x: {metadata: {}}}}",
			[]string{"functions.f.scaling.triggers.x.type is empty"},
		},
		"reserved name": {
			`functions: {kafka: {module: {image: a/b:1}, source: {topic: t}}}`,
			[]string{"functions.kafka: the name is taken"},
		},
		"same name": {
			function + "workloads: {f: {scaleTargetRef: {name: x}, source: {topic: t, consumerGroup: g}}}",
			[]string{"workloads.f has the same name"},
		},
		"no bootstrap": {`kafka: {mode: external}`, []string{"kafka.bootstrapServers is empty"}},
		"no port": {
			`kafka: {mode: external, bootstrapServers: [broker.example.com]}`,
			[]string{"broker.example.com", "host:port"},
		},
		"tls bundled": {`kafka: {tls: {enabled: true}}`, []string{"kafka.tls.enabled is true with kafka.mode bundled"}},
		"sasl bundled": {
			`kafka: {sasl: {mechanism: plain, secret: {name: s}}}`,
			[]string{"kafka.sasl.mechanism is plain with kafka.mode bundled"},
		},
		"sasl strimzi": {
			`kafka: {mode: strimzi, sasl: {mechanism: plain, secret: {name: s}}}`,
			[]string{"kafka.sasl.mechanism is plain with kafka.mode strimzi"},
		},
		"sasl without secret": {
			`kafka: {mode: external, bootstrapServers: ["a:1"], sasl: {mechanism: plain}}`,
			[]string{"kafka.sasl.secret.name is empty"},
		},
		"oauth without uri": {
			`kafka: {mode: external, bootstrapServers: ["a:1"], sasl: {mechanism: oauthbearer, secret: {name: s}}}`,
			[]string{"kafka.sasl.oauth.tokenEndpointUri is empty"},
		},
		"msk without region": {
			`kafka: {mode: external, bootstrapServers: ["a:1"], tls: {enabled: true}, sasl: {mechanism: aws-msk-iam}}`,
			[]string{"kafka.sasl.aws.region is empty"},
		},
		"msk without tls": {
			`kafka: {mode: external, bootstrapServers: ["a:1"], sasl: {mechanism: aws-msk-iam, aws: {region: x}}}`,
			[]string{"kafka.tls.enabled is false", "aws-msk-iam"},
		},
		"workload without name": {
			`workloads: {w: {source: {topic: t, consumerGroup: g}}}`,
			[]string{"workloads.w.scaleTargetRef.name is empty"},
		},
		"workload no group": {
			`workloads: {w: {scaleTargetRef: {name: x}, source: {topic: t}}}`,
			[]string{"workloads.w.source.consumerGroup is empty"},
		},
		"workload no trigger": {
			`workloads: {w: {scaleTargetRef: {name: x}}}`,
			[]string{"workloads.w has neither source.topic nor scaling.triggers"},
		},
		"node setup of nothing": {`nodeSetup: {enabled: true}`, []string{"nodeSetup.enabled is true, but there is no runtime"}},
		"node setup unknown":    {`nodeSetup: {enabled: true, runtimes: {nope: {path: /x}}}`, []string{"nodeSetup.runtimes.nope"}},
		"node setup unpinned": {
			`nodeSetup: {enabled: true, runtimes: {spin: {image: "a/b:1"}}}`,
			[]string{"nodeSetup.runtimes.spin.image", "has no digest"},
		},
		"node setup two": {
			`nodeSetup: {enabled: true, runtimes: {spin: {image: "a/b@sha256:1", path: /x}}}`,
			[]string{"nodeSetup.runtimes.spin", "image and path", "give one of"},
		},
		"node setup unverified": {
			`nodeSetup: {enabled: true, runtimes: {spin: {url: {arm64: "https://a/b"}, sha256: {amd64: "0"}}}}`,
			[]string{"nodeSetup.runtimes.spin.sha256.arm64 is missing"},
		},
		"handler missing": {
			function + "    runtime: mine\nruntimes: {mine: {overhead: {memory: 1Mi}}}",
			[]string{"runtimes.mine.handler is empty"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "values.yaml")
			if err := os.WriteFile(file, []byte(c.values), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := Render(Release{Name: "shop", Namespace: "prod", Values: []string{file}})
			if err == nil {
				t.Fatal("rendered")
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("error %q does not say %q", err, want)
				}
			}
		})
	}
}
