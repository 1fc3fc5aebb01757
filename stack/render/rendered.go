// SPDX-License-Identifier: Apache-2.0

package render

import (
	"fmt"
	"path"
	"sort"
	"strings"
	"unicode"

	"github.com/helm-wasm/helm-wasm/internal/yamlout"
	"github.com/helm-wasm/helm-wasm/stack/values"
)

// Rendered is what the chart's templates gave.
type Rendered struct {
	// Files is the output by the template's name, for example
	// wasm-keda-stack/templates/functions.yaml.
	Files map[string]string

	scope   Scope
	noHooks bool
	chart   string
}

// Object is one Kubernetes object of the output.
type Object struct {
	Source    string // the template
	Kind      string
	Name      string
	Namespace string
	Text      string // YAML

	hook bool
}

// Manifests returns the output as `helm template` prints it: objects in the order
// in which Helm installs them, hooks last. For Scope Functions it is what
// `helm template -s templates/functions.yaml -s templates/workloads.yaml`
// prints, with -s templates/scaler.yaml where that is not empty.
func (r Rendered) Manifests() string {
	objects := r.Objects()
	var b strings.Builder
	for _, text := range r.Files {
		b.Grow(len(text) + len(text)/8)
	}
	if r.scope == Functions {
		// Helm trims the space at the end of everything, and no more.
		if last := len(objects) - 1; last >= 0 {
			objects[last].Text = strings.TrimRightFunc(objects[last].Text, unicode.IsSpace)
		}
		for _, file := range functionTemplates {
			for _, o := range objects {
				if o.Source == r.chart+"/"+file {
					o.print(&b)
					b.WriteByte('\n')
				}
			}
		}
		return b.String()
	}
	for _, hooks := range []bool{false, true} {
		for _, o := range objects {
			if o.hook == hooks {
				o.print(&b)
			}
		}
		if !hooks {
			text := strings.TrimSpace(b.String())
			b.Reset()
			b.WriteString(text + "\n")
		}
	}
	return b.String()
}

func (o *Object) print(b *strings.Builder) {
	b.WriteString("---\n# Source: ")
	b.WriteString(o.Source)
	b.WriteByte('\n')
	b.WriteString(o.Text)
	b.WriteByte('\n')
}

// Names lists the objects as Kind/name, in the order of Manifests.
func (r Rendered) Names() []string {
	var names []string
	for _, o := range r.Objects() {
		names = append(names, o.Kind+"/"+o.Name)
	}
	return names
}

// JSON returns all objects in one List.
func (r Rendered) JSON() ([]byte, error) {
	items := []any{}
	for _, o := range r.Objects() {
		doc, err := values.Parse(o.Source, []byte(o.Text))
		if err != nil {
			return nil, fmt.Errorf("reading the rendered %s %q: %w", o.Kind, o.Name, err)
		}
		items = append(items, doc.Tree())
	}
	return yamlout.AppendJSON(nil, map[string]any{"apiVersion": "v1", "kind": "List", "items": items})
}

// Objects splits the output into objects, in the order in which Helm installs
// them; hooks come last.
func (r Rendered) Objects() []Object {
	files := make([]string, 0, len(r.Files))
	for name := range r.Files {
		files = append(files, name)
	}
	sort.Strings(files)
	var plain, hooks []Object
	for _, name := range files {
		if path.Base(name) == "NOTES.txt" {
			continue
		}
		for _, text := range splitManifests(r.Files[name]) {
			o := Object{Source: name, Text: text}
			o.readHead()
			switch {
			case !o.hook:
				plain = append(plain, o)
			case !r.noHooks:
				hooks = append(hooks, o)
			}
		}
	}
	sortByKind(plain)
	sortByKind(hooks)
	return append(plain, hooks...)
}

// splitManifests cuts a file where lines start with ---, whatever follows.
func splitManifests(file string) []string {
	file = strings.TrimLeftFunc(file, unicode.IsSpace)
	var docs []string
	add := func(doc string) {
		doc = strings.TrimLeft(doc, " \t")
		doc = strings.TrimLeftFunc(doc, unicode.IsSpace)
		if doc != "" {
			docs = append(docs, doc)
		}
	}
	start := 0
	if strings.HasPrefix(file, "---") {
		start = 3
	}
	// Line by line: a search for several bytes looks at each of them, which in
	// the sandbox takes ten times longer.
	for at := start; ; {
		i := strings.IndexByte(file[at:], '\n')
		if i < 0 {
			add(file[start:])
			return docs
		}
		at += i + 1
		if strings.HasPrefix(file[at:], "---") {
			add(file[start:at])
			at += 3
			start = at
		}
	}
}

