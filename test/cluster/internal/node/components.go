// SPDX-License-Identifier: Apache-2.0

package node

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/helm-wasm/helm-wasm/test/cluster/internal/parts"
)

// searchPath of every program of the cluster. run/bin comes first: it has what the
// cluster provides itself.
const searchPath = runState + "/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

func pki(file string) string { return runState + "/pki/" + file }

// linkPrograms makes run/bin.
func linkPrograms(b *parts.Builder) error {
	dir := filepath.Join(runState, "bin")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("linking programs: %w", err)
	}
	runtime, kube := b.Dir("runtime"), b.Dir("kubernetes")
	links := map[string]string{
		"containerd": runtime + "/usr/bin/containerd", "ctr": runtime + "/usr/bin/ctr",
		"containerd-shim-runc-v2": runtime + "/usr/bin/containerd-shim-runc-v2",
		"runc":                    runtime + "/usr/sbin/runc",
		"kube":                    kube + "/kube", "etcd": kube + "/etcd", "kubectl": kube + "/kubectl",
	}
	for name, target := range links {
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			return fmt.Errorf("linking programs: %w", err)
		}
	}
	// nft runs with its own C library: the machine may have a different one, or none of
	// nft's libraries.
	nft := b.Dir("nftables")
	libs := nft + "/lib/x86_64-linux-gnu:" + nft + "/usr/lib/x86_64-linux-gnu"
	script := fmt.Sprintf("#!/bin/sh\nexec %s/lib64/ld-linux-x86-64.so.2 --library-path %s %s/usr/sbin/nft \"$@\"\n", nft, libs, nft)
	if err := os.WriteFile(filepath.Join(dir, "nft"), []byte(script), 0o755); err != nil {
		return fmt.Errorf("linking programs: %w", err)
	}
	return nil
}

func controlPlane() (etcd, apiserver, controllers, scheduler *process) {
	etcd = &process{name: "etcd", args: []string{
		"etcd", "--data-dir=/var/lib/etcd", "--name=node",
		// The cluster's life is short: it need not survive the machine's.
		"--unsafe-no-fsync", "--quota-backend-bytes=2147483648", "--log-level=warn",
		"--listen-client-urls=http://127.0.0.1:2379", "--advertise-client-urls=http://127.0.0.1:2379",
		"--listen-peer-urls=http://127.0.0.1:2380", "--initial-advertise-peer-urls=http://127.0.0.1:2380",
		"--initial-cluster=node=http://127.0.0.1:2380",
	}}
	apiserver = &process{name: "kube-apiserver", args: []string{
		"kube", "kube-apiserver",
		"--etcd-servers=http://127.0.0.1:2379", "--advertise-address=" + NodeIP, "--bind-address=0.0.0.0", "--secure-port=6443",
		"--authorization-mode=Node,RBAC", "--enable-admission-plugins=NodeRestriction", "--allow-privileged=true",
		"--client-ca-file=" + pki("ca.crt"), "--tls-cert-file=" + pki("apiserver.crt"), "--tls-private-key-file=" + pki("apiserver.key"),
		"--kubelet-certificate-authority=" + pki("ca.crt"), "--kubelet-client-certificate=" + pki("apiserver-client.crt"),
		"--kubelet-client-key=" + pki("apiserver-client.key"), "--kubelet-preferred-address-types=InternalIP",
		"--service-cluster-ip-range=" + serviceCIDR, "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
		"--service-account-key-file=" + pki("service-account.crt"), "--service-account-signing-key-file=" + pki("service-account.key"),
		"--requestheader-client-ca-file=" + pki("ca.crt"), "--requestheader-allowed-names=front-proxy",
		"--requestheader-extra-headers-prefix=X-Remote-Extra-", "--requestheader-group-headers=X-Remote-Group",
		"--requestheader-username-headers=X-Remote-User",
		"--proxy-client-cert-file=" + pki("front-proxy.crt"), "--proxy-client-key-file=" + pki("front-proxy.key"),
	}}
	controllers = &process{name: "kube-controller-manager", args: []string{
		"kube", "kube-controller-manager",
		"--kubeconfig=" + pki("controller-manager.conf"), "--leader-elect=false", "--use-service-account-credentials=true",
		"--service-account-private-key-file=" + pki("service-account.key"), "--root-ca-file=" + pki("ca.crt"),
		"--cluster-signing-cert-file=" + pki("ca.crt"), "--cluster-signing-key-file=" + pki("ca.key"),
		"--authentication-kubeconfig=" + pki("controller-manager.conf"), "--authorization-kubeconfig=" + pki("controller-manager.conf"),
	}}
	scheduler = &process{name: "kube-scheduler", args: []string{
		"kube", "kube-scheduler",
		"--kubeconfig=" + pki("scheduler.conf"), "--leader-elect=false",
		"--authentication-kubeconfig=" + pki("scheduler.conf"), "--authorization-kubeconfig=" + pki("scheduler.conf"),
	}}
	return etcd, apiserver, controllers, scheduler
}

