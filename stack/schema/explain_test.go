// SPDX-License-Identifier: Apache-2.0

package schema

import (
	"strings"
	"testing"
)

func TestExplain(t *testing.T) {
	for _, tt := range []struct{ path, want, typ, def, keda string }{
		{"functions.scaling.lagThreshold", "functions.<name>.scaling.lagThreshold", "integer", "50", "triggers[].metadata.lagThreshold"},
		{
			"functions.enrich-orders.scaling.lagThreshold", "functions.<name>.scaling.lagThreshold", "integer", "50",
			"triggers[].metadata.lagThreshold",
		},
		{
			"functions.<name>.scaling.lagThreshold", "functions.<name>.scaling.lagThreshold", "integer", "50",
			"triggers[].metadata.lagThreshold",
		},
		{"functions", "functions", "map of Function", "{}", ""},
		{"functions.enrich", "functions.<name>", "object", "", ""},
		{"functions.source", "functions.<name>.source", "object", "", ""},
		{"functions.source.source.topic", "functions.<name>.source.topic", "string", "", "triggers[].metadata.topic"},
		{"defaults.limits.memory", "defaults.limits.memory", "quantity", "64Mi", ""},
		{"kafka.topics.orders.partitions", "kafka.topics.<name>.partitions", "integer", "1", ""},
		{"kafka.topics.partitions", "kafka.topics.<name>.partitions", "integer", "1", ""},
		{"kafka.sasl.mechanism", "kafka.sasl.mechanism", "string", "none", "TriggerAuthentication parameter sasl"},
		{"functions.scaling.triggers.office.type", "functions.<name>.scaling.triggers.<name>.type", "string", "", "triggers[].type"},
		{
			"functions.scaling.behavior.scaleUp.policies[0].type",
			"functions.<name>.scaling.behavior.scaleUp.policies.type", "string", "",
			"advanced.horizontalPodAutoscalerConfig.behavior.scaleUp.policies[].type",
		},
		{
			"functions.scaling.behavior.scaleUp.policies", "functions.<name>.scaling.behavior.scaleUp.policies",
			"list of ScalingPolicy",
			"[{periodSeconds: 15, type: Percent, value: 100}, {periodSeconds: 15, type: Pods, value: 4}]",
			"advanced.horizontalPodAutoscalerConfig.behavior.scaleUp.policies[]",
		},
		{
			"defaults.scaling.behavior.scaleDown.stabilizationWindowSeconds",
			"defaults.scaling.behavior.scaleDown.stabilizationWindowSeconds", "integer", "60",
			"advanced.horizontalPodAutoscalerConfig.behavior.scaleDown.stabilizationWindowSeconds",
		},
		{
			"workloads.scaling.behavior.scaleUp.selectPolicy", "workloads.<name>.scaling.behavior.scaleUp.selectPolicy",
			"string", "Max", "advanced.horizontalPodAutoscalerConfig.behavior.scaleUp.selectPolicy",
		},
		{
			"functions.scaling.scalingModifiers.formula", "functions.<name>.scaling.scalingModifiers.formula", "string",
			"", "advanced.scalingModifiers.formula",
		},
		{
			"functions.scaling.triggers.x.authenticationRef.name",
			"functions.<name>.scaling.triggers.<name>.authenticationRef.name", "string", "",
			"triggers[].authenticationRef.name",
		},
		{"functions.source.topic", "functions.<name>.source.topic", "string", "", "triggers[].metadata.topic"},
		{"workloads.scaleTargetRef.name", "workloads.<name>.scaleTargetRef.name", "string", "", "scaleTargetRef.name"},
		{"kafka.bootstrapServers", "kafka.bootstrapServers", "list of string", "[]", "triggers[].metadata.bootstrapServers"},
		{"functions.config.RATE", "functions.<name>.config", "map of string", "{}", ""},
		{"keda", "keda", "object", "", ""},
		{"", "", "object", "", ""},
	} {
		e, err := Explain(tt.path)
		if err != nil {
			t.Errorf("Explain(%q): %v", tt.path, err)
			continue
		}
		if e.Path != tt.want || e.Type != tt.typ || e.Default != tt.def || e.Keda != tt.keda || e.Doc == "" {
			t.Errorf("Explain(%q) = %+v", tt.path, e)
		}
	}
	e, _ := Explain("functions.scaling.fallback")
	if len(e.Children) != 3 || e.Children[0].Name != "failureThreshold" {
		t.Errorf("children: %+v", e.Children)
	}
	if e, _ := Explain("functions.onError.retries"); e.Bounds != "from 0 to 1000" {
		t.Errorf("bounds: %q", e.Bounds)
	}
}

func TestExplainErrors(t *testing.T) {
	for path, want := range map[string]string{
		"function":                            "did you mean functions?",
		"functions.scaling.lagTreshold":       "did you mean functions.<name>.scaling.lagThreshold?",
		"functions.scaling.maxReplicaCount":   "here it is called functions.<name>.scaling.maxReplicas",
		"lagThreshold":                        "did you mean functions.scaling.lagThreshold?",
		"functions.x.lagThreshold":            "did you mean functions.<name>.scaling.lagThreshold?",
		"maxReplicaCount":                     "here it is called functions.scaling.maxReplicas",
		"kafka.mode.x":                        `kafka.mode is a string and has no key "x"`,
		"kafka.nonsense":                      "its keys are mode, bootstrapServers",
		"keda.operator.replicaCount":          "keda is passed on as it is",
		"kafka[0]":                            "kafka is not a list",
		"functions.scaling.lagThreshold.deep": "is an integer and has no key",
	} {
		_, err := Explain(path)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Explain(%q) = %v, want %s", path, err, want)
		}
	}
}

// Every field of the table can be explained by its path.
func TestExplainKnowsEveryField(t *testing.T) {
	n := 0
	var walk func(path string, o *Object)
	walk = func(path string, o *Object) {
		for i := range o.Fields {
			f := &o.Fields[i]
			p := joinDot(path, f.Name)
			e, err := Explain(p)
			if err != nil || e.Path != p || !strings.HasPrefix(e.Doc, f.Doc) {
				t.Errorf("Explain(%q) = %+v, %v", p, e.Path, err)
			}
			n++
			if f.Object != nil {
				if f.Kind == KindMap {
					p += ".<name>"
				}
				walk(p, f.Object)
			}
		}
	}
	walk("", &objectValues)
	if n < 300 {
		t.Errorf("only %d fields", n)
	}
}

// Every leaf of scaling, sources, triggers and targets says what it becomes.
func TestExplainScalingBecomesKeda(t *testing.T) {
	n := 0
	var walk func(path string, o *Object)
	walk = func(path string, o *Object) {
		for i := range o.Fields {
			f := &o.Fields[i]
			p := joinDot(path, f.Name)
			if f.Object != nil {
				walk(p, f.Object)
				continue
			}
			n++
			e, err := Explain(p)
			if err != nil || e.Keda == "" {
				t.Errorf("Explain(%q) = %+v, %v: no field of KEDA", p, e, err)
			}
		}
	}
	for _, entry := range []string{"functions", "workloads"} {
		for _, name := range []string{"scaling", "source", "scaleTargetRef"} {
			if f := objectValues.Field(entry).Object.Field(name); f != nil {
				walk(entry+".<name>."+name, f.Object)
			}
		}
	}
	if n < 100 {
		t.Errorf("only %d leaves", n)
	}
}
