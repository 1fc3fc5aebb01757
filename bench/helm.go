// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// home is a Helm home with the plugins `wasm` and `wasm-getter` installed.
type home struct{ env []string }

// helmHome makes the home on first use.
func (e *Env) helmHome() (*home, error) {
	if e.home != nil {
		return e.home, nil
	}
	dir := filepath.Join(e.Out, "home")
	if err := os.RemoveAll(dir); err != nil {
		return nil, err
	}
	h := &home{env: append(
		os.Environ(),
		"HELM_DATA_HOME="+filepath.Join(dir, "data"),
		"HELM_CACHE_HOME="+filepath.Join(dir, "cache"),
		"HELM_CONFIG_HOME="+filepath.Join(dir, "config"),
	)}
	e.home = h
	for _, plugin := range []string{e.Root, filepath.Join(e.Root, "wasm-plugins", "getter")} {
		if _, err := e.helm(nil, "plugin", "install", plugin); err != nil {
			return nil, err
		}
	}
	_, err := e.helm(nil, "wasm", "version")
	return h, err
}

// helm runs Helm and returns the seconds that the process took.
func (e *Env) helm(stdin []byte, args ...string) (float64, error) {
	h, err := e.helmHome()
	if err != nil {
		return 0, err
	}
	return e.process(h.env, stdin, filepath.Join(e.Root, "build", "bin", "helm"), args...)
}

// helmOutput runs Helm and returns what it prints.
func (e *Env) helmOutput(args ...string) ([]byte, error) {
	h, err := e.helmHome()
	if err != nil {
		return nil, err
	}
	out, _, err := e.output(h.env, nil, filepath.Join(e.Root, "build", "bin", "helm"), args...)
	return out, err
}

// process runs a program and returns the seconds that it took.
func (e *Env) process(env []string, stdin []byte, program string, args ...string) (float64, error) {
	_, took, err := e.output(env, stdin, program, args...)
	return took, err
}

// output runs a program that must print something.
func (e *Env) output(env []string, stdin []byte, program string, args ...string) ([]byte, float64, error) {
	cmd := exec.CommandContext(e, program, args...)
	var stderr bytes.Buffer
	cmd.Env, cmd.Dir, cmd.Stdin, cmd.Stderr = env, e.Out, bytes.NewReader(stdin), &stderr
	start := time.Now()
	out, err := cmd.Output()
	took := time.Since(start).Seconds()
	if err != nil {
		return nil, 0, fmt.Errorf("running %s %s: %w: %s", program, strings.Join(args, " "), err, stderr.String())
	}
	if len(out) == 0 && stderr.Len() == 0 {
		return nil, 0, fmt.Errorf("%s %s printed nothing", program, strings.Join(args, " "))
	}
	return out, took, nil
}
