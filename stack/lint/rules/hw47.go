// SPDX-License-Identifier: Apache-2.0

package rules

import (
	"github.com/helm-wasm/helm-wasm/stack/lint/pass"
	"github.com/helm-wasm/helm-wasm/stack/schema"
)

var _ = register(Rule{
	ID: "HW47", Severity: Error, Title: "An image has no repository",
	Why:  "There is nothing to pull.",
	Fix:  "Name the image's path in its registry, or leave the default.",
	Bad:  "runner: {image: {repository: \"\"}}",
	Good: "runner: {image: {repository: mirror/wasm-runner}}",

	Stack: imagesWithoutRepository,
})

func imagesWithoutRepository(p *pass.Pass) {
	v := &p.Values
	for _, image := range []struct {
		used bool
		of   schema.Image
		path []string
	}{
		{true, v.Runner.Image, []string{"runner", "image", "repository"}},
		{v.NodeSetup.Enabled, v.NodeSetup.Image, []string{"nodeSetup", "image", "repository"}},
		{v.Kafka.Mode == "bundled", v.Kafka.Bundled.Image, []string{"kafka", "bundled", "image", "repository"}},
	} {
		if image.used && image.of.Repository == "" {
			p.Report(image.path, "the image has no repository", "name the image's path in its registry, or leave the default")
		}
	}
}
