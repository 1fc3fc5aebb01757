// SPDX-License-Identifier: Apache-2.0

// Package config reads the YAML files that the chart renders for the runner.
// Reading is strict: an unknown field is an error, since it would be a
// setting that silently does nothing.
package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Load reads files into one struct with json tags: each file has some of the
// fields. A field may be in one file only, so that no file hides another's value.
func Load(paths []string, into any) error {
	whole := map[string]any{}
	from := map[string]string{}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			return fmt.Errorf("reading configuration: %w", err)
		}
		tree, err := parse(data)
		if err != nil {
			return fmt.Errorf("reading configuration %q: %w", path, err)
		}
		part, ok := tree.(map[string]any)
		if !ok {
			return fmt.Errorf("reading configuration %q: it is not a mapping", path)
		}
		for key, value := range part {
			if other, twice := from[key]; twice {
				return fmt.Errorf("reading configuration %q: %s is also in %q: keep one of them", path, key, other)
			}
			from[key], whole[key] = path, value
		}
	}
	if err := decode(whole, into); err != nil {
		return fmt.Errorf("reading configuration %q: %w", strings.Join(paths, ", "), err)
	}
	return nil
}

// Decode reads one YAML document into a struct with json tags.
func Decode(data []byte, into any) error {
	tree, err := parse(data)
	if err != nil {
		return err
	}
	return decode(tree, into)
}

func parse(data []byte) (any, error) {
	var tree any
	if err := yaml.Unmarshal(data, &tree); err != nil {
		return nil, err
	}
	if tree == nil {
		return nil, fmt.Errorf("the file is empty")
	}
	return tree, nil
}

func decode(tree, into any) error {
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

// quantities allows limits to be plain numbers, as in Kubernetes.
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