// readHead finds kind, name and namespace. It reads lines, not YAML: they are
// the chart's own, and a parser would cost the sandbox more than rendering.
func (o *Object) readHead() {
	section := ""
	annotations := false
	for rest := o.Text; rest != ""; {
		line := rest
		if i := strings.IndexByte(rest, '\n'); i >= 0 {
			line, rest = rest[:i], rest[i+1:]
		} else {
			rest = ""
		}
		switch {
		case line == "" || line[0] == '#':
		case line[0] != ' ':
			if section == "metadata" && o.Kind != "" {
				return
			}
			key, value := keyValue(line)
			section = key
			if key == "kind" {
				o.Kind = value
			}
		case section != "metadata":
		case len(line) > 2 && line[2] != ' ':
			key, value := keyValue(line[2:])
			annotations = key == "annotations"
			switch key {
			case "name":
				o.Name = value
			case "namespace":
				o.Namespace = value
			}
		case annotations && len(line) > 4 && line[4] != ' ':
			if key, _ := keyValue(line[4:]); key == "helm.sh/hook" {
				o.hook = true
			}
		}
	}
}

func keyValue(line string) (key, value string) {
	key, value, _ = strings.Cut(line, ":")
	// Most are ` text`, which takes no search.
	if last := len(value) - 1; last > 0 && value[0] == ' ' && ascii(value[1]) && ascii(value[last]) {
		value = value[1:]
	} else {
		value = strings.TrimSpace(value)
	}
	return unquoted(key), unquoted(value)
}

// ascii reports whether a character is neither a space nor a part of one.
func ascii(c byte) bool { return c > ' ' && c < 0x80 }

// unquoted removes the quotes at both ends.
func unquoted(s string) string {
	for s != "" && (s[0] == '"' || s[0] == '\'') {
		s = s[1:]
	}
	for s != "" && (s[len(s)-1] == '"' || s[len(s)-1] == '\'') {
		s = s[:len(s)-1]
	}
	return s
}

// installOrder is the order in which Helm installs kinds; others come after,
// by name.
var installOrder = []string{
	"PriorityClass", "Namespace", "NetworkPolicy", "ResourceQuota", "LimitRange", "PodSecurityPolicy", "PodDisruptionBudget",
	"ServiceAccount", "Secret", "SecretList", "ConfigMap", "StorageClass", "PersistentVolume", "PersistentVolumeClaim",
	"CustomResourceDefinition", "ClusterRole", "ClusterRoleList", "ClusterRoleBinding", "ClusterRoleBindingList",
	"Role", "RoleList", "RoleBinding", "RoleBindingList", "Service", "DaemonSet", "Pod", "ReplicationController", "ReplicaSet",
	"Deployment", "HorizontalPodAutoscaler", "StatefulSet", "Job", "CronJob", "IngressClass", "Ingress", "APIService",
	"MutatingWebhookConfiguration", "ValidatingWebhookConfiguration",
}

func sortByKind(objects []Object) {
	rank := make(map[string]int, len(installOrder))
	for i, kind := range installOrder {
		rank[kind] = i
	}
	// Objects of one kind keep their order, so they are gathered by kind.
	byKind := map[string][]Object{}
	var kinds []string
	for _, o := range objects {
		if byKind[o.Kind] == nil {
			kinds = append(kinds, o.Kind)
		}
		byKind[o.Kind] = append(byKind[o.Kind], o)
	}
	sort.Slice(kinds, func(i, j int) bool {
		a, known := rank[kinds[i]]
		b, knownB := rank[kinds[j]]
		switch {
		case !known && !knownB:
			return kinds[i] < kinds[j]
		case !known || !knownB:
			return known
		}
		return a < b
	})
	sorted := objects[:0]
	for _, kind := range kinds {
		sorted = append(sorted, byKind[kind]...)
	}
}
