// SPDX-License-Identifier: Apache-2.0

package dev

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/helm-wasm/helm-wasm/stack"
)

// Options says what to run and how.
type Options struct {
	// Document is the stack, and Name what people call it.
	Document *stack.Document
	Name     string

	// Dir is where the stack's file is: modules and samples are looked for there.
	Dir string

	// Brokers are real ones, reached with the values' TLS and SASL unless they
	// begin with plaintext://; without any, an embedded development broker starts.
	Brokers []string

	// Replicas of each function; 0 means 2, or the partitions of its topic if
	// there are fewer.
	Replicas int

	// Modules are files by function, HTTP addresses of functions of abi http,
	// and Samples files with events by topic.
	Modules, HTTP, Samples map[string]string

	// Port of the page; 0 takes the first free one from 8090.
	Port int

	// CacheDir keeps compiled code; empty means the user's cache.
	CacheDir string

	// Events to send at once; then Run reports and returns. 0 runs until ctx is done.
	Events int

	// Timeout of a run with Events.
	Timeout time.Duration

	// Out receives the progress; Live redraws it in place.
	Out  io.Writer
	Live bool

	// Poll is how often module files are checked.
	Poll time.Duration
}

// httpTarget is where on this machine a function of abi http listens.
type httpTarget struct {
	port int
	path string
}

func (o *Options) complete() error {
	if o.Document == nil {
		return errors.New("there is no stack to run")
	}
	if o.Out == nil {
		o.Out = io.Discard
	}
	if o.Poll <= 0 {
		o.Poll = 400 * time.Millisecond
	}
	if o.Timeout <= 0 {
		o.Timeout = 2 * time.Minute
	}
	if o.Replicas < 0 || o.Replicas > maxReplicas {
		return fmt.Errorf("replicas are %d: give 1 to %d, or 0 for the default", o.Replicas, maxReplicas)
	}
	if o.CacheDir == "" {
		base, err := os.UserCacheDir()
		if err != nil {
			base = os.TempDir()
		}
		o.CacheDir = filepath.Join(base, "helm-wasm", "compiled")
	}
	for name, address := range o.HTTP {
		if _, err := parseTarget(address); err != nil {
			return fmt.Errorf("reading the address of function %q: %w", name, err)
		}
	}
	return nil
}

// maxReplicas bounds the replicas of one function: they share this machine.
const maxReplicas = 16

// parseTarget parses http://localhost:PORT/PATH. The runner posts to its own host, as
// it does in a pod.
func parseTarget(address string) (httpTarget, error) {
	u, err := url.Parse(address)
	if err != nil {
		return httpTarget{}, fmt.Errorf("%q is not a URL: %w", address, err)
	}
	ip := net.ParseIP(u.Hostname())
	if u.Scheme != "http" || u.Hostname() != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return httpTarget{}, fmt.Errorf("%q must be on this machine, as in http://127.0.0.1:8080/", address)
	}
	port, err := strconv.Atoi(u.Port())
	if err != nil || port < 1 || port > 65535 {
		return httpTarget{}, fmt.Errorf("%q has no port: write it as in http://127.0.0.1:8080/", address)
	}
	return httpTarget{port, u.Path}, nil
}
