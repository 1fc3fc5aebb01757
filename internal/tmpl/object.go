// SPDX-License-Identifier: Apache-2.0

package tmpl

import (
	"fmt"
	"slices"
	"strings"
)

// Object is a value with fields and methods of its own, such as .Files.
type Object interface {
	// Field returns the field of that name, which may be a Method, and reports
	// whether there is one.
	Field(name string) (any, bool)
	// TypeName returns the name of the type in Helm, for errors.
	TypeName() string
}

// Method is a method of an Object. It is called with the template's arguments.
type Method func(args []any) (any, error)

// Files is .Files: the files of the chart that are not templates.
type Files map[string]string

func (Files) TypeName() string { return "engine.files" }

func (f Files) Field(name string) (any, bool) {
	switch name {
	case "Get":
		return Method(func(args []any) (any, error) {
			file, err := oneString(args)
			return f[file], err
		}), true
	case "Lines":
		return Method(func(args []any) (any, error) {
			file, err := oneString(args)
			if err != nil || f[file] == "" {
				return []string{}, err
			}
			return strings.Split(strings.TrimSuffix(f[file], "\n"), "\n"), nil
		}), true
	}
	return nil, false
}

// Capabilities is .Capabilities: what the cluster supports.
type Capabilities struct {
	KubeVersion KubeVersion
	APIVersions APIVersions
	HelmVersion string
}

func (*Capabilities) TypeName() string { return "*common.Capabilities" }

func (c *Capabilities) Field(name string) (any, bool) {
	switch name {
	case "KubeVersion":
		return c.KubeVersion, true
	case "APIVersions":
		return c.APIVersions, true
	case "HelmVersion":
		return map[string]any{"Version": c.HelmVersion}, true
	}
	return nil, false
}

// KubeVersion is the version of Kubernetes, such as v1.37.0.
type KubeVersion struct {
	Version, Major, Minor string
}

func (KubeVersion) TypeName() string { return "common.KubeVersion" }

func (k KubeVersion) Field(name string) (any, bool) {
	switch name {
	case "Version", "GitVersion":
		return k.Version, true
	case "Major":
		return k.Major, true
	case "Minor":
		return k.Minor, true
	}
	return nil, false
}

// APIVersions are the groups and versions that the cluster serves.
type APIVersions []string

func (APIVersions) TypeName() string { return "common.VersionSet" }

func (a APIVersions) Field(name string) (any, bool) {
	if name != "Has" {
		return nil, false
	}
	return Method(func(args []any) (any, error) {
		version, err := oneString(args)
		return slices.Contains(a, version), err
	}), true
}

func oneString(args []any) (string, error) {
	if len(args) != 1 {
		return "", fmt.Errorf("wrong number of args: want 1 got %d", len(args))
	}
	s, ok := args[0].(string)
	if !ok {
		return "", fmt.Errorf("wrong type for value; expected string; got %s", typeName(args[0]))
	}
	return s, nil
}
