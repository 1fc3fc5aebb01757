// SPDX-License-Identifier: Apache-2.0

// Package node finds out what kind of node this is and what to change on it.
package node

import (
	"errors"
	"fmt"
	"path"
	"strings"

	"github.com/helm-wasm/helm-wasm/internal/nodesetup/containerd"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/host"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/tomltree"
)

// Form of a configuration file.
type Form string

// Forms.
const (
	File     Form = "file"     // TOML that is edited
	DropIn   Form = "drop-in"  // a file of node setup's own that the node's file imports
	Template Form = "template" // a Go template from which the node writes its TOML
	CRIO     Form = "crio"     // a drop-in of CRI-O
)

// Node says what to change on a node, and with what.
type Node struct {
	Distribution string             `yaml:"distribution"`
	Form         Form               `yaml:"form"`
	Config       string             `yaml:"config"`     // the file that changes
	Main         string             `yaml:"main"`       // the file that the container runtime reads
	Containerd   []string           `yaml:"containerd"` // the program, to validate with
	Socket       string             `yaml:"socket"`     // of CRI
	Restart      []string           `yaml:"restart"`    // empty: the runtime notices the change itself
	Version      containerd.Version `yaml:"-"`
}

// ErrUnsupported marks nodes that node setup must not or cannot change.
var ErrUnsupported = errors.New("this node cannot be set up")

// Unsupported says which system cannot be set up and what to do instead.
func Unsupported(system, instead string) error {
	return fmt.Errorf("%w: %s: %s", ErrUnsupported, system, instead)
}

// readOnly are systems that are recognised and refused, by os-release's ID.
var readOnly = map[string]string{
	"talos": "Talos: its root is read-only. Use the system extensions siderolabs/wasmedge, siderolabs/spin or siderolabs/crun, " +
		"and give the chart's runtimes a nodeSelector",
	"bottlerocket": "Bottlerocket: it does not accept other shims. Use nodes of Ubuntu or Amazon Linux 2023 for these functions, " +
		"or runtime: wazero, which needs nothing on nodes",
	"cos": "Container-Optimized OS: nothing on its disk can be executed. Use GKE's Ubuntu node image, " +
		"or runtime: wazero, which needs nothing on nodes",
	"rhcos": "Red Hat CoreOS: the machine config operator owns its files. " +
		"Ship crun-wasm and /etc/crio/crio.conf.d by a MachineConfig, and give the chart's runtimes a nodeSelector",
	"scos": "CentOS Stream CoreOS: the machine config operator owns its files. " +
		"Ship crun-wasm and /etc/crio/crio.conf.d by a MachineConfig, and give the chart's runtimes a nodeSelector",
}

// osRelease reads /etc/os-release.
func osRelease(h *host.Host) map[string]string {
	values := map[string]string{}
	for _, name := range []string{"/etc/os-release", "/usr/lib/os-release"} {
		data, err := h.Read(name)
		if err != nil || data == nil {
			continue
		}
		for line := range strings.Lines(string(data)) {
			key, value, ok := strings.Cut(strings.TrimSpace(line), "=")
			if ok && !strings.HasPrefix(key, "#") {
				values[key] = strings.Trim(value, `"'`)
			}
		}
		break
	}
	return values
}

// Detect finds out what kind of node this is. It reads files and changes none.
func Detect(h *host.Host) (Node, error) {
	release := osRelease(h)
	if instead, ok := readOnly[release["ID"]]; ok {
		system, instead, _ := strings.Cut(instead, ": ")
		return Node{}, Unsupported(system, instead)
	}
	switch {
	case h.Exists("/var/lib/rancher/rke2/agent/etc/containerd/config.toml"):
		return rancher(h, "rke2", "rke2-server", "rke2-agent"), nil
	case h.Exists("/var/lib/rancher/k3s/agent/etc/containerd/config.toml"):
		return rancher(h, "k3s", "k3s", "k3s-agent"), nil
	case h.Exists("/var/snap/microk8s/current/args/containerd-template.toml"):
		return Node{
			Distribution: "microk8s", Form: File,
			Config: "/var/snap/microk8s/current/args/containerd-template.toml",
			Main:   "/var/snap/microk8s/current/args/containerd-template.toml",
			// The snap's own program needs the snap's libraries.
			Containerd: []string{"/snap/microk8s/current/bin/containerd"},
			Socket:     "/var/snap/microk8s/common/run/containerd.sock",
			Restart:    service(h, "snap.microk8s.daemon-containerd"),
		}, nil
	case h.Exists("/etc/k0s/containerd.toml") && h.Exists("/run/k0s"):
		return Node{
			Distribution: "k0s", Form: DropIn,
			Config: "/etc/k0s/containerd.d/helm-wasm.toml", Main: "/etc/k0s/containerd.toml",
			Containerd: []string{"/var/lib/k0s/bin/containerd"},
			Socket:     "/run/k0s/containerd.sock",
			// k0s watches the directory and restarts its containerd itself.
		}, nil
	case h.Exists("/etc/crio") && h.Exists("/run/crio/crio.sock"):
		return Node{
			Distribution: "cri-o", Form: CRIO,
			Config: "/etc/crio/crio.conf.d/50-helm-wasm.conf", Main: "/etc/crio/crio.conf",
			Socket:  "/run/crio/crio.sock",
			Restart: service(h, "crio"),
		}, nil
	}
	return plain(h, release)
}

