// SPDX-License-Identifier: Apache-2.0

// Package overlay runs kustomize in this process: for `helm-wasm build`, and to let an
// overlay change manifests. It is linked into the native program only, since the
// plugin has to stay small.
//
// Kustomize keeps the schema of Kubernetes, or the one that a kustomization has, in
// package variables. Therefore builds run one at a time, each with its own schema. A
// panic in a build becomes its error.
package overlay

import (
	"fmt"
	"sync"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/kustomize/kyaml/openapi"
)

// Options of a build. The zero value behaves like `kustomize build`.
type Options struct {
	// AllowExec lets kustomizations run programs of this machine as KRM
	// functions, as --enable-alpha-plugins --enable-exec do.
	AllowExec bool

	// AllowFilesOutside lets kustomizations read files outside their directory,
	// as --load-restrictor LoadRestrictionsNone does.
	AllowFilesOutside bool
}

// running is held during a build.
var running sync.Mutex

// Build builds the kustomization in a directory and returns its objects as YAML, with
// the same bytes as `kustomize build`. If fsys is that of the machine, dir may be a
// URL.
func Build(fsys filesys.FileSystem, dir string, o Options) (out []byte, err error) {
	defer caught(&err)
	objects, err := run(fsys, dir, o)
	if err != nil {
		return nil, explain(dir, err)
	}
	out, err = objects.AsYaml()
	if err != nil {
		return nil, explain(dir, err)
	}
	return out, nil
}

// run runs one build at a time.
func run(fsys filesys.FileSystem, dir string, o Options) (objects resmap.ResMap, err error) {
	running.Lock()
	defer running.Unlock()
	openapi.ResetOpenAPI()
	defer openapi.ResetOpenAPI()
	defer caught(&err)
	options := krusty.MakeDefaultOptions()
	options.Reorder = krusty.ReorderOptionUnspecified
	if o.AllowFilesOutside {
		options.LoadRestrictions = types.LoadRestrictionsNone
	}
	if o.AllowExec {
		options.PluginConfig = types.MakePluginConfig(types.PluginRestrictionsNone, types.BploUseStaticallyLinked)
		options.PluginConfig.FnpLoadingOptions.EnableExec = true
	}
	files := &boundedFiles{FileSystem: fsys}
	objects, err = krusty.MakeKustomizer(options).Run(files, dir)
	if files.refused != nil {
		return nil, files.refused
	}
	return objects, err
}

// caught turns a panic of kustomize or kyaml into an error.
func caught(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("kustomize stopped: %v", r)
	}
}
