// SPDX-License-Identifier: Apache-2.0

package node

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"strings"

	"github.com/helm-wasm/helm-wasm/test/cluster/internal/parts"
)

// CoreDNSImage is built from CoreDNS's module.
const CoreDNSImage = "registry.k8s.io/coredns/coredns:" + parts.CoreDNS

// StorageClass is the default; volumes are directories of the node.
const (
	storageClass = "standard"
	provisioner  = "helm-wasm.dev/directory"
)

// manifests returns what every cluster has beside Kubernetes itself.
func manifests() string {
	registries := strings.Join(PublicRegistries, " ")
	return `apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata:
  name: ` + storageClass + `
  annotations: {storageclass.kubernetes.io/is-default-class: "true"}
provisioner: ` + provisioner + `
reclaimPolicy: Delete
volumeBindingMode: Immediate
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: apiserver-kubelet}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: "system:kubelet-api-admin"}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: apiserver-client}]
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: coredns, namespace: kube-system}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: "system:coredns"}
rules:
- {apiGroups: [""], resources: [endpoints, services, pods, namespaces], verbs: [list, watch]}
- {apiGroups: [discovery.k8s.io], resources: [endpointslices], verbs: [list, watch]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: "system:coredns"}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: "system:coredns"}
subjects: [{kind: ServiceAccount, name: coredns, namespace: kube-system}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: coredns, namespace: kube-system}
data:
  # Names outside the cluster do not exist, except for registries, which are
  # the cluster's own.
  Corefile: |
    cluster.local in-addr.arpa ip6.arpa {
        errors
        kubernetes cluster.local in-addr.arpa ip6.arpa {
          pods insecure
          ttl 5
        }
    }
    . {
        errors
        health :8080
        ready :8181
        template IN A ` + registries + ` {
          answer "{{ .Name }} 60 IN A ` + NodeIP + `"
        }
        template ANY ANY ` + registries + ` {
          rcode NOERROR
        }
        template ANY ANY {
          rcode NXDOMAIN
        }
    }
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: coredns, namespace: kube-system, labels: {k8s-app: kube-dns}}
spec:
  replicas: 1
  selector: {matchLabels: {k8s-app: kube-dns}}
  template:
    metadata: {labels: {k8s-app: kube-dns}}
    spec:
      serviceAccountName: coredns
      priorityClassName: system-cluster-critical
      dnsPolicy: Default
      containers:
      - name: coredns
        image: ` + CoreDNSImage + `
        args: [-conf, /etc/coredns/Corefile]
        ports: [{name: dns, containerPort: 53, protocol: UDP}, {name: dns-tcp, containerPort: 53, protocol: TCP}]
        readinessProbe: {httpGet: {path: /ready, port: 8181}, periodSeconds: 1}
        livenessProbe: {httpGet: {path: /health, port: 8080}, periodSeconds: 10, failureThreshold: 5}
        securityContext: {runAsUser: 0, allowPrivilegeEscalation: false, readOnlyRootFilesystem: true,
          capabilities: {drop: [ALL], add: [NET_BIND_SERVICE]}}
        volumeMounts: [{name: config, mountPath: /etc/coredns}]
      volumes: [{name: config, configMap: {name: coredns}}]
---
apiVersion: v1
kind: Service
metadata: {name: kube-dns, namespace: kube-system, labels: {k8s-app: kube-dns}}
spec:
  clusterIP: ` + dnsService + `
  selector: {k8s-app: kube-dns}
  ports: [{name: dns, port: 53, protocol: UDP}, {name: dns-tcp, port: 53, protocol: TCP}]
`
}

func kubectl(ctx context.Context, stdin string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, runState+"/bin/kubectl", append([]string{"--kubeconfig=" + pki("admin.conf")}, args...)...)
	cmd.Stdin = strings.NewReader(stdin)
	cmd.Env = []string{"PATH=" + searchPath, "HOME=/var/root"}
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		return out.String(), fmt.Errorf("running kubectl %s: %w: %s", strings.Join(args, " "), err, strings.TrimSpace(out.String()))
	}
	return out.String(), nil
}
