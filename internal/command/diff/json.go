// SPDX-License-Identifier: Apache-2.0

package diff

import (
	"bytes"
	"encoding/json"
)

// The report for programs, with values in full length; those of Secrets are masked.
type (
	jsonReport struct {
		Changed int          `json:"changed"`
		Added   int          `json:"added"`
		Removed int          `json:"removed"`
		Same    int          `json:"same"`
		Objects []jsonObject `json:"objects"`
		Notes   []string     `json:"notes,omitempty"`
	}
	jsonObject struct {
		Change     Op          `json:"change"`
		APIVersion string      `json:"apiVersion"`
		Kind       string      `json:"kind"`
		Namespace  string      `json:"namespace,omitempty"`
		Name       string      `json:"name"`
		Effects    []Effect    `json:"effects,omitempty"`
		Fields     []jsonField `json:"fields,omitempty"`
	}
	jsonField struct {
		Path   string          `json:"path"`
		Change Op              `json:"change"`
		Old    json.RawMessage `json:"old,omitempty"`
		New    json.RawMessage `json:"new,omitempty"`
		Lines  []Line          `json:"lines,omitempty"`
	}
)

// JSON returns the report for programs.
func (r *Report) JSON() ([]byte, error) {
	out := jsonReport{
		Changed: r.Count(Changed), Added: r.Count(Added), Removed: r.Count(Removed),
		Same: r.Same, Notes: r.Notes, Objects: make([]jsonObject, 0, len(r.Objects)),
	}
	for i := range r.Objects {
		o := &r.Objects[i]
		j := jsonObject{Change: o.Op, APIVersion: o.APIVersion, Kind: o.Kind, Namespace: o.Namespace, Name: o.Name, Effects: o.Effects}
		for _, f := range o.Fields {
			field := jsonField{Path: f.Path, Change: f.Op, Lines: f.Lines}
			var err error
			if f.Op != Added {
				if field.Old, err = encode(f.Old, ""); err != nil {
					return nil, err
				}
			}
			if f.Op != Removed {
				if field.New, err = encode(f.New, ""); err != nil {
					return nil, err
				}
			}
			j.Fields = append(j.Fields, field)
		}
		out.Objects = append(out.Objects, j)
	}
	return encode(out, "  ")
}

// encode writes JSON that people can read too: < and > are not escaped.
func encode(v any, indent string) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", indent)
	err := enc.Encode(v)
	return b.Bytes(), err
}
