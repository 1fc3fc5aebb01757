// SPDX-License-Identifier: Apache-2.0

package schema

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	kedav1alpha1 "github.com/kedacore/keda/v2/apis/keda/v1alpha1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	structural "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	utiljson "k8s.io/apimachinery/pkg/util/json"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"sigs.k8s.io/yaml"
)

func selector(labels map[string]string) *metav1.LabelSelector {
	return &metav1.LabelSelector{MatchLabels: labels}
}

// CRDs validates custom resources as the API server does: by structural
// schema, by CEL rules, and strictly, so that an unknown field is an error.
type CRDs map[string]crd

type crd struct {
	validator  validation.SchemaValidator
	structural *structural.Structural
	cel        *cel.Validator
}

// LoadCRDs reads every CustomResourceDefinition of a directory.
func LoadCRDs(dir string) (CRDs, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.yaml"))
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("no CRDs in %q: run `make chart` first", dir)
	}
	crds := CRDs{}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		if err := crds.add(data); err != nil {
			return nil, fmt.Errorf("loading %q: %w", file, err)
		}
	}
	return crds, nil
}

func (c CRDs) add(data []byte) error {
	var v1 apiextensionsv1.CustomResourceDefinition
	if err := yaml.Unmarshal(data, &v1); err != nil {
		return err
	}
	for _, version := range v1.Spec.Versions {
		var schema apiextensions.JSONSchemaProps
		convert := apiextensionsv1.Convert_v1_JSONSchemaProps_To_apiextensions_JSONSchemaProps
		if err := convert(version.Schema.OpenAPIV3Schema, &schema, nil); err != nil {
			return err
		}
		validator, _, err := validation.NewSchemaValidator(&schema)
		if err != nil {
			return err
		}
		s, err := structural.NewStructural(&schema)
		if err != nil {
			return err
		}
		key := v1.Spec.Group + "/" + version.Name + "/" + v1.Spec.Names.Kind
		c[key] = crd{validator, s, cel.NewValidator(s, true, math.MaxInt64)}
	}
	return nil
}

// Has reports whether the kind is known.
func (c CRDs) Has(apiVersion, kind string) bool { _, ok := c[apiVersion+"/"+kind]; return ok }

// Validate checks one object.
func (c CRDs) Validate(manifest []byte) error {
	data, err := yaml.YAMLToJSONStrict(manifest)
	if err != nil {
		return err
	}
	// Whole numbers must stay int64: CEL rules distinguish them from floats.
	var object map[string]any
	if err := utiljson.Unmarshal(data, &object); err != nil {
		return err
	}
	known, ok := c[fmt.Sprintf("%s/%s", object["apiVersion"], object["kind"])]
	if !ok {
		return fmt.Errorf("no CRD for %s %s", object["apiVersion"], object["kind"])
	}
	errs := validation.ValidateCustomResource(nil, object, known.validator)
	celErrs, _ := known.cel.Validate(context.Background(), field.NewPath(""), known.structural, object, nil, math.MaxInt64)
	errs = append(errs, celErrs...)
	unknown := pruning.PruneWithOptions(object, known.structural, true, structural.UnknownFieldPathOptions{TrackUnknownFieldPaths: true})
	for _, path := range unknown {
		errs = append(errs, field.Invalid(field.NewPath(path), "", "unknown field"))
	}
	return errs.ToAggregate()
}

// ScaledObject applies the rules of KEDA's admission webhook that need no cluster, and what
// Kubernetes will say about the HPA that KEDA makes of it.
func ScaledObject(manifest []byte) (*kedav1alpha1.ScaledObject, error) {
	so := &kedav1alpha1.ScaledObject{}
	if err := yaml.UnmarshalStrict(manifest, so); err != nil {
		return nil, err
	}
	errs := []error{
		kedav1alpha1.CheckReplicaCountBoundsAreValid(so),
		kedav1alpha1.CheckFallbackValid(so),
		kedav1alpha1.ValidateTriggers(so.Spec.Triggers),
	}
	if so.Spec.Advanced != nil && so.IsUsingModifiers() {
		_, err := kedav1alpha1.ValidateAndCompileScalingModifiers(so)
		errs = append(errs, err)
	}
	hpa := autoscalingv2.HorizontalPodAutoscaler{
		TypeMeta:   metav1.TypeMeta{APIVersion: "autoscaling/v2", Kind: "HorizontalPodAutoscaler"},
		ObjectMeta: metav1.ObjectMeta{Name: "keda-hpa-" + so.Name, Namespace: so.Namespace, Labels: so.Labels},
		Spec: autoscalingv2.HorizontalPodAutoscalerSpec{
			ScaleTargetRef: autoscalingv2.CrossVersionObjectReference{
				Kind: "Deployment", Name: so.Spec.ScaleTargetRef.Name, APIVersion: "apps/v1",
			},
			MinReplicas: so.GetHPAMinReplicas(),
			MaxReplicas: so.GetHPAMaxReplicas(),
		},
	}
	if a := so.Spec.Advanced; a != nil && a.HorizontalPodAutoscalerConfig != nil {
		hpa.Spec.Behavior = a.HorizontalPodAutoscalerConfig.Behavior
		if a.HorizontalPodAutoscalerConfig.Name != "" {
			hpa.Name = a.HorizontalPodAutoscalerConfig.Name
		}
	}
	if len(hpa.Name) > 63 {
		errs = append(errs, fmt.Errorf("the HPA's name %q has %d characters, KEDA allows 63", hpa.Name, len(hpa.Name)))
	}
	data, err := json.Marshal(hpa)
	if err != nil {
		return nil, err
	}
	if _, err := Kubernetes(data); err != nil {
		errs = append(errs, fmt.Errorf("its HPA: %w", err))
	}
	return so, errors.Join(errs...)
}

// Scalers is KEDA's own list of scalers and their parameters.
type Scalers struct {
	Scalers []struct {
		Type       string `json:"type"`
		Parameters []struct {
			Name         string   `json:"name"`
			Optional     bool     `json:"optional"`
			Default      string   `json:"default"`
			AllowedValue []string `json:"allowedValue"`
			Metadata     bool     `json:"metadataVariableReadable"`
			Auth         bool     `json:"triggerAuthenticationVariableReadable"`
		} `json:"parameters"`
	} `json:"scalers"`
}

// Trigger checks a trigger's type, keys and enumerations against KEDA's list. KEDA itself
// reports none of them before it runs.
func (s Scalers) Trigger(t kedav1alpha1.ScaleTriggers) error {
	for _, scaler := range s.Scalers {
		if scaler.Type != t.Type {
			continue
		}
		var errs []error
		seen := map[string]bool{}
		for _, p := range scaler.Parameters {
			for _, name := range strings.Split(p.Name, ",") {
				value, ok := t.Metadata[name]
				seen[name] = true
				if ok && !p.Metadata {
					errs = append(errs, fmt.Errorf("%s is not read from metadata", name))
				}
				if ok && len(p.AllowedValue) > 0 && !slices.Contains(p.AllowedValue, value) {
					errs = append(errs, fmt.Errorf("%s is %q, KEDA accepts %q", name, value, p.AllowedValue))
				}
			}
		}
		for name := range t.Metadata {
			// KEDA hands all keys on to an external scaler.
			if !seen[strings.TrimSuffix(name, "FromEnv")] && !strings.HasPrefix(t.Type, "external") {
				errs = append(errs, fmt.Errorf("unknown key %s", name))
			}
		}
		return errors.Join(errs...)
	}
	return fmt.Errorf("KEDA has no scaler %q", t.Type)
}
