// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"
)

// admin is the server of /metrics, /healthz and /readyz.
type admin struct{ server *http.Server }

// serveAdmin listens on all addresses of the pod, since the kubelet and
// Prometheus come from outside. With port 0 it serves nothing.
func serveAdmin(host string, port int, handler http.Handler) (admin, error) {
	if port == 0 {
		return admin{}, nil
	}
	listener, err := net.Listen("tcp", net.JoinHostPort(host, fmt.Sprint(port)))
	if err != nil {
		return admin{}, fmt.Errorf("listening for metrics and probes (adminPort): %w", err)
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = server.Serve(listener) }()
	return admin{server}, nil
}

// Handler serves /metrics, /healthz and /readyz.
func (r *Runner) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", r.metrics.Handler())
	mux.Handle("GET /readyz", r.conditions)
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	return mux
}

func (a admin) close() {
	if a.server == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if a.server.Shutdown(ctx) != nil {
		_ = a.server.Close()
	}
}
