// SPDX-License-Identifier: Apache-2.0

package rules

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/helm-wasm/helm-wasm/internal/manifests"
	"github.com/helm-wasm/helm-wasm/stack/lint/pass"
)

var _ = register(Rule{
	ID: "KE28", Severity: Error, Title: "...FromEnv names a variable that KEDA does not find",
	Why: "KEDA reads the environment of one container of the target, the first unless envSourceContainerName names " +
		"another, and goes on with an empty value for a variable that it does not have. A target without containers of " +
		"its own, such as a Rollout with workloadRef, has no environment to read.",
	Fix: "Name the container in scaleTargetRef.envSourceContainerName, or write the value itself.",
	Bad: "workloads: {shop: {scaleTargetRef: {name: shop}, scaling: {triggers: {jobs: {type: redis, metadata: {addressFromEnv: " +
		"REDIS, listName: jobs}}}}}}\n" +
		"extraObjects: {shop: {apiVersion: apps/v1, kind: Deployment, metadata: {name: shop}, spec: {template: {spec: " +
		"{containers: [{name: proxy}, {name: app, env: [{name: REDIS, value: \"redis:6379\"}]}]}}}}}",
	Good: "workloads: {shop: {scaleTargetRef: {name: shop, envSourceContainerName: app}, scaling: {triggers: {jobs: {type: " +
		"redis, metadata: {addressFromEnv: REDIS, listName: jobs}}}}}}\n" +
		"extraObjects: {shop: {apiVersion: apps/v1, kind: Deployment, metadata: {name: shop}, spec: {template: {spec: " +
		"{containers: [{name: proxy}, {name: app, env: [{name: REDIS, value: \"redis:6379\"}]}]}}}}}",

	Trigger: variables,
})

func variables(s *pass.Scope, t *pass.Trigger) {
	target := s.Target()
	if target == nil {
		return
	}
	containers := target.Containers()
	for _, key := range slices.Sorted(maps.Keys(t.Metadata)) {
		name, fromEnv := strings.CutSuffix(key, "FromEnv")
		if p := t.Param(name); !fromEnv || p == nil || !p.FromEnv() {
			continue
		}
		if len(containers) == 0 {
			s.Report(s.At(t.MetadataAt(key)),
				"the "+target.Title()+" has no containers of its own, so KEDA finds no variable "+strconv.Quote(t.Text(key)),
				"write "+name+" itself")
			continue
		}
		variable(s, t, key, containers)
	}
}

// variable looks for the variable of a key in the container that KEDA reads.
func variable(s *pass.Scope, t *pass.Trigger, key string, containers []manifests.Container) {
	read, name := &containers[0], t.Text(key)
	if want := s.EnvContainer(); want != "" {
		i := slices.IndexFunc(containers, func(c manifests.Container) bool { return c.Name == want })
		if i < 0 {
			s.Report(s.At(t.MetadataAt(key)),
				"envSourceContainerName is "+strconv.Quote(want)+", and the target has no such container; KEDA makes no HPA",
				"name one of its containers")
			return
		}
		read = &containers[i]
	}
	if has, certain := read.HasEnv(name); has || !certain {
		return
	}
	fix := "add the variable to the container, or write " + strings.TrimSuffix(key, "FromEnv") + " itself"
	for i := range containers {
		if has, _ := containers[i].HasEnv(name); has {
			fix = "set scaleTargetRef.envSourceContainerName: " + containers[i].Name
		}
	}
	s.Report(s.At(t.MetadataAt(key)),
		"the container "+strconv.Quote(read.Name)+", whose environment KEDA reads, has no variable "+strconv.Quote(name), fix)
}
