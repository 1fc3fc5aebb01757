// SPDX-License-Identifier: Apache-2.0

package schema

import (
	"strings"
	"testing"
)

// TestRulesSeeMistakes: a check that cannot fail checks nothing, so each rule meets what it is against.
func TestRulesSeeMistakes(t *testing.T) {
	rules, err := load()
	if err != nil {
		t.Fatal(err)
	}
	const so = `
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: NAME, namespace: prod}
spec:
  scaleTargetRef: {name: f}
  minReplicaCount: 0
  maxReplicaCount: 5
  triggers:
    - {type: kafka, name: kafka, metadata: {bootstrapServers: "a:1", consumerGroup: g, topic: t, lagThreshold: "5"}}
`
	const deployment = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: f, namespace: prod}
spec:
  selector: {matchLabels: {a: b}}
  template:
    metadata: {labels: {a: b}}
    spec:
      containers: [{name: c, image: i}]
`
	edit := func(s string, oldnew ...string) string {
		if edited := strings.NewReplacer(oldnew...).Replace(s); edited != s {
			return edited
		}
		t.Fatalf("the edit %q changes nothing", oldnew)
		return ""
	}
	for name, c := range map[string]struct{ manifest, want string }{
		"fine":            {edit(so, "NAME", "f"), ""},
		"fine deployment": {deployment, ""},
		"unknown field": {
			edit(deployment, "containers:", "contianers: []\n      containers:"),
			`unknown field "spec.template.spec.contianers"`,
		},
		"duplicate field":   {edit(deployment, "kind: Deployment", "kind: Deployment\nkind: Deployment"), "already set"},
		"bad label":         {edit(deployment, "{a: b}", "{a: 'b!'}"), "a valid label must be"},
		"selector mismatch": {edit(deployment, "labels: {a: b}", "labels: {a: c}"), "`selector` does not match"},
		"bad env name": {
			edit(deployment, "image: i", "image: i, env: [{name: 'a=b', value: c}]"),
			"a valid environment variable name",
		},
		"unknown so field":   {edit(so, "NAME", "f", "spec:", "spec:\n  maxReplicas: 5"), "unknown field"},
		"number in metadata": {edit(so, "NAME", "f", `"5"`, "5"), "must be of type string"},
		"min above max": {
			edit(so, "NAME", "f", "maxReplicaCount: 5", "maxReplicaCount: 5\n  idleReplicaCount: 7"), "IdleReplicaCount",
		},
		"cel rule":           {edit(so, "NAME", "f", "minReplicaCount: 0", "minReplicaCount: 9"), "minReplicaCount"},
		"long name":          {edit(so, "NAME", strings.Repeat("f", 55)), "KEDA allows 63"},
		"unknown scaler":     {edit(so, "NAME", "f", "type: kafka,", "type: kafak,"), `no scaler "kafak"`},
		"unknown key":        {edit(so, "NAME", "f", "topic:", "topics:"), "unknown key topics"},
		"enumeration":        {edit(so, "NAME", "f", "topic: t", "topic: t, sasl: plain"), `sasl is "plain"`},
		"secret in metadata": {edit(so, "NAME", "f", "topic: t", "topic: t, password: x"), "password is not read from metadata"},
		"label for the HPA":  {edit(so, "{name: NAME", "{labels: {helm.sh/chart: x}, name: f"), "would be copied to the HPA"},
		"hpa behavior": {
			edit(so, "NAME", "f", "  triggers:",
				"  advanced: {horizontalPodAutoscalerConfig: {behavior: {scaleUp: {policies: [{type: Pods, value: 0, "+
					"periodSeconds: 1}]}}}}\n  triggers:"),
			"its HPA",
		},
		"formula": {
			edit(so, "NAME", "f", "  triggers:", "  advanced: {scalingModifiers: {formula: 'kafka + nope', target: '5'}}\n  triggers:"),
			"nope",
		},
		"strimzi field": {
			"apiVersion: kafka.strimzi.io/v1\nkind: KafkaTopic\nmetadata: {name: t}\nspec: {partition: 1}",
			"unknown field",
		},
		"nobody's kind": {"apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: t}", "no kind"},
		"runtime class": {"apiVersion: node.k8s.io/v1\nkind: RuntimeClass\nmetadata: {name: t}\nhandler: 'A b'", "handler"},
		"service name": {
			"apiVersion: v1\nkind: Service\nmetadata: {name: a.b, namespace: prod}\nspec: {ports: [{port: 1}]}",
			"must not contain dots",
		},
		"network policy port": {
			"apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: t, namespace: prod}\nspec: " +
				"{podSelector: {}, egress: [{ports: [{port: 0}]}]}",
			"must be between",
		},
	} {
		t.Run(name, func(t *testing.T) {
			objects, err := Split([]byte(c.manifest))
			if err != nil || len(objects) != 1 {
				t.Fatalf("reading the case: %v, %d objects", err, len(objects))
			}
			var said []string
			for _, err := range rules.object(objects[0]) {
				said = append(said, err.Error())
			}
			if c.want == "" && len(said) > 0 || c.want != "" && !strings.Contains(strings.Join(said, "\n"), c.want) {
				t.Errorf("the rules say %q, want %q", said, c.want)
			}
		})
	}
}
