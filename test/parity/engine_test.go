// SPDX-License-Identifier: Apache-2.0

package parity

import (
	"context"
	"strings"
	"testing"

	"helm.sh/helm/v4/pkg/chart/common"
	chart "helm.sh/helm/v4/pkg/chart/v2"
	"helm.sh/helm/v4/pkg/engine"

	"github.com/helm-wasm/helm-wasm/internal/tmpl"
)

// both renders files of a small chart with Helm's engine and with the renderer.
func both(files map[string]string, values map[string]any) (helm, ours map[string]string, helmErr, ourErr error) {
	c := &chart.Chart{Metadata: &chart.Metadata{Name: "c", Version: "0.1.0", APIVersion: "v2"}}
	prefixed := map[string]string{}
	for name, text := range files {
		c.Templates = append(c.Templates, &common.File{Name: name, Data: []byte(text)})
		prefixed["c/"+name] = text
	}
	release := map[string]any{"Name": "r", "Namespace": "ns"}
	caps := common.DefaultCapabilities
	top := common.Values{"Values": deep(values), "Release": release, "Capabilities": caps}
	helm, helmErr = engine.Engine{}.RenderWithContext(context.Background(), c, top)

	set, err := tmpl.Parse(prefixed)
	if err != nil {
		return helm, nil, helmErr, err
	}
	ours = map[string]string{}
	for name := range prefixed {
		if strings.HasPrefix(name[strings.LastIndexByte(name, '/')+1:], "_") {
			continue
		}
		data := map[string]any{
			"Values": deep(values), "Release": release,
			"Template": map[string]any{"Name": name, "BasePath": "c/templates"},
			"Capabilities": &tmpl.Capabilities{
				KubeVersion: tmpl.KubeVersion{
					Version: caps.KubeVersion.Version, Major: caps.KubeVersion.Major, Minor: caps.KubeVersion.Minor,
				},
				APIVersions: tmpl.APIVersions(caps.APIVersions),
			},
			"Files": tmpl.Files{},
		}
		out, err := set.Execute(name, data, tmpl.Options{})
		if err != nil {
			return helm, nil, helmErr, err
		}
		ours[name] = out
	}
	return helm, ours, helmErr, nil
}

func deep(v any) map[string]any {
	m, _ := deepAny(v).(map[string]any)
	return m
}

func deepAny(v any) any {
	switch v := v.(type) {
	case map[string]any:
		m := make(map[string]any, len(v))
		for k, e := range v {
			m[k] = deepAny(e)
		}
		return m
	case []any:
		l := make([]any, len(v))
		for i, e := range v {
			l[i] = deepAny(e)
		}
		return l
	}
	return v
}

// check compares one template, errors included.
func check(t *testing.T, text string, values map[string]any) {
	t.Helper()
	checkFiles(t, map[string]string{"templates/t.yaml": text}, values)
}

func checkFiles(t *testing.T, files map[string]string, values map[string]any) {
	t.Helper()
	helm, ours, helmErr, ourErr := both(files, values)
	if (helmErr == nil) != (ourErr == nil) {
		t.Errorf("%q:\n helm: %v %q\n ours: %v %q", files, helmErr, helm, ourErr, ours)
		return
	}
	if helmErr != nil {
		if helmErr.Error() != ourErr.Error() {
			t.Errorf("different errors for %q:\n helm: %v\n ours: %v", files, helmErr, ourErr)
		}
		return
	}
	for name, want := range helm {
		if ours[name] != want {
			t.Errorf("%q %s:\n helm: %q\n ours: %q", files, name, want, ours[name])
		}
	}
}
