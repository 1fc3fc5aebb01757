// SPDX-License-Identifier: Apache-2.0

package teardown

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/helm-wasm/helm-wasm/internal/kube"
)

// api is as much of an API server as teardown talks to. Objects vanish when their
// finalizer is handled: at once by an operator, else by a patch.
type api struct {
	mu       sync.Mutex
	operator bool
	objects  map[string]bool // kind/name -> being deleted
	requests []string
	fail     int
}

func (a *api) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.requests = append(a.requests, r.Method+" "+r.URL.Path)
	if a.fail > 0 {
		a.fail--
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	if r.Header.Get("Authorization") != "Bearer token" || !strings.HasPrefix(r.URL.Path, "/apis/keda.sh/v1alpha1/namespaces/shop/") {
		w.WriteHeader(http.StatusForbidden)
		_, _ = w.Write([]byte(`{"message":"not allowed"}`))
		return
	}
	rest := strings.TrimPrefix(r.URL.Path, "/apis/keda.sh/v1alpha1/namespaces/shop/")
	switch r.Method {
	case http.MethodGet:
		if r.URL.Query().Get("labelSelector") != "app.kubernetes.io/instance=shop" {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		type object struct {
			Metadata map[string]string `json:"metadata"`
		}
		list := map[string][]object{"items": {}}
		for id := range a.objects {
			if kind, name, _ := strings.Cut(id, "/"); kind == rest {
				list["items"] = append(list["items"], object{map[string]string{"name": name}})
			}
		}
		_ = json.NewEncoder(w).Encode(list)
	case http.MethodDelete:
		a.objects[rest] = true
		if a.operator {
			delete(a.objects, rest)
		}
	case http.MethodPatch:
		if a.objects[rest] {
			delete(a.objects, rest)
		}
	}
}

func client(t *testing.T, a *api) *kube.Client {
	server := httptest.NewServer(a)
	t.Cleanup(server.Close)
	return &kube.Client{Base: server.URL, Token: func() (string, error) { return "token", nil }, HTTP: server.Client()}
}

func options(timeout time.Duration) Options {
	return Options{Namespace: "shop", Selector: "app.kubernetes.io/instance=shop", Timeout: timeout, Logger: slog.New(slog.DiscardHandler)}
}

func TestDeletesWhatTheOperatorFinishes(t *testing.T) {
	a := &api{
		operator: true, fail: 1,
		objects: map[string]bool{"scaledobjects/a": false, "scaledobjects/b": false, "triggerauthentications/k": false},
	}
	if err := Run(context.Background(), client(t, a), options(time.Minute)); err != nil {
		t.Fatal(err)
	}
	if len(a.objects) != 0 {
		t.Errorf("left: %v", a.objects)
	}
	for _, r := range a.requests {
		if strings.HasPrefix(r, "PATCH") {
			t.Errorf("finalizers were removed although the operator lives: %s", r)
		}
	}
}

func TestTakesFinalizersOffWithoutOperator(t *testing.T) {
	a := &api{objects: map[string]bool{"scaledobjects/a": false}}
	if err := Run(context.Background(), client(t, a), options(200*time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if len(a.objects) != 0 {
		t.Errorf("left: %v", a.objects)
	}
}

func TestRefusesEmptySelectorAndReportsForbidden(t *testing.T) {
	o := options(time.Minute)
	o.Selector = ""
	if err := Run(context.Background(), client(t, &api{}), o); err == nil {
		t.Error("an empty selector was accepted")
	}
	c := client(t, &api{})
	c.Token = func() (string, error) { return "other", nil }
	if err := Run(context.Background(), c, options(time.Minute)); err == nil || !strings.Contains(err.Error(), "not allowed") {
		t.Errorf("error %v", err)
	}
}
