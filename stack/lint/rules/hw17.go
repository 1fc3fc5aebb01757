// SPDX-License-Identifier: Apache-2.0

package rules

import (
	"strconv"
	"strings"

	"github.com/helm-wasm/helm-wasm/stack/lint/pass"
)

var _ = register(Rule{
	ID: "HW17", Severity: Warning, Title: "A module is not pinned by digest",
	Why: "A tag can move. A replica that starts at night then runs different code than its neighbours.",
	Fix: "Pin the image by digest.",
	Bad: "functions: {enrich: {module: {image: \"ghcr.io/acme/enrich:latest\"}}}",
	Good: "functions: {enrich: {module: {image: " +
		"\"ghcr.io/acme/enrich@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"}}}",

	Function: movingImage,
})

func movingImage(s *pass.Scope) {
	image := s.Function.Module.Image
	if image == "" {
		return
	}
	_, digest, pinned := strings.Cut(image, "@")
	if pinned {
		hex, ok := strings.CutPrefix(digest, "sha256:")
		if !ok || len(hex) != 64 || strings.Trim(hex, "0123456789abcdef") != "" {
			s.ReportAs(Error, s.At("module.image"),
				"the digest of "+strconv.Quote(image)+" is not sha256: and 64 hex digits",
				"copy it from the registry, for example with `crane digest`")
		}
		return
	}
	repo := image[strings.LastIndexByte(image, '/')+1:]
	_, tag, tagged := strings.Cut(repo, ":")
	if !tagged || tag == "latest" {
		s.Report(s.At("module.image"),
			strconv.Quote(image)+" names no fixed version: a new replica may run different code than the old ones",
			"pin it by digest: "+strings.TrimSuffix(image, ":latest")+"@sha256:...")
	} else {
		s.ReportAs(Info, s.At("module.image"),
			strconv.Quote(image)+" is pinned by tag only, which can move",
			"pin it by digest as well: "+image+"@sha256:...")
	}
}
