// SPDX-License-Identifier: Apache-2.0

// Package dapr runs the HTTP filter on the host library that Dapr uses.
package dapr

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/http-wasm/http-wasm-host-go/handler"
	nethttp "github.com/http-wasm/http-wasm-host-go/handler/nethttp"

	"github.com/helm-wasm/helm-wasm/test/engines"
)

func TestHTTPFilter(t *testing.T) {
	guest, err := os.ReadFile(filepath.Join(engines.Root(), "build", "filters", "http-filter.wasm"))
	if err != nil {
		t.Fatalf("%v: run `make filters` first", err)
	}
	const json = "application/json"
	tests := []struct {
		name, config, method, path string
		types                      []string
		want                       int
	}{
		{"event", "", "POST", "/orders", []string{json}, 200},
		{"cloud event", "", "POST", "/orders", []string{"Application/CloudEvents+JSON; charset=utf-8"}, 200},
		{"probe", "", "GET", "/healthz", nil, 200},
		{"below the prefix", "/events", "POST", "/events/orders?x=1", []string{json}, 200},
		{"beside the prefix", "/events", "POST", "/admin", []string{json}, 404},
		{"shorter than the prefix", "/events", "GET", "/", nil, 404},
		{"method", "", "DELETE", "/orders", []string{json}, 405},
		{"method that begins like one", "", "POSTS", "/orders", []string{json}, 405},
		{"no type", "", "POST", "/orders", nil, 415},
		{"a type that begins alike", "", "POST", "/orders", []string{"application/jsonp"}, 415},
		{"two types", "", "POST", "/orders", []string{json, json}, 415},
		{"a type without end", "", "POST", "/orders", []string{strings.Repeat("a", 9000)}, 415},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			ctx := context.Background()
			// As in Dapr: only the guest's configuration differs from the defaults.
			middleware, err := nethttp.NewMiddleware(ctx, guest, handler.GuestConfig([]byte(tc.config)))
			if err != nil {
				t.Fatal(err)
			}
			defer middleware.Close(ctx)
			reached := false
			next := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body, err := io.ReadAll(r.Body)
				reached = err == nil && string(body) == `{"id":"1"}`
				w.WriteHeader(http.StatusOK)
			})
			server := middleware.NewHandler(ctx, next)
			// Twice, since the guest stays alive.
			for range 2 {
				reached = false
				request := httptest.NewRequest(tc.method, tc.path, strings.NewReader(`{"id":"1"}`))
				for _, value := range tc.types {
					request.Header.Add("content-type", value)
				}
				recorder := httptest.NewRecorder()
				server.ServeHTTP(recorder, request)
				if recorder.Code != tc.want || reached != (tc.want == 200) {
					t.Errorf("status %d, reached %v, want %d", recorder.Code, reached, tc.want)
				}
				if tc.want != 200 && !strings.HasPrefix(recorder.Body.String(), `{"error":"`) {
					t.Errorf("body %q", recorder.Body.String())
				}
			}
		})
	}
}
