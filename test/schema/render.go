// SPDX-License-Identifier: Apache-2.0

package schema

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"
)

// Root is the repository, seen from this package's tests.
const Root = "../.."

// Chart is the chart with its subcharts unpacked.
const Chart = Root + "/charts/wasm-keda-stack"

// Object is one rendered manifest.
type Object struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Metadata   struct {
		Name        string            `json:"name"`
		Namespace   string            `json:"namespace"`
		Labels      map[string]string `json:"labels"`
		Annotations map[string]string `json:"annotations"`
	} `json:"metadata"`

	Source   string `json:"-"` // the template that it came from
	Manifest []byte `json:"-"`
}

func (o Object) String() string { return o.Kind + "/" + o.Metadata.Name }

// Ours reports whether the object is from this chart and not from a subchart.
func (o Object) Ours() bool { return strings.HasPrefix(o.Source, "wasm-keda-stack/templates/") }

// Release says what to render.
type Release struct {
	Name, Namespace string
	Values          []string // files
	Set             []string // for --set
}

// Render runs real Helm: the program that HELM names, or the one of the
// repository's go.mod.
func Render(r Release) ([]Object, error) {
	args := []string{"template", r.Name, ".", "--namespace", r.Namespace}
	for _, file := range r.Values {
		abs, err := filepath.Abs(file)
		if err != nil {
			return nil, err
		}
		args = append(args, "-f", abs)
	}
	for _, set := range r.Set {
		args = append(args, "--set", set)
	}
	name := os.Getenv("HELM")
	if name == "" {
		name = "go"
		args = append([]string{"tool", "helm"}, args...)
	}
	cmd := exec.Command(name, args...)
	cmd.Dir = Chart
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("helm template: %w: %s", err, strings.TrimSpace(stderr.String()))
	}
	return Split(stdout.Bytes())
}

// Split reads a stream of manifests as Helm prints it.
func Split(stream []byte) ([]Object, error) {
	reader := utilyaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(stream)))
	var objects []Object
	for {
		data, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return objects, nil
		}
		if err != nil {
			return nil, err
		}
		var o Object
		if err := yaml.Unmarshal(data, &o); err != nil {
			return nil, fmt.Errorf("reading a manifest: %w\n%s", err, data)
		}
		if o.Kind == "" {
			continue
		}
		o.Manifest = data
		for line := range strings.Lines(string(data)) {
			if source, ok := strings.CutPrefix(line, "# Source: "); ok {
				o.Source = strings.TrimSpace(source)
			}
		}
		objects = append(objects, o)
	}
}
