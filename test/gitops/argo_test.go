// SPDX-License-Identifier: Apache-2.0

package gitops

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/argoproj/argo-cd/gitops-engine/pkg/sync/hook"
	"github.com/argoproj/argo-cd/v3/pkg/apis/application"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/helm-wasm/helm-wasm/test/schema"
)

const argoCD = "github.com/argoproj/argo-cd/v3"

// applications returns those of the guide, by file.
func applications(t *testing.T) map[string]*unstructured.Unstructured {
	t.Helper()
	apps := map[string]*unstructured.Unstructured{}
	for file, text := range read(t).files {
		if !strings.HasPrefix(file, "argocd/") {
			continue
		}
		for _, u := range objects(t, text) {
			if u.GetKind() == application.ApplicationKind {
				apps[file] = u
			}
		}
	}
	if len(apps) < 4 {
		t.Fatalf("only %d applications", len(apps))
	}
	return apps
}

// TestArgoApplications: Argo CD's own CRD accepts every Application, as in an API server
// that refuses unknown fields.
func TestArgoApplications(t *testing.T) {
	crds, err := schema.LoadCRDs(filepath.Join(module(t, argoCD), "manifests", "crds"))
	if err != nil {
		t.Fatal(err)
	}
	for file, app := range applications(t) {
		if err := crds.Validate(manifest(t, app)); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
	typo := applications(t)["argocd/keda.yaml"]
	if err := unstructured.SetNestedField(typo.Object, true, "spec", "syncPolicy", "automated", "prone"); err != nil {
		t.Fatal(err)
	}
	if err := crds.Validate(manifest(t, typo)); err == nil {
		t.Error("an unknown field passes")
	}
}

// argoHelm runs what Argo CD runs for an Application's chart: `helm pull`, and
// `helm template` with the Application's name, namespace and values.
func argoHelm(t *testing.T, dir, address string, app *unstructured.Unstructured) string {
	t.Helper()
	sources, _, err := unstructured.NestedSlice(app.Object, "spec", "sources")
	if err != nil || len(sources) != 2 {
		t.Fatal(sources, err)
	}
	source, values := sources[0].(map[string]any), sources[1].(map[string]any)
	if values["ref"] != "values" {
		t.Fatalf("the second source has no ref: %v", values)
	}
	repo := strings.Replace(source["repoURL"].(string), host, address, 1)
	pulled := t.TempDir()
	must(t, pulled, "", "helm", "pull", "oci://"+repo+"/"+source["chart"].(string), "--version",
		source["targetRevision"].(string), "--untar", "--plain-http")
	helm := source["helm"].(map[string]any)
	namespace, _, _ := unstructured.NestedString(app.Object, "spec", "destination", "namespace")
	args := []string{
		"template", ".", "--name-template", helm["releaseName"].(string), "--namespace", namespace, "--kube-version",
		"1.34", "--include-crds",
	}
	for _, file := range helm["valueFiles"].([]any) {
		path, ok := strings.CutPrefix(file.(string), "$values/")
		if !ok {
			t.Fatalf("values from %v", file)
		}
		args = append(args, "--values", filepath.Join(dir, path))
	}
	return must(t, filepath.Join(pulled, source["chart"].(string)), "", "helm", args...)
}

// TestArgoChart: the Application's chart and values give what helm-wasm renders.
func TestArgoChart(t *testing.T) {
	dir, address := followed(t)
	app := applications(t)["argocd/shop-chart.yaml"]
	stream := argoHelm(t, dir, address, app)
	got := must(t, dir, stream, "helm-wasm", "diff", "--check", "--all", "--release", "shop",
		"--namespace", "shop", "-f", "shop/stack.yaml", "-")
	if strings.Contains(got, " 0 the same") {
		t.Error(got)
	}
	if name := app.GetName(); name != "shop" {
		t.Errorf("the Application is called %q and the release shop", name)
	}
}

// phases returns what Argo CD does with an object: sync phases, or those around the
// deletion, which its controller handles; none for what it never applies.
func phases(t *testing.T, deletion map[string]string, u *unstructured.Unstructured) []string {
	t.Helper()
	if !hook.IsHook(u) {
		return []string{"Sync"}
	}
	var list []string
	for _, p := range hook.Types(u) {
		list = append(list, string(p))
	}
	for _, value := range strings.Split(u.GetAnnotations()["helm.sh/hook"], ",") {
		if p := deletion[strings.TrimSpace(value)]; p != "" {
			list = append(list, p)
		}
	}
	return list
}

// deletionHooks reads in Argo CD's controller which of Helm's hooks it runs around the
// deletion of an application: the list is in an unexported variable.
func deletionHooks(t *testing.T) map[string]string {
	t.Helper()
	file := filepath.Join(module(t, argoCD), "controller", "hook.go")
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	hooks := map[string]string{}
	ast.Inspect(f, func(n ast.Node) bool {
		entry, ok := n.(*ast.KeyValueExpr)
		if !ok {
			return true
		}
		phase, ok := entry.Key.(*ast.Ident)
		table, okTable := entry.Value.(*ast.CompositeLit)
		if !ok || !okTable || !strings.HasSuffix(phase.Name, "HookType") {
			return true
		}
		for _, e := range table.Elts {
			pair := e.(*ast.KeyValueExpr)
			if key, ok := pair.Key.(*ast.BasicLit); ok && key.Value == `"helm.sh/hook"` {
				value, err := strconv.Unquote(pair.Value.(*ast.BasicLit).Value)
				if err != nil {
					t.Fatal(err)
				}
				hooks[value] = strings.TrimSuffix(phase.Name, "HookType")
			}
		}
		return true
	})
	if len(hooks) != 2 {
		t.Fatalf("%s has a different shape: %v", file, hooks)
	}
	return hooks
}

// TestArgoHooks: the guide's table is what Argo CD's code does.
func TestArgoHooks(t *testing.T) {
	deletion := deletionHooks(t)
	stream := must(t, root, "", "helm", "template", "shop", chart(t), "--namespace", "shop", "-f",
		presets(t)[0], "--set", "keda.enabled=true")
	got := map[string][]string{}
	for _, u := range objects(t, stream) {
		if p := phases(t, deletion, u); !slices.Equal(p, []string{"Sync"}) {
			got[name(u)] = p
		}
	}
	want := "map[ConfigMap/shop-check:[] Job/shop-teardown:[PreDelete] Pod/shop-check:[] " +
		"Role/shop-teardown:[PreDelete] RoleBinding/shop-teardown:[PreDelete] ServiceAccount/shop-teardown:[PreDelete]]"
	if text := fmt.Sprint(got); text != want {
		t.Errorf("got %s\nwant %s: correct the guide's table too", text, want)
	}
	page, err := os.ReadFile(guide)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []string{
		"| `shop-check`: Pod and ConfigMap | `test` | never applied",
		"| `shop-teardown`: Job, ServiceAccount, Role, RoleBinding | `pre-delete`; only with `keda.enabled: true` | `PreDelete`",
	} {
		if !strings.Contains(string(page), row) {
			t.Errorf("the guide has no row %q", row)
		}
	}
	// Without KEDA in the release only the check remains.
	for _, u := range objects(t,
		must(t, root, "", "helm", "template", "shop", chart(t), "--namespace", "shop", "-f",
			presets(t)[0], "--set", "keda.enabled=false")) {
		if hook.IsHook(u) && u.GetName() != "shop-check" {
			t.Errorf("%s is a hook", name(u))
		}
	}
}
