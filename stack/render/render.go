// SPDX-License-Identifier: Apache-2.0

package render

import (
	"fmt"
	"io/fs"
	"path"
	"sort"
	"strings"
	"sync"

	"github.com/helm-wasm/helm-wasm/charts"
	"github.com/helm-wasm/helm-wasm/internal/tmpl"
	"github.com/helm-wasm/helm-wasm/stack/schema"
	"github.com/helm-wasm/helm-wasm/stack/values"
)

// Scope is how much of the chart Render renders.
type Scope int

const (
	// Functions renders the objects of functions and workloads, and the scaler
	// if one of them needs it.
	Functions Scope = iota
	// All renders the whole chart, with Kafka, topics, runtimes, node setup,
	// monitoring and hooks, but no subchart.
	All
)

// functionTemplates are the files of Scope Functions, in the order in which
// they are printed.
var functionTemplates = []string{
	"templates/functions.yaml", "templates/hosts.yaml", "templates/workloads.yaml", "templates/scaler.yaml",
}

// Options say for which release and which cluster to render.
type Options struct {
	// Release is the release's name; empty means `release-name`.
	Release string
	// Namespace of the release; empty means `default`.
	Namespace string
	// Scope is how much to render.
	Scope Scope
	// NoHooks leaves out objects with helm.sh/hook, as `helm template --no-hooks`
	// does. Use it for manifests that are applied without Helm: applied like any
	// other object, the hook before deletion would do its work at once.
	NoHooks bool
	// Upgrade renders for `helm upgrade` rather than `helm install`.
	Upgrade bool
	// KubeVersion is the cluster's version; empty means DefaultKubeVersion.
	KubeVersion string
	// APIVersions are those that the cluster serves beside Kubernetes' own.
	APIVersions []string
}

// Render runs the templates of the embedded chart on values, as Helm would
// with the chart's defaults below them, and changes neither. A value that a
// template refuses gives Helm's error: `execution error at (FILE:LINE:COLUMN):`
// and what the chart says.
func Render(d *values.Document, opts Options) (Rendered, error) {
	chart, err := loadChart()
	if err != nil {
		return Rendered{}, err
	}
	set, err := chart.templates(opts.Scope)
	if err != nil {
		return Rendered{}, err
	}
	tree := coalesce(cloneTree(d.Tree()), schema.Defaults(), chart.subcharts)
	data := chart.data(tree, opts)
	out := Rendered{Files: make(map[string]string), scope: opts.Scope, noHooks: opts.NoHooks, chart: chart.name}
	for _, file := range chart.order(opts.Scope) {
		name := chart.name + "/" + file
		data["Template"] = map[string]any{"Name": name, "BasePath": chart.name + "/templates"}
		text, err := set.Execute(name, data, tmpl.Options{MaxOutput: values.MaxRendered})
		if err != nil {
			return Rendered{}, err
		}
		out.Files[name] = text
	}
	return out, nil
}

// embedded is the chart as it is compiled in.
type embedded struct {
	name      string
	metadata  map[string]any
	subcharts []string
	files     tmpl.Files        // what .Files sees
	sources   map[string]string // templates by path

	functions, all func() (*tmpl.Set, error)
}

var loadChart = sync.OnceValues(func() (*embedded, error) { return readChart(charts.Stack()) })

func readChart(root fs.FS) (*embedded, error) {
	c := &embedded{files: tmpl.Files{}, sources: map[string]string{}}
	err := fs.WalkDir(root, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := fs.ReadFile(root, name)
		switch {
		case err != nil:
			return err
		case name == "Chart.yaml":
			return c.readMetadata(data)
		case strings.HasPrefix(name, "templates/"):
			c.sources[name] = string(data)
		case strings.HasPrefix(name, "charts/"), strings.HasPrefix(name, "values."):
		default:
			c.files[name] = string(data)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading the embedded chart: %w", err)
	}
	c.functions = sync.OnceValues(func() (*tmpl.Set, error) { return c.parse(Functions) })
	c.all = sync.OnceValues(func() (*tmpl.Set, error) { return c.parse(All) })
	return c, nil
}

// readMetadata makes .Chart, whose keys are the names of Helm's Go fields.
func (c *embedded) readMetadata(data []byte) error {
	doc, err := values.Parse("Chart.yaml", data)
	if err != nil {
		return err
	}
	tree := doc.Tree()
	c.metadata = map[string]any{"IsRoot": true, "Deprecated": tree["deprecated"] == true}
	for _, key := range []string{
		"Name", "Home", "Version", "Description", "Icon", "Condition", "Tags", "AppVersion", "KubeVersion", "Type",
	} {
		s, _ := tree[strings.ToLower(key[:1])+key[1:]].(string)
		c.metadata[key] = s
	}
	c.metadata["APIVersion"], _ = tree["apiVersion"].(string)
	for _, key := range []string{"sources", "keywords"} {
		list, _ := tree[key].([]any)
		c.metadata[strings.ToUpper(key[:1])+key[1:]] = append([]any{}, list...)
	}
	annotations, _ := tree["annotations"].(map[string]any)
	c.metadata["Annotations"] = annotations
	c.name, _ = tree["name"].(string)
	dependencies, _ := tree["dependencies"].([]any)
	for _, d := range dependencies {
		if d, ok := d.(map[string]any); ok {
			name, _ := d["name"].(string)
			c.subcharts = append(c.subcharts, name)
		}
	}
	return nil
}

func (c *embedded) templates(scope Scope) (*tmpl.Set, error) {
	if scope == All {
		return c.all()
	}
	return c.functions()
}

// parse parses the files of a scope and the partials that all of them share.
func (c *embedded) parse(scope Scope) (*tmpl.Set, error) {
	files := make(map[string]string)
	for name, text := range c.sources {
		if strings.HasPrefix(path.Base(name), "_") {
			files[c.name+"/"+name] = text
		}
	}
	for _, name := range c.order(scope) {
		files[c.name+"/"+name] = c.sources[name]
	}
	return tmpl.Parse(files)
}

// order lists the files of a scope as Helm runs them: values that one template
// changes are changed for those after it.
func (c *embedded) order(scope Scope) []string {
	var names []string
	if scope == Functions {
		names = append(names, functionTemplates...)
	} else {
		for name := range c.sources {
			if !strings.HasPrefix(path.Base(name), "_") {
				names = append(names, name)
			}
		}
	}
	sort.Slice(names, func(i, j int) bool {
		a, b := strings.Count(names[i], "/"), strings.Count(names[j], "/")
		if a != b {
			return a > b
		}
		return names[i] > names[j]
	})
	return names
}

// data returns the dot of every template.
func (c *embedded) data(values map[string]any, opts Options) map[string]any {
	if opts.Release == "" {
		opts.Release = "release-name"
	}
	if opts.Namespace == "" {
		opts.Namespace = "default"
	}
	version, major, minor := kubeVersion(opts.KubeVersion)
	return map[string]any{
		"Chart":     c.metadata,
		"Files":     c.files,
		"Subcharts": map[string]any{},
		"Values":    values,
		"Release": map[string]any{
			"Name": opts.Release, "Namespace": opts.Namespace, "Service": "Helm",
			"IsInstall": !opts.Upgrade, "IsUpgrade": opts.Upgrade, "Revision": 1,
		},
		"Capabilities": &tmpl.Capabilities{
			KubeVersion: tmpl.KubeVersion{Version: version, Major: major, Minor: minor},
			APIVersions: append(append(tmpl.APIVersions{}, defaultAPIVersions...), opts.APIVersions...),
			HelmVersion: "v4.3",
		},
	}
}
