// SPDX-License-Identifier: Apache-2.0

package schema

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/helm-wasm/helm-wasm/contract"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/pod-security-admission/api"
	podsecurity "k8s.io/pod-security-admission/policy"
	"sigs.k8s.io/yaml"
)

// house checks the rules of this chart for one of its own objects.
func house(t *testing.T, r Release, o Object) {
	t.Helper()
	for _, problem := range validation.IsDNS1123Subdomain(o.Metadata.Name) {
		t.Errorf("%s: name: %s", o, problem)
	}
	for _, key := range []string{"app.kubernetes.io/name", "app.kubernetes.io/instance", "app.kubernetes.io/component", "helm.sh/chart"} {
		if _, ok := o.Metadata.Labels[key]; !ok && o.Kind != "Pod" {
			t.Errorf("%s has no label %s", o, key)
		}
	}
	if cluster := clusterScoped[o.Kind]; cluster != (o.Metadata.Namespace == "") {
		t.Errorf("%s: namespace is %q", o, o.Metadata.Namespace)
	}
	if clusterScoped[o.Kind] && !strings.HasPrefix(o.Metadata.Name, r.Namespace+".") {
		t.Errorf("%s is cluster-wide, and its name does not begin with the namespace %s", o, r.Namespace)
	}
	if strings.Contains(string(o.Manifest), "e+0") {
		t.Errorf("%s has a number in scientific notation", o)
	}
	for n, line := range strings.Split(string(o.Manifest), "\n") {
		if line != strings.TrimRight(line, " ") {
			t.Errorf("%s line %d ends in spaces: %q", o, n+1, line)
		}
	}
	object, err := Kubernetes(o.Manifest)
	if err != nil {
		return // reported by the caller, or not Kubernetes' kind
	}
	scaled := o.Metadata.Labels["app.kubernetes.io/component"] != "scaler"
	if d, ok := object.(*appsv1.Deployment); ok && scaled && bytes.Contains(o.Manifest, []byte("\n  replicas:")) {
		t.Errorf("%s renders replicas, which KEDA owns", d.Name)
	}
	if template := podTemplate(object); template != nil && o.Metadata.Labels["app.kubernetes.io/component"] != "node-setup" {
		restricted(t, o, template)
	}
	if c, ok := object.(*corev1.ConfigMap); ok {
		decodeContract(t, c)
	}
}

var clusterScoped = map[string]bool{"RuntimeClass": true, "ClusterRole": true, "ClusterRoleBinding": true}

func podTemplate(object any) *corev1.PodTemplateSpec {
	switch o := object.(type) {
	case *appsv1.Deployment:
		return &o.Spec.Template
	case *appsv1.StatefulSet:
		return &o.Spec.Template
	case *appsv1.DaemonSet:
		return &o.Spec.Template
	case *batchv1.Job:
		return &o.Spec.Template
	case *corev1.Pod:
		return &corev1.PodTemplateSpec{ObjectMeta: o.ObjectMeta, Spec: o.Spec}
	}
	return nil
}

// restricted asks Pod Security admission itself.
func restricted(t *testing.T, o Object, template *corev1.PodTemplateSpec) {
	t.Helper()
	evaluator, err := podsecurity.NewEvaluator(podsecurity.DefaultChecks(), nil)
	if err != nil {
		t.Fatal(err)
	}
	level := api.LevelVersion{Level: api.LevelRestricted, Version: api.LatestVersion()}
	for _, result := range evaluator.EvaluatePod(level, &template.ObjectMeta, &template.Spec) {
		if !result.Allowed {
			t.Errorf("%s breaks Pod Security %s: %s (%s)", o, level, result.ForbiddenReason, result.ForbiddenDetail)
		}
	}
	for _, c := range append(template.Spec.Containers, template.Spec.InitContainers...) {
		if ro := c.SecurityContext.ReadOnlyRootFilesystem; ro == nil || !*ro {
			t.Errorf("%s: container %s can write to its root file system", o, c.Name)
		}
		if _, ok := c.Resources.Requests[corev1.ResourceMemory]; !ok {
			t.Errorf("%s: container %s requests no memory", o, c.Name)
		}
	}
}

