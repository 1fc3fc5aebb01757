// SPDX-License-Identifier: Apache-2.0

package charts

import (
	"encoding/json"
	"io/fs"
	"regexp"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/helm-wasm/helm-wasm/internal/runner/metrics"
)

// TestMetricsExist: alerts and the dashboard may use only metrics that the runner has.
func TestMetricsExist(t *testing.T) {
	descriptions := make(chan *prometheus.Desc)
	go func() {
		metrics.New(metrics.NewRegistry(), "f", "auto").Registry.Describe(descriptions)
		close(descriptions)
	}()
	known := map[string]bool{}
	name := regexp.MustCompile(`fqName: "([^"]+)"`)
	for d := range descriptions {
		if m := name.FindStringSubmatch(d.String()); m != nil {
			known[m[1]] = true
		}
	}
	if len(known) < 10 {
		t.Fatalf("the runner describes %d metrics", len(known))
	}
	used := regexp.MustCompile(`wasm_runner_[a-z_]+`)
	for _, file := range []string{"templates/monitoring.yaml", "files/dashboard.json"} {
		data, err := fs.ReadFile(Stack(), file)
		if err != nil {
			t.Fatal(err)
		}
		found := used.FindAllString(string(data), -1)
		if len(found) == 0 {
			t.Errorf("%s uses no metric", file)
		}
		for _, metric := range found {
			base := strings.TrimSuffix(strings.TrimSuffix(metric, "_bucket"), "_count")
			if !known[metric] && !known[base] {
				t.Errorf("%s asks for %s, which the runner does not have", file, metric)
			}
		}
	}
}

// TestDashboardIsSound: Grafana refuses what is not JSON, and shows panels on top of each other.
func TestDashboardIsSound(t *testing.T) {
	data, err := fs.ReadFile(Stack(), "files/dashboard.json")
	if err != nil {
		t.Fatal(err)
	}
	var dashboard struct {
		UID    string
		Panels []struct {
			ID      int
			Title   string
			GridPos struct{ X, Y, W, H int }
			Targets []struct{ Expr string }
		}
	}
	if err := json.Unmarshal(data, &dashboard); err != nil {
		t.Fatal(err)
	}
	if dashboard.UID == "" || len(dashboard.Panels) < 8 {
		t.Fatalf("uid %q, %d panels", dashboard.UID, len(dashboard.Panels))
	}
	taken := map[[2]int]string{}
	for _, p := range dashboard.Panels {
		for x := p.GridPos.X; x < p.GridPos.X+p.GridPos.W; x++ {
			for y := p.GridPos.Y; y < p.GridPos.Y+p.GridPos.H; y++ {
				if other, ok := taken[[2]int{x, y}]; ok || x >= 24 {
					t.Fatalf("panel %q lies on %q or outside, at %d,%d", p.Title, other, x, y)
				}
				taken[[2]int{x, y}] = p.Title
			}
		}
		for _, target := range p.Targets {
			if strings.Count(target.Expr, "(") != strings.Count(target.Expr, ")") || !strings.Contains(target.Expr, "$function") {
				t.Errorf("panel %q: expression %q", p.Title, target.Expr)
			}
		}
	}
}
