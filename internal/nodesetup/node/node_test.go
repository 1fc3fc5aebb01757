// SPDX-License-Identifier: Apache-2.0

package node

import (
	"errors"
	"strings"
	"testing"

	"github.com/helm-wasm/helm-wasm/internal/nodesetup/containerd"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/fakenode"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/tomltree"
)

func TestDetect(t *testing.T) {
	const (
		k3s  = "/var/lib/rancher/k3s/agent/etc/containerd/"
		rke2 = "/var/lib/rancher/rke2/agent/etc/containerd/"
	)
	cases := map[string]struct {
		files                      []string
		distribution, config, unit string
		form                       Form
		refused                    string
	}{
		"plain": {
			files:        []string{"/usr/bin/containerd"},
			distribution: "containerd", config: "/etc/containerd/config.toml", unit: "containerd.service", form: File,
		},
		"kind": {
			files:        []string{"/kind/version=v1.33", "/usr/local/bin/containerd"},
			distribution: "kind", config: "/etc/containerd/config.toml", unit: "containerd.service", form: File,
		},
		"kubeadm": {
			files:        []string{"/etc/kubernetes/kubelet.conf", "/usr/bin/containerd"},
			distribution: "kubeadm", config: "/etc/containerd/config.toml", unit: "containerd.service", form: File,
		},
		"eks al2023": {
			files:        []string{"/etc/os-release=ID=\"amzn\"\n", "/etc/eks/x", "/usr/bin/containerd"},
			distribution: "eks", config: "/etc/containerd/config.toml", unit: "containerd.service", form: File,
		},
		"aks": {
			files:        []string{"/opt/azure/containers/x", "/usr/bin/containerd"},
			distribution: "aks", config: "/etc/containerd/config.toml", unit: "containerd.service", form: File,
		},
		"gke ubuntu": {
			files:        []string{"/etc/os-release=ID=ubuntu\n", "/home/kubernetes/bin/x", "/usr/bin/containerd"},
			distribution: "gke-ubuntu", config: "/etc/containerd/config.toml", unit: "containerd.service", form: File,
		},
		"k3s server": {
			files:        []string{k3s + "config.toml=version = 2\n", "/etc/systemd/system/k3s.service"},
			distribution: "k3s", config: k3s + "config.toml.tmpl", unit: "k3s.service", form: Template,
		},
		"k3s agent, v3": {
			files:        []string{k3s + "config.toml=version = 3\n", "/etc/systemd/system/k3s-agent.service"},
			distribution: "k3s", config: k3s + "config-v3.toml.tmpl", unit: "k3s-agent.service", form: Template,
		},
		"k3s, old tmpl": {
			files:        []string{k3s + "config.toml=version = 2\n", k3s + "config.toml.tmpl", "/usr/bin/containerd"},
			distribution: "k3s", config: k3s + "config.toml.tmpl", unit: "k3s-agent.service", form: Template,
		},
		"rke2": {
			files:        []string{rke2 + "config.toml=version = 3\n", "/usr/local/lib/systemd/system/rke2-server.service"},
			distribution: "rke2", config: rke2 + "config-v3.toml.tmpl", unit: "rke2-server.service", form: Template,
		},
		"microk8s": {
			files:        []string{"/var/snap/microk8s/current/args/containerd-template.toml"},
			distribution: "microk8s", config: "/var/snap/microk8s/current/args/containerd-template.toml",
			unit: "snap.microk8s.daemon-containerd.service", form: File,
		},
		"k0s": {
			files:        []string{"/etc/k0s/containerd.toml", "/run/k0s/x"},
			distribution: "k0s", config: "/etc/k0s/containerd.d/helm-wasm.toml", form: DropIn,
		},
		"cri-o": {
			files:        []string{"/etc/crio/crio.conf", "/run/crio/crio.sock"},
			distribution: "cri-o", config: "/etc/crio/crio.conf.d/50-helm-wasm.conf", unit: "crio.service", form: CRIO,
		},
		"talos":        {files: []string{"/etc/os-release=NAME=\"Talos\"\nID=talos\n"}, refused: "system extensions"},
		"bottlerocket": {files: []string{"/etc/os-release=ID=bottlerocket\n"}, refused: "Bottlerocket"},
		"cos, by a link": {
			files:   []string{"/usr/lib/os-release=ID=cos\n", "/etc/os-release=->../usr/lib/os-release"},
			refused: "Ubuntu node image",
		},
		"openshift": {files: []string{"/etc/os-release=ID=\"rhcos\"\n"}, refused: "MachineConfig"},
		"nothing":   {refused: "no container runtime was found"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			node, err := Detect(fakenode.Files(t, c.files...))
			if c.refused != "" {
				if !errors.Is(err, ErrUnsupported) || !strings.Contains(err.Error(), c.refused) {
					t.Errorf("error is %v", err)
				}
				return
			}
			if err != nil || node.Distribution != c.distribution || node.Config != c.config || node.Form != c.form {
				t.Errorf("node is %+v, %v", node, err)
			}
			unit := ""
			if len(node.Restart) > 0 {
				unit = node.Restart[len(node.Restart)-1]
			}
			if unit != c.unit {
				t.Errorf("unit is %q, want %q", unit, c.unit)
			}
		})
	}
}

func TestPreferDropIn(t *testing.T) {
	node := Node{Form: File, Config: "/etc/containerd/config.toml", Version: containerd.Version{Major: 2, Minor: 2}}
	tree, err := tomltree.Parse([]byte("imports = [\"/etc/containerd/other.toml\", \"/etc/containerd/conf.d/*.toml\"]\n"))
	if err != nil {
		t.Fatal(err)
	}
	if got := PreferDropIn(node, tree); got.Form != DropIn || got.Config != "/etc/containerd/conf.d/50-helm-wasm.toml" {
		t.Errorf("with imports: %+v", got)
	}
	// An import of containerd 1.x replaces the whole section.
	node.Version = containerd.Version{Major: 1, Minor: 7}
	if got := PreferDropIn(node, tree); got.Form != File {
		t.Errorf("containerd 1.7: %+v", got)
	}
}
