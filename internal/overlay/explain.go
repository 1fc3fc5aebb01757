// SPDX-License-Identifier: Apache-2.0

package overlay

import (
	"fmt"
	"reflect"
	"regexp"
	"strings"

	"github.com/helm-wasm/helm-wasm/internal/suggest"
	"sigs.k8s.io/kustomize/api/types"
)

// Kustomize reports every way in which it tried a path, from the outside in. The
// useful parts are the directory, the file and the last cause.
var (
	within       = regexp.MustCompile(`recursed accumulation of path '([^']*)'`)
	unknownField = regexp.MustCompile(`unknown field "([^"]*)"`)
	noFile       = regexp.MustCompile(`evalsymlink failure on '([^']*)'`)
	alphaPlugin  = regexp.MustCompile(`external plugins disabled; unable to load external plugin '([^']*)'|must specify --enable-exec`)
	outside      = regexp.MustCompile(`security; file '([^']*)' is not in or below '([^']*)'`)
	sameID       = regexp.MustCompile(`may not add resource with an already registered id: ([^\s']+)`)
	noKustomize  = regexp.MustCompile(`unable to find one of 'kustomization\.yaml'.* in directory '([^']*)'`)
	noTarget     = regexp.MustCompile(`no resource matches strategic merge patch "([^"]*)"`)
	inFile       = regexp.MustCompile(`^(.*) in File: (\S+)$`)
	identity     = regexp.MustCompile(`(\w+)\.(?:\[noVer\]|v\w+)\.(?:\[noGrp\]|[\w.-]+)/(\[noName\]|\S+?)\.(\[noNs\]|[\w-]+)`)
	replacement  = regexp.MustCompile(`nothing selected by ([^\s:']+)[^']*`)
)

// explain turns an error of kustomize into one message: which overlay, where in it,
// what is wrong, and what to do.
func explain(dir string, err error) error {
	text := strings.Join(strings.Fields(err.Error()), " ")
	at := dir
	if all := within.FindAllStringSubmatch(text, -1); len(all) > 0 {
		at = all[len(all)-1][1]
	}
	where := fmt.Sprintf("building overlay %q", dir)
	if at != dir {
		where += fmt.Sprintf(": in %q", at)
	}
	return fmt.Errorf("%s: %s", where, readable(cause(text)))
}

// cause returns the message without what kustomize tried before.
func cause(text string) string {
	switch {
	case unknownField.MatchString(text):
		field := unknownField.FindStringSubmatch(text)[1]
		hint := "kustomization.yaml has no such field"
		if near := suggest.Nearest(field, fields()); near != "" {
			hint = fmt.Sprintf("did you mean %q?", near)
		}
		return fmt.Sprintf("unknown field %q: %s", field, hint)
	case outside.MatchString(text):
		m := outside.FindStringSubmatch(text)
		return fmt.Sprintf("the file %q is outside %q: a kustomization reads its own directory only; list a directory "+
			"with a kustomization.yaml under resources or components, or give --allow-files-outside", m[1], m[2])
	case alphaPlugin.MatchString(text):
		return "it runs a program of this machine as a function: give --allow-exec if you trust it"
	case sameID.MatchString(text):
		return fmt.Sprintf("two resources are %s: kustomize accepts each object once; leave one of them out",
			sameID.FindStringSubmatch(text)[1])
	case strings.Contains(text, "MalformedYAMLError"):
		text = tail(text, "MalformedYAMLError: ")
		if m := inFile.FindStringSubmatch(text); m != nil {
			return fmt.Sprintf("%s: %s", m[2], m[1])
		}
		return text
	case noTarget.MatchString(text):
		return fmt.Sprintf("a patch is for %s, which does not exist: check its name, kind and namespace, or give it a target",
			noTarget.FindStringSubmatch(text)[1])
	case noFile.MatchString(text) && strings.Contains(text, "no such file or directory"):
		all := noFile.FindAllStringSubmatch(text, -1)
		return fmt.Sprintf("%q does not exist", all[len(all)-1][1])
	case noKustomize.MatchString(text):
		return fmt.Sprintf("%q does not contain a kustomization.yaml", noKustomize.FindStringSubmatch(text)[1])
	case replacement.MatchString(text):
		return fmt.Sprintf("a replacement takes a value from %s, which does not exist: add the object, or remove the replacement",
			replacement.FindStringSubmatch(text)[1])
	case within.MatchString(text):
		return tail(text, within.FindString(text)+": ")
	}
	return text
}

// readable rewrites kustomize's identities, such as Job.v1.batch/a.[noNs], as
// Kind/name.
func readable(text string) string {
	return identity.ReplaceAllStringFunc(text, func(id string) string {
		m := identity.FindStringSubmatch(id)
		switch {
		case m[2] == "[noName]":
			return "any " + m[1]
		case m[3] == "[noNs]":
			return m[1] + "/" + m[2]
		}
		return fmt.Sprintf("%s/%s in namespace %s", m[1], m[2], m[3])
	})
}

// tail returns what follows the last mark.
func tail(text, mark string) string { return text[strings.LastIndex(text, mark)+len(mark):] }

// fields returns the keys of a kustomization.
func fields() []string {
	var names []string
	t := reflect.TypeFor[types.Kustomization]()
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		if name != "" && name != "-" {
			names = append(names, name)
		}
	}
	return names
}
