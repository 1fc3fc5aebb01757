// SPDX-License-Identifier: Apache-2.0

package helm

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
)

// apiServer knows one release and refuses to change anything; it records what it was asked
// to change.
type apiServer struct {
	release map[string]any
	mu      sync.Mutex
	writes  []string
}

func (s *apiServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	list := func(kind string, items ...any) map[string]any {
		return map[string]any{
			"kind": kind, "apiVersion": "v1", "metadata": map[string]any{"resourceVersion": "1"}, "items": append([]any{}, items...),
		}
	}
	resource := func(name, kind string) map[string]any {
		return map[string]any{
			"name": name, "kind": kind, "namespaced": true,
			"verbs": []string{"get", "list", "create", "patch", "update"},
		}
	}
	group := func(name, version string) map[string]any {
		v := map[string]any{"groupVersion": name + "/" + version, "version": version}
		return map[string]any{"name": name, "versions": []any{v}, "preferredVersion": v}
	}
	groups := func(list ...any) map[string]any {
		return map[string]any{"kind": "APIGroupList", "apiVersion": "v1", "groups": list}
	}
	resources := func(version string, list ...any) map[string]any {
		return map[string]any{"kind": "APIResourceList", "groupVersion": version, "resources": list}
	}
	var answer any
	switch path := r.URL.Path; {
	case r.Method != http.MethodGet:
		s.mu.Lock()
		s.writes = append(s.writes, r.Method+" "+path)
		s.mu.Unlock()
		http.Error(w, "read only", http.StatusForbidden)
		return
	case path == "/version":
		answer = map[string]any{"major": "1", "minor": "34", "gitVersion": "v1.34.0"}
	case path == "/api":
		answer = map[string]any{"kind": "APIVersions", "versions": []string{"v1"}}
	case path == "/apis":
		answer = groups(group("apps", "v1"), group("keda.sh", "v1alpha1"))
	case path == "/api/v1":
		answer = resources("v1", resource("secrets", "Secret"), resource("serviceaccounts", "ServiceAccount"))
	case path == "/apis/apps/v1":
		answer = resources("apps/v1", resource("deployments", "Deployment"))
	case path == "/apis/keda.sh/v1alpha1":
		answer = resources("keda.sh/v1alpha1", resource("scaledobjects", "ScaledObject"))
	case strings.HasSuffix(path, "/secrets") && strings.Contains(r.URL.Query().Get("labelSelector"), "name=y"):
		answer = list("SecretList")
	case strings.HasSuffix(path, "/secrets"):
		answer = list("SecretList", s.release)
	case strings.HasSuffix(path, "/secrets/sh.helm.release.v1.x.v1"):
		answer = s.release
	default:
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(answer)
}

// newAPIServer returns one that has the release x, as Helm stores it.
func newAPIServer(t *testing.T) (*apiServer, string) {
	t.Helper()
	release, err := json.Marshal(map[string]any{
		"name": "x", "namespace": "default", "version": 1, "manifest": "---\napiVersion: v1\nkind: ServiceAccount\n" +
			"metadata:\n  name: shop\n",
		"info":   map[string]any{"status": "deployed", "first_deployed": "2026-01-01T00:00:00Z", "last_deployed": "2026-01-01T00:00:00Z"},
		"chart":  map[string]any{"metadata": map[string]any{"apiVersion": "v2", "name": "shop", "version": "0.1.0"}},
		"config": map[string]any{}, "apply_method": "ssa",
	})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write(release)
	z.Close()
	stored := base64.StdEncoding.EncodeToString([]byte(base64.StdEncoding.EncodeToString(b.Bytes())))
	s := &apiServer{release: map[string]any{
		"kind": "Secret", "apiVersion": "v1", "type": "helm.sh/release.v1",
		"metadata": map[string]any{
			"name": "sh.helm.release.v1.x.v1", "namespace": "default", "resourceVersion": "1",
			"labels": map[string]any{"owner": "helm", "name": "x", "version": "1", "status": "deployed"},
		},
		"data": map[string]any{"release": stored},
	}}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	return s, server.URL
}

// TestUpgrade: with annotations that cannot be used, an install and an upgrade
// send nothing to the cluster; with good ones they would.
func TestUpgrade(t *testing.T) {
	h := shared(t)
	chart := annotatedChart(t)
	for _, command := range [][]string{
		{"upgrade", "x"},
		{"upgrade", "x", "--install"},
		{"upgrade", "x", "--reset-then-reuse-values", "--force-conflicts"},
		{"install", "y"},
	} {
		for _, good := range []bool{true, false} {
			s, url := newAPIServer(t)
			args := append(slices.Clone(command), chart, "--kube-apiserver", url, "--namespace", "default",
				"--disable-openapi-validation", "--post-renderer", "wasm-post-renderer")
			if !good {
				args = append(args, "--set", `extra=helm-wasm\.dev/scaling\.lagTreshold: "5"`)
			}
			r := h.run(nil, helmBin, args...)
			switch {
			case good && (r.code == 0 || len(s.writes) == 0):
				t.Errorf("nothing was tried, so this test shows nothing:\n%s", r)
			case !good && (r.code == 0 || len(s.writes) > 0):
				t.Errorf("%v were tried:\n%s", s.writes, r)
			case !good && !strings.Contains(r.stderr, "did you mean lagThreshold?"):
				t.Errorf("no reason in\n%s", r)
			}
		}
	}
}
