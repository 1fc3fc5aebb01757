// SPDX-License-Identifier: Apache-2.0

package rules

import (
	"encoding/hex"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/helm-wasm/helm-wasm/stack/lint/pass"
	"github.com/helm-wasm/helm-wasm/stack/schema"
)

var _ = register(Rule{
	ID: "HW24", Severity: Error, Title: "Node setup does not know what to install",
	Why: "Node setup runs as root on nodes, so it accepts one source for each runtime, and no download without a " +
		"checksum.",
	Fix:  "Name one verified source for each runtime: url with sha256, an image by digest, or a path.",
	Bad:  "nodeSetup: {enabled: true, runtimes: {wasmtime: {image: \"registry.example.com/shims:1\"}}}",
	Good: "nodeSetup: {enabled: true, runtimes: {wasmtime: {path: /usr/local/bin/containerd-shim-wasmtime-v1}}}",

	Stack: nodeSetup,
})

// nodeSetup says here, once, what the program would refuse on every node.
func nodeSetup(p *pass.Pass) {
	n := &p.Values.NodeSetup
	if !n.Enabled {
		return
	}
	at := pass.Under("nodeSetup")
	for _, name := range slices.Sorted(maps.Keys(n.Runtimes)) {
		r := n.Runtimes[name]
		nodeRuntime(p, name, &r)
	}
	if d, err := time.ParseDuration(n.RestartTimeout); err == nil && d < time.Second {
		p.Report(at("restartTimeout"),
			"restartTimeout "+n.RestartTimeout+" is too short for any restart, so that every change is rolled back",
			"write at least 1s, such as 90s")
	}
	for _, f := range []struct{ name, value string }{{"config", n.Node.Config}, {"main", n.Node.Main}, {"socket", n.Node.Socket}} {
		if f.value != "" && !path.IsAbs(f.value) {
			p.Report(at("node", f.name), strconv.Quote(f.value)+" is not an absolute path",
				"write the path on the node, such as /etc/containerd/config.toml")
		}
	}
	if n.Remove {
		return
	}
	used := usedRuntimes(p)
	if len(used) == 0 && len(n.Runtimes) == 0 {
		p.Report(at("enabled"), "nodeSetup is enabled, but there is no runtime to install",
			"give a function a runtime other than wazero, or list runtimes in nodeSetup.runtimes")
	}
	for _, name := range slices.Sorted(maps.Keys(used)) {
		if _, ok := n.Runtimes[name]; !ok && len(n.Runtimes) > 0 {
			p.ReportAs(Warning, at("runtimes"),
				"functions use the runtime "+strconv.Quote(name)+", which node setup does not install",
				"add nodeSetup.runtimes."+name+", or remove it from the functions")
		}
	}
}

func usedRuntimes(p *pass.Pass) map[string]bool {
	used := map[string]bool{}
	for _, s := range p.Functions {
		if !s.InProcess() {
			used[s.Function.Runtime] = true
		}
	}
	return used
}

// nodeRuntime looks at the source of one runtime's program.
func nodeRuntime(p *pass.Pass, name string, r *schema.NodeRuntime) {
	at := pass.Under("nodeSetup", "runtimes", name)
	known := knownShim(name) || knownShim(p.Values.Runtimes[name].Handler)
	var given []string
	for _, source := range []struct {
		name string
		set  bool
	}{{"url", len(r.URL) > 0}, {"image", r.Image != ""}, {"path", r.Path != ""}} {
		if source.set {
			given = append(given, source.name)
		}
	}
	switch {
	case len(given) > 1:
		p.Report(at(),
			"runtime "+strconv.Quote(name)+" names the sources "+strings.Join(given, " and ")+" for its program",
			"give one of url, image and path")
	case len(given) == 0 && len(r.SHA256) == 0:
		p.ReportAs(Warning, at(),
			"runtime "+strconv.Quote(name)+" has no source: node setup uses its program only where a node has it already",
			"give url with sha256, image or path; or ignore this where nodes have it")
	}
	nodeDownload(p, name, r)
	if r.Image != "" && !strings.Contains(r.Image, "@sha256:") {
		p.Report(at("image"),
			"the image "+strconv.Quote(r.Image)+" is not pinned by digest, and what it holds runs as root on nodes",
			"write repository@sha256:...")
	}
	if r.Path != "" && !path.IsAbs(r.Path) {
		p.Report(at("path"), strconv.Quote(r.Path)+" is not an absolute path",
			"write the path on the node, such as /usr/local/bin/containerd-shim-"+name+"-v1")
	}
	switch {
	case r.Binary != "" && path.Base(r.Binary) != r.Binary:
		p.Report(at("binary"), strconv.Quote(r.Binary)+" is not a file name",
			"write the name alone, such as containerd-shim-"+name+"-v1")
	case len(given) == 0 && r.Binary == "" && !known && !strings.HasPrefix(name, "crun"):
		p.Report(at(), "node setup does not know the program of runtime "+strconv.Quote(name),
			"give url with sha256, image, path, or binary where nodes have it")
	case len(given) == 0 && len(r.SHA256) > 0 && !known:
		p.Report(at("sha256"),
			"runtime "+strconv.Quote(name)+" has a checksum alone, and no release of it is known",
			"set url as well")
	}
}

func nodeDownload(p *pass.Pass, name string, r *schema.NodeRuntime) {
	at := pass.Under("nodeSetup", "runtimes", name)
	for _, arch := range slices.Sorted(maps.Keys(r.URL)) {
		if r.SHA256[arch] == "" {
			p.Report(at("sha256"),
				"the download for "+arch+" has no SHA-256; node setup runs nothing unverified",
				"set nodeSetup.runtimes."+name+".sha256."+arch+" to what sha256sum says of "+r.URL[arch])
		}
		if !strings.HasPrefix(r.URL[arch], "https://") && !strings.HasPrefix(r.URL[arch], "http://") {
			p.Report(at("url", arch), strconv.Quote(r.URL[arch])+" is not a URL", "write https://...")
		}
	}
	for _, arch := range slices.Sorted(maps.Keys(r.SHA256)) {
		if sum, err := hex.DecodeString(r.SHA256[arch]); r.SHA256[arch] != "" && (err != nil || len(sum) != 32) {
			p.Report(at("sha256", arch),
				strconv.Quote(r.SHA256[arch])+" is not a SHA-256 of 64 hex digits",
				"write what sha256sum says of the download")
		}
	}
}

// knownShim says that node setup knows releases of a runtime's program, by the
// runtime's key or handler. crun's releases have no Wasm engine.
func knownShim(name string) bool {
	switch name {
	case "wasmtime", "wasmedge", "wasmer", "wamr", "spin":
		return true
	}
	return false
}
