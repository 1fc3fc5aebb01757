// SPDX-License-Identifier: Apache-2.0

package dev

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/helm-wasm/helm-wasm/contract"
	"github.com/helm-wasm/helm-wasm/internal/runner/module"
)

// pullTimeout bounds a pull: nobody wants to wait for a registry that does not answer.
const pullTimeout = 30 * time.Second

// source is where a function's module may be.
type source struct {
	name  string
	files []string // the first that exists is used
	given bool     // files has the file that --module names
	image string

	pulled []byte
	tried  string // why the image could not be pulled
}

func newSource(cfg contract.RunnerConfig, dir, given string) *source {
	if given != "" {
		return &source{name: cfg.Name, files: []string{given}, given: true}
	}
	return &source{name: cfg.Name, image: cfg.Module.Image, files: []string{
		filepath.Join(dir, cfg.Name+".wasm"),
		filepath.Join(dir, "build", "functions", cfg.Name+".wasm"),
	}}
}

// fileState is the state of the file that is used; the zero value if there is none.
type fileState struct {
	path string
	size int64
	time time.Time
}

// stat finds the file that is used, without reading it.
func (s *source) stat() fileState {
	for _, file := range s.files {
		if info, err := os.Stat(file); err == nil && info.Mode().IsRegular() {
			return fileState{file, info.Size(), info.ModTime()}
		}
	}
	return fileState{}
}

// load reads the module, from a file if there is one, else from the image.
func (s *source) load(ctx context.Context) (wasm []byte, from string, err error) {
	if at := s.stat(); at.path != "" {
		wasm, err := module.Source{Path: at.path}.Fetch(ctx)
		return wasm, at.path, err
	}
	if s.image != "" && s.pulled == nil && s.tried == "" {
		limit, cancel := context.WithTimeout(ctx, pullTimeout)
		defer cancel()
		if s.pulled, err = (module.Source{Image: s.image}).Fetch(limit); err != nil {
			s.tried = err.Error()
		}
	}
	if s.pulled != nil {
		return s.pulled, s.image, nil
	}
	return nil, "", s.missing()
}

// missing returns an error that says what was looked for and what to do.
func (s *source) missing() error {
	var b strings.Builder
	fmt.Fprintf(&b, "no module for function %q. Tried:", s.name)
	if s.given {
		fmt.Fprintf(&b, "\n  --module %s=%s: no such file", s.name, s.files[0])
	} else {
		fmt.Fprintf(&b, "\n  --module %s=FILE: not given", s.name)
		for _, file := range s.files {
			fmt.Fprintf(&b, "\n  %s: no such file", file)
		}
		switch {
		case s.image == "":
			b.WriteString("\n  module.image: the stack names none")
		default:
			fmt.Fprintf(&b, "\n  image %s: %s", s.image, s.tried)
		}
	}
	b.WriteString("\nBuild it to one of these places: it is used as soon as it exists")
	return fmt.Errorf("%s", b.String())
}
