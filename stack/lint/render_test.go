// SPDX-License-Identifier: Apache-2.0

package lint

import (
	"fmt"
	"strings"
	"testing"

	"github.com/helm-wasm/helm-wasm/stack/examples"
	"github.com/helm-wasm/helm-wasm/stack/lint/rules"
	"github.com/helm-wasm/helm-wasm/stack/render"
	"github.com/helm-wasm/helm-wasm/stack/schema"
	"github.com/helm-wasm/helm-wasm/stack/values"
)

// What the chart refuses, the linter reports as an error first: no user shall
// learn of a mistake from a template.
func TestLintKnowsWhatTheChartRefuses(t *testing.T) {
	refused, rendered := 0, 0
	try := func(d *values.Document, what string) {
		t.Helper()
		scope := render.All
		if strings.HasPrefix(what, "functions.") { // the rest is the same every time
			scope = render.Functions
		}
		_, err := render.Render(d, render.Options{Scope: scope})
		if err == nil {
			rendered++
			return
		}
		refused++
		if !Lint(d, Options{}).HasErrors() {
			t.Errorf("%s: the chart refuses what the linter takes: %v", what, err)
		}
	}
	over := func(text string) *values.Document {
		return values.Merge(mustParse(t, rules.Base), mustParse(t, text))
	}
	for _, r := range Rules() {
		bad, good := r.Bad, r.Good
		try(over(bad), r.ID)
		if _, err := render.Render(over(good), render.Options{Scope: render.All}); err != nil {
			t.Errorf("%s: the good example does not render: %v", r.ID, err)
		}
	}
	for _, e := range examples.All() {
		if _, err := render.Render(mustParse(t, e.Text), render.Options{Scope: render.All}); err != nil {
			t.Errorf("example %s: %v", e.Name, err)
		}
	}
	for _, text := range []string{
		"functions: {enrich: null}", "functions: {enrich: }", "functions: {enrich: []}", "workloads: {w: null}",
		"workloads: {w: {}}", "functions: {kafka: {source: " +
			"{topic: orders}, module: {image: a}}}",
		"functions: {enrich: {scaling: {minReplicas: 11, allowIdleConsumers: " +
			"true}}}", "functions: {enrich: {scaling: {minReplicas: 9, maxReplicas: 8}}}",
		"functions: {enrich: {module: {image: ''}}}", "functions: {enrich: {module: {image: null, configMap: {name: " +
			"x}}}}", "functions: {enrich: {module: {configMap: {name: x, key: y}}}}",
		"functions: {enrich: {runtime: nothing}}", "functions: {enrich: {runtime: spin, abi: wasi}}",
		"functions: {enrich: {runtime: spin, http: {port: 9464}}}", "functions: {enrich: {runtime: spin, " +
			"module: {image: null, configMap: {name: x, key: y}}}}",
		"functions: {enrich: {scaling: {triggers: {kafka: {type: " +
			"cron}}}}}", "functions: {enrich: {scaling: {triggers: {x: {}}}}}", "functions: {enrich: {scaling: {triggers: {x: null}}}}",
		"kafka: {mode: other}", "kafka: {mode: external}", "kafka: {tls: {enabled: true}}",
		"kafka: {sasl: {mechanism: plain}}", "kafka: {mode: strimzi, sasl: {mechanism: plain}}",
		"kafka: {mode: strimzi, tls: {enabled: true}}",
		"kafka: {mode: external, bootstrapServers: ['b:1'], sasl: {mechanism: " +
			"plain}}", "kafka: {mode: external, bootstrapServers: ['b:1'], sasl: {mechanism: oauthbearer, secret: {name: " +
			"s}}}", "kafka: {mode: external, bootstrapServers: ['b:1'], sasl: {mechanism: aws-msk-iam}}",
		"kafka: {mode: external, bootstrapServers: ['b:1'], sasl: {mechanism: aws-msk-iam, aws: {region: " +
			"eu}}}", "kafka: {mode: external, bootstrapServers: ['b:1'], sasl: {mechanism: " +
			"nonsense}}", "kafka: {bundled: {replicas: 2}}", "kafka: {bundled: {replicas: null}}", "kafka: {mode: null}",
		"nodeSetup: {enabled: true}", "nodeSetup: {enabled: true, runtimes: {unknown: {path: " +
			"/x}}}", "nodeSetup: {enabled: true, remove: true}",
		"nodeSetup: {enabled: true, runtimes: {spin: {url: {amd64: " +
			"'https://x/y'}}}}", "nodeSetup: {enabled: true, runtimes: {spin: {image: " +
			"'x/y:1'}}}", "nodeSetup: {enabled: true, runtimes: {spin: {image: 'x/y@sha256:0', path: /x}}}",
		"runtimes: {mine: {}}\nfunctions: {enrich: {runtime: " +
			"mine}}", "runner: {image: {repository: null}}", "runner: {image: null}", "kafka: {bundled: {image: {repository: ''}}}",
		"kafka: {topics: {orders: null}}", "kafka: {topics: null}", "kafka: null", "runner: null", "defaults: null",
		"runtimes: null", "monitoring: null", "networkPolicy: null", "nodeSetup: null", "keda: null", "global: null",
		"extraObjects: {x: null}", "extraObjects: {x: {kind: ConfigMap}}",
		"defaults: {scaling: null}", "defaults: {scaling: {behavior: null}}", "functions: {enrich: {scaling: null}}",
		"functions: {enrich: {limits: null}}", "functions: {enrich: {source: null}}",
		"functions: {enrich: {resources: null}}", "functions: {enrich: {onError: null}}",
		"functions: {enrich: {pod: null, sink: null, config: null, http: null, serviceAccount: null, podDisruptionBudget: " +
			"null}}", "defaults: {limits: {memory: null}}", "functions: {enrich: {limits: {memory: null, timeout: null}}}",
		"functions: {a-name-of-sixty-four-characters-which-is-one-more-than-labels-take-x: {}}",
	} {
		try(over(text), text)
	}
	// A wrong value at each field of a function, of Kafka and of the rest.
	wrong := []any{nil, "", "x", "-1", -1.0, 0.0, 1e9, true, []any{}, map[string]any{}, []any{"x"}}
	var walk func(path []string, o *schema.Object)
	walk = func(path []string, o *schema.Object) {
		for i := range o.Fields {
			f := &o.Fields[i]
			p := append(path[:len(path):len(path)], f.Name)
			for _, v := range wrong {
				d := over("{}")
				at := d.Tree()
				for _, k := range p[:len(p)-1] {
					next, ok := at[k].(map[string]any)
					if !ok {
						next = map[string]any{}
						at[k] = next
					}
					at = next
				}
				at[p[len(p)-1]] = v
				try(d, strings.Join(p, ".")+" = "+fmt.Sprintf("%T %v", v, v))
			}
			if f.Object != nil && f.Kind == schema.KindObject {
				walk(p, f.Object)
			}
		}
	}
	walk([]string{"functions", "enrich"}, schema.ValuesObject().Field("functions").Object)
	walk([]string{"kafka"}, schema.ValuesObject().Field("kafka").Object)
	walk([]string{"runner"}, schema.ValuesObject().Field("runner").Object)
	if refused < 300 || rendered < 300 {
		t.Errorf("%d refused, %d rendered: the cases prove little", refused, rendered)
	}
}
