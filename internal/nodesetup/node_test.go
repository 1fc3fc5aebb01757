// SPDX-License-Identifier: Apache-2.0

package nodesetup

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func root(t testing.TB, files ...string) *Host {
	t.Helper()
	dir := t.TempDir()
	for _, entry := range files {
		name, text, _ := strings.Cut(entry, "=")
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if target, link := strings.CutPrefix(text, "->"); link {
			if err := os.Symlink(target, name); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return &Host{Root: dir}
}

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
		"plain":          {files: []string{"/usr/bin/containerd"}, distribution: "containerd", config: "/etc/containerd/config.toml", unit: "containerd.service", form: File},
		"kind":           {files: []string{"/kind/version=v1.33", "/usr/local/bin/containerd"}, distribution: "kind", config: "/etc/containerd/config.toml", unit: "containerd.service", form: File},
		"kubeadm":        {files: []string{"/etc/kubernetes/kubelet.conf", "/usr/bin/containerd"}, distribution: "kubeadm", config: "/etc/containerd/config.toml", unit: "containerd.service", form: File},
		"eks al2023":     {files: []string{"/etc/os-release=ID=\"amzn\"\n", "/etc/eks/x", "/usr/bin/containerd"}, distribution: "eks", config: "/etc/containerd/config.toml", unit: "containerd.service", form: File},
		"aks":            {files: []string{"/opt/azure/containers/x", "/usr/bin/containerd"}, distribution: "aks", config: "/etc/containerd/config.toml", unit: "containerd.service", form: File},
		"gke ubuntu":     {files: []string{"/etc/os-release=ID=ubuntu\n", "/home/kubernetes/bin/x", "/usr/bin/containerd"}, distribution: "gke-ubuntu", config: "/etc/containerd/config.toml", unit: "containerd.service", form: File},
		"k3s server":     {files: []string{k3s + "config.toml=version = 2\n", "/etc/systemd/system/k3s.service"}, distribution: "k3s", config: k3s + "config.toml.tmpl", unit: "k3s.service", form: Template},
		"k3s agent, v3":  {files: []string{k3s + "config.toml=version = 3\n", "/etc/systemd/system/k3s-agent.service"}, distribution: "k3s", config: k3s + "config-v3.toml.tmpl", unit: "k3s-agent.service", form: Template},
		"k3s, old tmpl":  {files: []string{k3s + "config.toml=version = 2\n", k3s + "config.toml.tmpl", "/usr/bin/containerd"}, distribution: "k3s", config: k3s + "config.toml.tmpl", unit: "k3s-agent.service", form: Template},
		"rke2":           {files: []string{rke2 + "config.toml=version = 3\n", "/usr/local/lib/systemd/system/rke2-server.service"}, distribution: "rke2", config: rke2 + "config-v3.toml.tmpl", unit: "rke2-server.service", form: Template},
		"microk8s":       {files: []string{"/var/snap/microk8s/current/args/containerd-template.toml"}, distribution: "microk8s", config: "/var/snap/microk8s/current/args/containerd-template.toml", unit: "snap.microk8s.daemon-containerd.service", form: File},
		"k0s":            {files: []string{"/etc/k0s/containerd.toml", "/run/k0s/x"}, distribution: "k0s", config: "/etc/k0s/containerd.d/helm-wasm.toml", form: DropIn},
		"cri-o":          {files: []string{"/etc/crio/crio.conf", "/run/crio/crio.sock"}, distribution: "cri-o", config: "/etc/crio/crio.conf.d/50-helm-wasm.conf", unit: "crio.service", form: CRIO},
		"talos":          {files: []string{"/etc/os-release=NAME=\"Talos\"\nID=talos\n"}, refused: "system extensions"},
		"bottlerocket":   {files: []string{"/etc/os-release=ID=bottlerocket\n"}, refused: "Bottlerocket"},
		"cos, by a link": {files: []string{"/usr/lib/os-release=ID=cos\n", "/etc/os-release=->../usr/lib/os-release"}, refused: "Ubuntu node image"},
		"openshift":      {files: []string{"/etc/os-release=ID=\"rhcos\"\n"}, refused: "MachineConfig"},
		"nothing":        {refused: "no container runtime was found"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			node, err := Detect(root(t, c.files...))
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
	node := Node{Form: File, Config: "/etc/containerd/config.toml", Version: Version{2, 2}}
	tree, err := parseTOML([]byte("imports = [\"/etc/containerd/other.toml\", \"/etc/containerd/conf.d/*.toml\"]\n"))
	if err != nil {
		t.Fatal(err)
	}
	if got := preferDropIn(node, tree); got.Form != DropIn || got.Config != "/etc/containerd/conf.d/50-helm-wasm.toml" {
		t.Errorf("with imports: %+v", got)
	}
	// An import of containerd 1.x replaces the whole section.
	node.Version = Version{1, 7}
	if got := preferDropIn(node, tree); got.Form != File {
		t.Errorf("containerd 1.7: %+v", got)
	}
}

func TestLinksOfTheNode(t *testing.T) {
	h := root(t, "/data/real.toml=a", "/etc/config.toml=->/data/real.toml", "/loop=->/loop")
	if data, err := h.Read("/etc/config.toml"); err != nil || string(data) != "a" {
		t.Errorf("read %q, %v", data, err)
	}
	if err := h.Write("/etc/config.toml", []byte("b"), 0o644); err != nil {
		t.Fatal(err)
	}
	if target, err := os.Readlink(h.path("/etc/config.toml")); err != nil || target != "/data/real.toml" {
		t.Errorf("the link is %q, %v", target, err)
	}
	if data, _ := h.Read("/data/real.toml"); string(data) != "b" {
		t.Errorf("the file is %q", data)
	}
	if _, err := h.Read("/loop"); err == nil {
		t.Error("a loop of links was read")
	}
}

func TestCRIOFile(t *testing.T) {
	main, err := parseTOML([]byte("[crio.runtime.runtimes.crun]\nruntime_path = \"/usr/bin/crun\"\n"))
	if err != nil {
		t.Fatal(err)
	}
	edited, err := crioFile(main, append(wanted("crun-wasmedge"), Handler{Key: "crun", Name: "crun", Binary: "/x/crun"}), nil)
	if err != nil || len(edited.Added) != 1 || len(edited.Foreign) != 1 {
		t.Fatalf("%+v, %v", edited, err)
	}
	tree, err := parseTOML(edited.Data)
	if err != nil || at(tree, "crio", "runtime", "runtimes", "crun-wasmedge")["runtime_type"] != "oci" {
		t.Errorf("%v, %v", tree, err)
	}
	if _, err := crioFile(nil, wanted("wasmtime"), nil); !errors.Is(err, ErrUnsupported) {
		t.Errorf("a shim under CRI-O: %v", err)
	}
}
