// SPDX-License-Identifier: Apache-2.0

package krm

import (
	"bytes"
	"errors"
	"flag"
	"testing"

	"sigs.k8s.io/kustomize/kyaml/fn/framework"
	"sigs.k8s.io/kustomize/kyaml/fn/framework/frameworktestutil"
	"sigs.k8s.io/kustomize/kyaml/kio"

	"github.com/helm-wasm/helm-wasm/internal/command/krm"
)

var update = flag.Bool("update", false, "write what the function gives into testdata")

// function calls the function as an orchestrator does: kyaml writes the ResourceList and
// reads what comes back.
type function struct{}

func (function) Process(list *framework.ResourceList) error {
	var in bytes.Buffer
	w := kio.ByteWriter{
		Writer: &in, KeepReaderAnnotations: true, FunctionConfig: list.FunctionConfig,
		WrappingAPIVersion: kio.ResourceListAPIVersion, WrappingKind: kio.ResourceListKind,
	}
	if err := w.Write(list.Items); err != nil {
		return err
	}
	out, runErr := krm.Run(in.Bytes())
	r := kio.ByteReader{Reader: bytes.NewReader(out), OmitReaderAnnotations: true}
	items, err := r.Read()
	if err != nil {
		return errors.Join(runErr, err)
	}
	if runErr == nil || out != nil {
		list.Items = items
	}
	if r.Results != nil {
		if err := r.Results.YNode().Decode(&list.Results); err != nil {
			return errors.Join(runErr, err)
		}
		for _, result := range list.Results {
			if err := complete(result); err != nil {
				return errors.Join(runErr, err)
			}
		}
	}
	if got := list.Results.ExitCode() != 0; got != (runErr != nil && out != nil) {
		return errors.Join(runErr, errors.New("the exit code does not follow from the results"))
	}
	return runErr
}

// complete checks what the specification requires of a result.
func complete(r *framework.Result) error {
	switch {
	case r.Message == "" || r.Severity == "":
		return errors.New("a result without message or severity")
	case r.ResourceRef == nil || r.ResourceRef.APIVersion == "" || r.ResourceRef.Kind == "" || r.ResourceRef.Name == "":
		return errors.New("a result without a complete resourceRef: " + r.String())
	case r.Field != nil && r.Field.Path == "", r.File != nil && r.File.Path == "":
		return errors.New("a result with a field or file without its path: " + r.String())
	}
	return nil
}

// TestConformance runs kyaml's checker on the function's own cases.
func TestConformance(t *testing.T) {
	checker := frameworktestutil.ProcessorResultsChecker{
		TestDataDirectory:        "../../internal/command/krm/testdata",
		UpdateExpectedFromActual: *update,
		Processor:                func() framework.ResourceListProcessor { return function{} },
	}
	checker.Assert(t)
	if n := len(checker.TestCasesRun()); n < 4 {
		t.Errorf("only %d cases", n)
	}
}
