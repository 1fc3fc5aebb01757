// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"strings"
)

// The places of strings between quotes in runner.yaml, and of the address in
// kafka.yaml: templates/_runner.tpl promises that their order stays.
const (
	groupIndex   = 5
	moduleIndex  = 7
	addressIndex = 1
)

// wiringPatch sets in the object Wiring where a component has put Kafka.
func (g *generator) wiringPatch(dir, from, mode string, objects []object) error {
	for _, o := range objects {
		if o.kind == "ScaledObject" {
			address := text(get(o.node, "spec", "triggers").Content[0], "metadata", "bootstrapServers")
			g.out.yaml(dir+"/patch-wiring.yaml", from,
				fmt.Sprintf(
					"apiVersion: helm-wasm.dev/v1\nkind: Wiring\nmetadata:\n  name: any\n  annotations: {helm-wasm.dev/kafka: %s}\n"+
						"spec:\n  bootstrapServers: %s\n",
					mode, address,
				))
			return nil
		}
	}
	return fmt.Errorf("%s: no function was rendered", mode)
}

// target is what a replacement writes to: the part between delimiters at an
// index, or without a delimiter all of a new field.
type target struct {
	kind, name, selector, path string
	delimiter                  string
	index                      int
}

// wiring writes the object that has the names, and the replacements that copy them
// into the strings where kustomize does not look for them.
func (g *generator) wiring() error {
	var object, functions, jobs strings.Builder
	object.WriteString(wiringObject)
	const scaled, trigger = "ScaledObject", "spec.triggers.[name=kafka].metadata."
	var groups []target
	for _, o := range g.rendered {
		switch o.kind {
		case "Job":
			name := strings.TrimPrefix(baseName(o), "Job/")
			jobs.WriteString(replacement("{kind: Job, name: "+name+", fieldPath: \"spec.template.spec.containers.[name=runner].image\"}",
				target{kind: "ConfigMap", name: name, path: "data.image"}))
		case "ConfigMap":
			if data := text(o.node, "data", "runner.yaml"); data != "" {
				function := text(o.node, "metadata", "labels", "helm-wasm.dev/function")
				parts := strings.Split(data, `"`)
				if group := parts[groupIndex]; group != namespace+"."+o.name {
					return fmt.Errorf("%s: the group is not at its place: %q", o.id(), group)
				}
				fmt.Fprintf(&object, "    - name: %s\n      image: %s\n", function, parts[moduleIndex])
				groups = append(groups, target{kind: scaled, name: o.name, path: trigger + "consumerGroup", delimiter: ".", index: 0})
				functions.WriteString(replacement("{kind: ScaledObject, name: "+o.name+"}",
					target{kind: scaled, name: o.name, path: trigger + "consumerGroup", delimiter: ".", index: 1}))
				functions.WriteString(replacement("{kind: ScaledObject, name: "+o.name+", fieldPath: \""+trigger+"consumerGroup\"}",
					target{kind: "ConfigMap", name: o.name, path: "data.[runner.yaml]", delimiter: `"`, index: groupIndex}))
				functions.WriteString(replacement("{kind: Wiring, fieldPath: \"spec.modules.[name="+function+"].image\"}",
					target{kind: "ConfigMap", name: o.name, path: "data.[runner.yaml]", delimiter: `"`, index: moduleIndex}))
			}
		}
	}
	if got := strings.Split(g.string("base/config/kafka.yaml"), `"`)[addressIndex]; got != namespace+"-kafka."+namespace+".svc:9092" {
		return fmt.Errorf("base/config/kafka.yaml: the address is not at its place: %q", got)
	}
	alerts, err := g.alerts()
	if err != nil {
		return err
	}
	head := func(name string) string {
		return "apiVersion: builtin\nkind: ReplacementTransformer\nmetadata: {name: " + name + "}\nreplacements:\n"
	}
	g.out.yaml("base/wiring.yaml", "stack.yaml", object.String())
	g.out.yaml("wiring/functions.yaml", "stack.yaml",
		head("functions")+replacement("{kind: Wiring, fieldPath: metadata.namespace}", groups...)+functions.String()+jobs.String())
	g.out.yaml("wiring/alerts.yaml", "components/observability",
		head("alerts")+replacement("{kind: Wiring, fieldPath: metadata.namespace}", alerts...))
	return nil
}

func (g *generator) string(path string) string { return string(g.out[path]) }

// wiringObject is the head of the object.
const wiringObject = `# Never applied to a cluster (local-config): kustomize changes its name and its
# namespace like those of all objects, ../wiring takes them from here.
apiVersion: helm-wasm.dev/v1
kind: Wiring
metadata:
  name: shop-kafka
  namespace: shop
  annotations:
    config.kubernetes.io/local-config: "true"
    helm-wasm.dev/kafka: kafka-bundled
spec:
  bootstrapServers: shop-kafka.shop.svc:9092
  modules:
`

// replacement returns one source with its targets.
func replacement(source string, targets ...target) string {
	var b strings.Builder
	if !strings.Contains(source, "fieldPath") {
		source = strings.TrimSuffix(source, "}") + ", fieldPath: metadata.name}"
	}
	fmt.Fprintf(&b, "  - source: %s\n    targets:\n", source)
	for _, t := range targets {
		fmt.Fprintf(&b, "      - select: {kind: %s", t.kind)
		if t.name != "" {
			fmt.Fprintf(&b, ", name: %s", t.name)
		}
		if t.selector != "" {
			fmt.Fprintf(&b, ", labelSelector: %s", t.selector)
		}
		fmt.Fprintf(&b, "}\n        fieldPaths: [%q]\n        options: ", t.path)
		if t.delimiter == "" {
			b.WriteString("{create: true}\n")
			continue
		}
		fmt.Fprintf(&b, "{delimiter: %q, index: %d}\n", t.delimiter, t.index)
	}
	return b.String()
}

// alerts returns where the namespace is in the expressions of alerts.
func (g *generator) alerts() ([]target, error) {
	objects, err := g.render("components/observability/values.yaml")
	if err != nil {
		return nil, err
	}
	var targets []target
	for _, o := range objects {
		if o.kind != "PrometheusRule" {
			continue
		}
		for i, group := range get(o.node, "spec", "groups").Content {
			for j, rule := range get(group, "rules").Content {
				for k, part := range strings.Split(text(rule, "expr"), `"`) {
					if part == namespace {
						targets = append(targets,
							target{
								kind: o.kind, name: o.name, path: fmt.Sprintf("spec.groups.%d.rules.%d.expr", i, j), delimiter: `"`,
								index: k,
							})
					}
				}
			}
		}
	}
	if len(targets) == 0 {
		return nil, fmt.Errorf("no alert names the namespace")
	}
	return targets, nil
}
