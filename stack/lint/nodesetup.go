// SPDX-License-Identifier: Apache-2.0

package lint

import (
	"encoding/hex"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/helm-wasm/helm-wasm/internal/suggest"
	"github.com/helm-wasm/helm-wasm/stack/schema"
)

// nodeSetup says here, once, what the program would refuse on every node.
func (l *linter) nodeSetup() {
	n := &l.v.NodeSetup
	if !n.Enabled {
		return
	}
	at := func(p ...string) []string { return under(p, "nodeSetup") }
	for _, name := range slices.Sorted(maps.Keys(n.Runtimes)) {
		l.nodeRuntime(name, n.Runtimes[name])
	}
	if d, err := time.ParseDuration(n.RestartTimeout); err == nil && d < time.Second {
		l.add("HW24", at("restartTimeout"),
			"restartTimeout "+n.RestartTimeout+" is too short for any restart, so that every change is rolled back",
			"write at least 1s, such as 90s")
	}
	for _, f := range []struct{ name, value string }{{"config", n.Node.Config}, {"main", n.Node.Main}, {"socket", n.Node.Socket}} {
		if f.value != "" && !path.IsAbs(f.value) {
			l.add("HW24", at("node", f.name), strconv.Quote(f.value)+" is no absolute path",
				"write the path on the node, such as /etc/containerd/config.toml")
		}
	}
	if n.Remove {
		return
	}
	used := l.usedRuntimes()
	if len(used) == 0 && len(n.Runtimes) == 0 {
		l.add("HW24", at("enabled"), "nodeSetup is enabled, but there is no runtime to install",
			"give a function a runtime other than wazero, or list runtimes in nodeSetup.runtimes")
	}
	for _, name := range slices.Sorted(maps.Keys(used)) {
		if _, ok := n.Runtimes[name]; !ok && len(n.Runtimes) > 0 {
			l.addAs(SeverityWarning, "HW24", at("runtimes"),
				"functions use the runtime "+strconv.Quote(name)+", which node setup does not install",
				"add nodeSetup.runtimes."+name+", or remove it from the functions")
		}
	}
}

// nodeRuntime looks at the source of one runtime's program.
func (l *linter) nodeRuntime(name string, r schema.NodeRuntime) {
	at := func(p ...string) []string { return under(p, "nodeSetup", "runtimes", name) }
	if _, ok := l.v.Runtimes[name]; !ok {
		fix := "add it to runtimes"
		if best := suggest.Nearest(name, slices.Sorted(maps.Keys(l.v.Runtimes))); best != "" {
			fix = "did you mean " + best + "?"
		}
		l.add("HW12", at(), strconv.Quote(name)+" is no key of runtimes", fix)
	}
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
		l.add("HW24", at(),
			"runtime "+strconv.Quote(name)+" names the sources "+strings.Join(given, " and ")+" for its program",
			"give one of url, image and path")
	case len(given) == 0 && len(r.SHA256) == 0:
		l.addAs(SeverityWarning, "HW24", at(),
			"runtime "+strconv.Quote(name)+" has no source: node setup uses its program only where a node has it already",
			"give url with sha256, image or path; or ignore this where nodes have it")
	}
	for _, arch := range slices.Sorted(maps.Keys(r.URL)) {
		if r.SHA256[arch] == "" {
			l.add("HW24", at("sha256"),
				"the download for "+arch+" has no SHA-256; node setup runs nothing unverified",
				"set nodeSetup.runtimes."+name+".sha256."+arch+" to what sha256sum says of "+r.URL[arch])
		}
		if !strings.HasPrefix(r.URL[arch], "https://") && !strings.HasPrefix(r.URL[arch], "http://") {
			l.add("HW24", at("url", arch), strconv.Quote(r.URL[arch])+" is not a URL", "write https://...")
		}
	}
	for _, arch := range slices.Sorted(maps.Keys(r.SHA256)) {
		if sum, err := hex.DecodeString(r.SHA256[arch]); r.SHA256[arch] != "" && (err != nil || len(sum) != 32) {
			l.add("HW24", at("sha256", arch),
				strconv.Quote(r.SHA256[arch])+" is no SHA-256 of 64 hex digits",
				"write what sha256sum says of the download")
		}
	}
	if r.Image != "" && !strings.Contains(r.Image, "@sha256:") {
		l.add("HW24", at("image"),
			"the image "+strconv.Quote(r.Image)+" is not pinned by digest, and what it holds runs as root on nodes",
			"write repository@sha256:...")
	}
	if r.Path != "" && !path.IsAbs(r.Path) {
		l.add("HW24", at("path"), strconv.Quote(r.Path)+" is no absolute path",
			"write the path on the node, such as /usr/local/bin/containerd-shim-"+name+"-v1")
	}
	switch {
	case r.Binary != "" && path.Base(r.Binary) != r.Binary:
		l.add("HW24", at("binary"), strconv.Quote(r.Binary)+" is no file name",
			"write the name alone, such as containerd-shim-"+name+"-v1")
	case len(given) == 0 && r.Binary == "" && !knownShim(name) && !knownShim(l.v.Runtimes[name].Handler) &&
		!strings.HasPrefix(name, "crun"):
		l.add("HW24", at(), "node setup does not know the program of runtime "+strconv.Quote(name),
			"give url with sha256, image, path, or binary where nodes have it")
	case len(given) == 0 && len(r.SHA256) > 0 && !knownShim(name) && !knownShim(l.v.Runtimes[name].Handler):
		l.add("HW24", at("sha256"),
			"runtime "+strconv.Quote(name)+" has a checksum alone, and no release of it is known",
			"set url as well")
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
