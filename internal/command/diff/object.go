// SPDX-License-Identifier: Apache-2.0

package diff

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"strings"
)

// ID is what identifies an object for the API server. The version of its group is
// not part of it, since the same object can be read in several versions.
type ID struct {
	Group, Kind, Namespace, Name string
}

// String returns the name of the object in messages.
func (id ID) String() string {
	if id.Namespace == "" {
		return id.Kind + " " + id.Name
	}
	return id.Kind + " " + id.Namespace + "/" + id.Name
}

// compare orders objects as reports list them.
func (id ID) compare(other ID) int {
	return cmp.Or(
		cmp.Compare(id.Kind, other.Kind), cmp.Compare(id.Namespace, other.Namespace),
		cmp.Compare(id.Name, other.Name), cmp.Compare(id.Group, other.Group),
	)
}

// Object is one Kubernetes object and where it was read.
type Object struct {
	ID
	APIVersion string
	Source     string
	Tree       map[string]any
}

// hidden is the value of a Secret, which is compared but never shown.
type hidden string

// mask is shown in place of hidden values.
const mask = "***"

// MarshalJSON keeps the value out of every output.
func (hidden) MarshalJSON() ([]byte, error) { return json.Marshal(mask) }

// hide makes the values of a Secret hidden. As the API server does, it moves
// stringData to data, so that the two are compared.
func hide(secret map[string]any) {
	data := map[string]any{}
	if m, ok := secret["data"].(map[string]any); ok {
		for key, v := range m {
			data[key] = hidden(canonical(v))
		}
	}
	if m, ok := secret["stringData"].(map[string]any); ok {
		for key, v := range m {
			if s, ok := v.(string); ok {
				v = base64.StdEncoding.EncodeToString([]byte(s))
			}
			data[key] = hidden(canonical(v))
		}
		delete(secret, "stringData")
		secret["data"] = data
	}
	if _, ok := secret["data"].(map[string]any); ok {
		secret["data"] = data
	}
	metadata, _ := secret["metadata"].(map[string]any)
	annotations, _ := metadata["annotations"].(map[string]any)
	for key, v := range annotations {
		// kubectl's copy of the whole object.
		if strings.HasSuffix(key, "last-applied-configuration") {
			annotations[key] = hidden(canonical(v))
		}
	}
}

// label returns a label of the object, "" if there is none.
func (o *Object) label(key string) string {
	metadata, _ := o.Tree["metadata"].(map[string]any)
	labels, _ := metadata["labels"].(map[string]any)
	s, _ := labels[key].(string)
	return s
}
