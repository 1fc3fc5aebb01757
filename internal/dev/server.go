// SPDX-License-Identifier: Apache-2.0

package dev

import (
	"embed"
	"io/fs"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strings"
)

//go:embed page
var page embed.FS

// handler serves the page and what the page requests.
func (l *lab) handler() http.Handler {
	files, err := fs.Sub(page, "page")
	if err != nil {
		panic(err) // the directory is embedded above
	}
	mux := http.NewServeMux()
	mux.Handle("GET /", http.FileServerFS(files))
	mux.HandleFunc("GET /api/state", l.getState)
	mux.HandleFunc("GET /api/stream", l.getStream)
	mux.HandleFunc("GET /api/samples", l.getSamples)
	mux.HandleFunc("GET /api/topics/{topic}/records", l.getRecords)
	mux.HandleFunc("GET /api/traces/{id}", l.getTrace)
	mux.HandleFunc("POST /api/produce", l.postProduce)
	mux.HandleFunc("POST /api/burst", l.postBurst)
	mux.HandleFunc("POST /api/functions/{name}/replicas", l.postReplicas)
	return guard(mux)
}

const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// guard answers only the page itself. A site that the developer visits can
// reach loopback: by a name that it resolves to 127.0.0.1 (its Host is wrong
// then), or by requests across origins (which say so, or are not JSON).
func guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		if !local(r.Host) {
			http.Error(w, "this page answers only to localhost and 127.0.0.1", http.StatusMisdirectedRequest)
			return
		}
		if origin := r.Header.Get("Origin"); origin != "" && origin != "http://"+r.Host {
			http.Error(w, "requests from other sites are refused", http.StatusForbidden)
			return
		}
		if site := r.Header.Get("Sec-Fetch-Site"); site != "" && site != "same-origin" && site != "none" &&
			r.Header.Get("Sec-Fetch-Mode") != "navigate" {
			http.Error(w, "requests from other sites are refused", http.StatusForbidden)
			return
		}
		if r.Method == http.MethodPost {
			kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
			if err != nil || kind != "application/json" {
				http.Error(w, "send Content-Type: application/json", http.StatusUnsupportedMediaType)
				return
			}
			r.Body = http.MaxBytesReader(w, r.Body, 2<<20)
		}
		next.ServeHTTP(w, r)
	})
}

// local reports whether a Host header names this machine.
func local(hostport string) bool {
	u, err := url.Parse("http://" + hostport)
	if err != nil || u.Host != hostport {
		return false
	}
	if strings.EqualFold(u.Hostname(), "localhost") {
		return true
	}
	ip := net.ParseIP(u.Hostname())
	return ip != nil && ip.IsLoopback()
}