func nodePlane() (containerd, kubelet, proxy *process) {
	containerd = &process{name: "containerd", args: []string{"containerd", "--config=/etc/containerd/config.toml"}}
	kubelet = &process{name: "kubelet", args: []string{
		"kube", "kubelet", "--config=/etc/kubernetes/kubelet.yaml",
		"--kubeconfig=" + pki("kubelet.conf"), "--hostname-override=" + NodeName, "--node-ip=" + NodeIP,
	}}
	proxy = &process{
		name: "kube-proxy",
		args: []string{"kube", "kube-proxy", "--config=/etc/kubernetes/proxy.yaml", "--hostname-override=" + NodeName},
	}
	return containerd, kubelet, proxy
}

// PauseImage is the sandbox of every pod.
const PauseImage = "registry.k8s.io/pause:3.10"

// configure writes the configuration of the node's programs at the paths
// where every Linux node has it.
func configure(b *parts.Builder, cgroup string) error {
	certs := "/etc/containerd/certs.d/_default"
	files := map[string]string{
		// Every registry is the one of this cluster; images keep their names.
		certs + "/hosts.toml": `server = "http://` + RegistryAddress + `"

[host."http://` + RegistryAddress + `"]
  capabilities = ["pull", "resolve"]
`,
		"/etc/containerd/config.toml": `version = 2
root = "/var/lib/containerd"
state = "/run/containerd"

[grpc]
  address = "/run/containerd/containerd.sock"

[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "` + PauseImage + `"
  # Raising a process's OOM score back needs a capability that containers lack.
  restrict_oom_score_adj = true

  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/opt/cni/bin"
    conf_dir = "/etc/cni/net.d"

  [plugins."io.containerd.grpc.v1.cri".registry]
    config_path = "/etc/containerd/certs.d"

  [plugins."io.containerd.grpc.v1.cri".containerd]
    default_runtime_name = "runc"

    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
`,
		// Each pod has its own link to the node, so that all its packets pass the node's
		// rules; a shared bridge would need the br_netfilter module.
		"/etc/cni/net.d/10-node.conflist": `{"cniVersion": "1.0.0", "name": "node", "plugins": [
  {"type": "ptp", "ipMasq": false, "ipam": {"type": "host-local", "dataDir": "/run/cni",
   "ranges": [[{"subnet": "` + podCIDR + `"}]], "routes": [{"dst": "0.0.0.0/0"}]}},
  {"type": "portmap", "capabilities": {"portMappings": true}, "backend": "nftables", "snat": true}
]}
`,
		"/etc/kubernetes/kubelet.yaml": `apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
authentication: {anonymous: {enabled: false}, webhook: {enabled: true}, x509: {clientCAFile: ` + pki("ca.crt") + `}}
authorization: {mode: Webhook}
tlsCertFile: ` + pki("kubelet.crt") + `
tlsPrivateKeyFile: ` + pki("kubelet.key") + `
containerRuntimeEndpoint: unix:///run/containerd/containerd.sock
cgroupDriver: cgroupfs
cgroupRoot: /` + cgroup + `
failCgroupV1: false
failSwapOn: false
oomScoreAdj: 0
enforceNodeAllocatable: []
localStorageCapacityIsolation: false
clusterDNS: [` + dnsService + `]
clusterDomain: cluster.local
resolvConf: /etc/kubernetes/no-resolver.conf
maxPods: 250
serializeImagePulls: false
imageGCHighThresholdPercent: 100
evictionHard: {memory.available: 100Mi, nodefs.available: 0%, imagefs.available: 0%, nodefs.inodesFree: 0%, imagefs.inodesFree: 0%}
shutdownGracePeriod: 0s
`,
		"/etc/kubernetes/no-resolver.conf": "",
		"/etc/kubernetes/proxy.yaml": `apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
clientConnection: {kubeconfig: ` + pki("proxy.conf") + `}
mode: nftables
clusterCIDR: ` + podCIDR + `
oomScoreAdj: 0
conntrack: {maxPerCore: 0, min: 0, tcpEstablishedTimeout: 0s, tcpCloseWaitTimeout: 0s}
`,
	}
	for name, text := range files {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return fmt.Errorf("writing configuration: %w", err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			return fmt.Errorf("writing configuration: %w", err)
		}
	}
	if err := os.MkdirAll("/opt/cni", 0o755); err != nil {
		return fmt.Errorf("linking network plugins: %w", err)
	}
	if err := os.Symlink(b.Dir("cni"), "/opt/cni/bin"); err != nil {
		return fmt.Errorf("linking network plugins: %w", err)
	}
	for _, dir := range []string{
		"/var/lib/kubelet", "/var/lib/containerd", "/var/log/pods", "/var/lib/volumes", "/var/root", "/var/tmp",
		"/run/containerd",
	} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return fmt.Errorf("making directories: %w", err)
		}
	}
	return nil
}

// imagePath strips the registry from a name, as a mirror sees it.
func imagePath(name string) string {
	host, rest, ok := strings.Cut(name, "/")
	if ok && strings.ContainsAny(host, ".:") {
		return rest
	}
	if !ok {
		return "library/" + name
	}
	return name
}