// rancher is k3s or RKE2, which write containerd's file anew at each start.
func rancher(h *host.Host, name, server, agent string) Node {
	dir := "/var/lib/rancher/" + name
	etc := dir + "/agent/etc/containerd/"
	program := dir + "/data/current/bin/containerd"
	if name == "rke2" {
		program = dir + "/bin/containerd"
	}
	unit := agent
	if hasUnit(h, server) && !hasUnit(h, agent) || h.Exists(dir+"/server/node-token") {
		unit = server
	}
	node := Node{
		Distribution: name, Form: Template,
		Config: etc + "config.toml.tmpl", Main: etc + "config.toml",
		Containerd: []string{program},
		Socket:     "/run/k3s/containerd/containerd.sock",
		Restart:    service(h, unit),
	}
	// With containerd 2, a template named config-v3 wins over the old one.
	rendered, _ := h.Read(node.Main)
	tree, err := tomltree.Parse(rendered)
	version, _ := tree["version"].(int64)
	if err == nil && version >= 3 || h.Exists(etc+"config-v3.toml.tmpl") {
		node.Config = etc + "config-v3.toml.tmpl"
	}
	return node
}

// plain is containerd as a service of its own, whoever installed it.
func plain(h *host.Host, release map[string]string) (Node, error) {
	node := Node{
		Distribution: "containerd", Form: File,
		Config: "/etc/containerd/config.toml", Main: "/etc/containerd/config.toml",
		Socket:  "/run/containerd/containerd.sock",
		Restart: service(h, "containerd"),
	}
	switch {
	case h.Exists("/kind"):
		node.Distribution = "kind"
	case h.Exists("/etc/eks"):
		node.Distribution = "eks"
	case h.Exists("/opt/azure/containers"):
		node.Distribution = "aks"
	case h.Exists("/home/kubernetes/bin") || strings.Contains(release["VERSION"], "GKE"):
		node.Distribution = "gke-ubuntu"
	case h.Exists("/etc/kubernetes/kubelet.conf") || h.Exists("/var/lib/kubelet/kubeadm-flags.env"):
		node.Distribution = "kubeadm"
	}
	for _, dir := range []string{"/usr/local/bin", "/usr/bin", "/bin", "/home/kubernetes/bin", "/opt/bin"} {
		if program := dir + "/containerd"; h.Exists(program) {
			node.Containerd = []string{program}
			return node, nil
		}
	}
	return Node{}, Unsupported("no container runtime was found", "neither containerd nor CRI-O is where "+
		"k3s, RKE2, MicroK8s, k0s, kind, kubeadm, EKS, AKS, GKE or a package puts it; say in node: where it is (docs/NODES.md)")
}

// PreferDropIn moves the change into a file of its own where the node's main
// file imports a directory and containerd merges what it finds there.
func PreferDropIn(n Node, tree map[string]any) Node {
	if n.Form != File || !n.Version.MergesImports() {
		return n
	}
	imports, _ := tree["imports"].([]any)
	for _, item := range imports {
		pattern, _ := item.(string)
		if path.Base(pattern) == "*.toml" && path.IsAbs(pattern) && !strings.Contains(path.Dir(pattern), "*") {
			n.Form, n.Config = DropIn, path.Join(path.Dir(pattern), "50-helm-wasm.toml")
			return n
		}
	}
	return n
}

// Override replaces what was detected with what an administrator has set.
func (n Node) Override(o Node) Node {
	if o.Distribution != "" {
		n.Distribution = o.Distribution
	}
	if o.Form != "" {
		n.Form = o.Form
	}
	if o.Config != "" {
		n.Config, n.Main = o.Config, o.Config
	}
	if o.Main != "" {
		n.Main = o.Main
	}
	if len(o.Containerd) > 0 {
		n.Containerd = o.Containerd
	}
	if o.Socket != "" {
		n.Socket = o.Socket
	}
	if len(o.Restart) > 0 {
		n.Restart = o.Restart
	}
	return n
}
