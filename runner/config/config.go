// SPDX-License-Identifier: Apache-2.0

// Package config reads the YAML files that the chart renders for the runner.
// Reading is strict: an unknown field is an error, since it would be a
// setting that silently does nothing.
package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Decode reads one YAML document into a struct with json tags.
func Decode(data []byte, into any) error {
	var tree any
	if err := yaml.Unmarshal(data, &tree); err != nil {
		return err
	}
	if tree == nil {
		return fmt.Errorf("the file is empty")
	}
	if root, ok := tree.(map[string]any); ok {
		quantities(root)
	}
	text, err := json.Marshal(tree)
	if err != nil {
		return err
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return fmt.Errorf("%s", strings.TrimPrefix(err.Error(), "json: "))
	}
	return nil
}

// quantities lets limits be plain numbers, as in Kubernetes.
func quantities(root map[string]any) {
	limits, _ := root["limits"].(map[string]any)
	for _, name := range []string{"memory", "output"} {
		switch v := limits[name].(type) {
		case int:
			limits[name] = fmt.Sprint(v)
		case float64:
			limits[name] = fmt.Sprintf("%.0f", v)
		}
	}
}