// decodeContract decodes what the runner reads, as strictly as the runner does.
func decodeContract(t *testing.T, c *corev1.ConfigMap) {
	t.Helper()
	for key, into := range map[string]any{
		"runner.yaml": &contract.RunnerConfig{},
		"host.yaml":   &contract.HostConfig{},
		"topics.yaml": &contract.TopicsConfig{},
		"check.yaml":  &contract.CheckConfig{},
	} {
		data, ok := c.Data[key]
		if !ok {
			continue
		}
		asJSON, err := yaml.YAMLToJSONStrict([]byte(data + "\n" + c.Data["kafka.yaml"]))
		if err != nil {
			t.Errorf("ConfigMap/%s %s: %v", c.Name, key, err)
			continue
		}
		decoder := json.NewDecoder(bytes.NewReader(asJSON))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(into); err != nil {
			t.Errorf("ConfigMap/%s %s: %v", c.Name, key, err)
		}
	}
}

// together checks the rules between the objects of a release.
func together(t *testing.T, r Release, objects []Object) {
	t.Helper()
	have := map[string]bool{}
	var pods []labels.Set
	for _, o := range objects {
		have[o.String()] = true
		if !o.Ours() {
			continue
		}
		if object, err := Kubernetes(o.Manifest); err == nil {
			if template := podTemplate(object); template != nil {
				pods = append(pods, template.Labels)
			}
		}
	}
	need := func(o Object, ref string) {
		if !have[ref] {
			t.Errorf("%s names %s, which the release does not make", o, ref)
		}
	}
	for _, o := range objects {
		if !o.Ours() {
			continue
		}
		if o.Kind == "ScaledObject" {
			so, err := ScaledObject(o.Manifest)
			if err != nil {
				continue
			}
			if so.Labels["app.kubernetes.io/component"] == "function" {
				need(o, "Deployment/"+so.Spec.ScaleTargetRef.Name)
			}
			for _, trigger := range so.Spec.Triggers {
				if (trigger.Type == "kafka" || trigger.Type == "external-push") && trigger.AuthenticationRef != nil {
					need(o, "TriggerAuthentication/"+trigger.AuthenticationRef.Name)
				}
			}
			continue
		}
		object, err := Kubernetes(o.Manifest)
		if err != nil {
			continue
		}
		if template := podTemplate(object); template != nil {
			spec := template.Spec
			// A function may run as an account that exists.
			if name := spec.ServiceAccountName; name != "" && (name == o.Metadata.Name || o.Kind != "Deployment") {
				need(o, "ServiceAccount/"+name)
			}
			if name := spec.RuntimeClassName; name != nil && strings.HasPrefix(*name, r.Namespace+".") {
				need(o, "RuntimeClass/"+*name)
			}
			for _, v := range spec.Volumes {
				if v.ConfigMap != nil && v.Name == "config" {
					need(o, "ConfigMap/"+v.ConfigMap.Name)
				}
			}
		}
		for what, selector := range selectors(object) {
			if !selects(selector, pods) {
				t.Errorf("%s: %s selects no pod of the release", o, what)
			}
		}
	}
}

func selectors(object any) map[string]*metav1.LabelSelector {
	switch o := object.(type) {
	case *corev1.Service:
		return map[string]*metav1.LabelSelector{"selector": {MatchLabels: o.Spec.Selector}}
	case *policyv1.PodDisruptionBudget:
		return map[string]*metav1.LabelSelector{"selector": o.Spec.Selector}
	case *networkingv1.NetworkPolicy:
		return map[string]*metav1.LabelSelector{"podSelector": &o.Spec.PodSelector}
	}
	out := map[string]*metav1.LabelSelector{}
	if template := podTemplate(object); template != nil {
		for i, c := range template.Spec.TopologySpreadConstraints {
			out[fmt.Sprintf("topologySpreadConstraints[%d]", i)] = c.LabelSelector
		}
	}
	return out
}

func selects(selector *metav1.LabelSelector, pods []labels.Set) bool {
	s, err := metav1.LabelSelectorAsSelector(selector)
	if err != nil {
		return false
	}
	for _, pod := range pods {
		if s.Matches(pod) {
			return true
		}
	}
	return false
}
