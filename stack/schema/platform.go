// SPDX-License-Identifier: Apache-2.0

package schema

// Runtime is a Wasm runtime that nodes offer through a RuntimeClass.
type Runtime struct {
	// Create the RuntimeClass when a function uses the runtime. Set it to false
	// when the cluster has it already (k3s has its own).
	Create *bool `json:"create,omitempty" default:"true"`

	// RuntimeClassName is the RuntimeClass; empty means
	// <namespace>.<release>.<runtime>, since RuntimeClasses are cluster-wide,
	// or the runtime's key if create is false.
	RuntimeClassName string `json:"runtimeClassName,omitempty" format:"name" default:"\"\""`

	// Handler is the name in the container runtime's configuration.
	Handler string `json:"handler,omitempty" example:"wasmtime"`

	// NodeSelector of nodes that have the handler. With nodeSetup.enabled it
	// defaults to the label that node setup gives to verified nodes.
	NodeSelector map[string]string `json:"nodeSelector,omitempty" keys:"labelKey" format:"labelValue"`

	// Tolerations that reach those nodes.
	Tolerations []any `json:"tolerations,omitempty" format:"mapping" open:"true"`

	// Overhead is what the runtime itself uses for each pod.
	Overhead map[string]Quantity `json:"overhead,omitempty" keys:"labelKey" format:"amount" example:"{memory: 16Mi}"`

	// PodAnnotations that the handler needs, as crun does.
	PodAnnotations map[string]string `json:"podAnnotations,omitempty" keys:"annotationKey"`
}

// Runner is the event loop's container.
type Runner struct {
	// Image of the runner.
	Image Image `json:"image,omitempty" default:"{repository: helm-wasm/wasm-runner}"`

	// LogLevel of the runner.
	LogLevel string `json:"logLevel,omitempty" enum:"debug,info,warn,error" default:"info"`

	// AdminPort serves /metrics, /healthz and /readyz.
	AdminPort int `json:"adminPort,omitempty" min:"1" max:"65535" default:"9464"`

	// Resources of the runner as a sidecar of a function that runs in its own
	// container. In-process functions use functions.<name>.resources.
	Resources Resources `json:"resources,omitempty" default:"{requests: {cpu: 50m, memory: 64Mi}, limits: {memory: 128Mi}}"`
}

// Scaler is KEDA's external-push scaler for this release: one process with one
// Kafka client for all functions and workloads with scaling.activation push.
// It runs the runner's image.
type Scaler struct {
	// Replicas of the scaler. One does the work; a second is there while a node
	// is drained. While there is none, replicas stay as they are.
	Replicas int `json:"replicas,omitempty" min:"1" default:"2"`

	// Port that KEDA calls, by gRPC.
	Port int `json:"port,omitempty" min:"1" max:"65535" default:"9466"`

	// TLS between KEDA and the scaler.
	TLS ScalerTLS `json:"tls,omitempty"`

	// Resources of the scaler.
	Resources Resources `json:"resources,omitempty" default:"{requests: {cpu: 20m, memory: 32Mi}, limits: {memory: 128Mi}}"`

	// ServiceAccount the scaler runs as.
	ServiceAccount ServiceAccount `json:"serviceAccount,omitempty"`

	// NodeSelector is a node's labels to require.
	NodeSelector map[string]string `json:"nodeSelector,omitempty" keys:"labelKey" format:"labelValue"`

	// Tolerations of taints.
	Tolerations []any `json:"tolerations,omitempty" format:"mapping" open:"true"`

	// Affinity as in Kubernetes.
	Affinity map[string]any `json:"affinity,omitempty" open:"true"`

	// PriorityClassName of the scaler's pods.
	PriorityClassName string `json:"priorityClassName,omitempty" format:"name" default:"\"\""`
}

// ScalerTLS names Secrets with the keys tls.crt, tls.key and ca.crt, as
// cert-manager writes them. Without them KEDA and the scaler speak plain gRPC.
type ScalerTLS struct {
	// SecretName is the scaler's certificate, for the host name
	// <release>-scaler.<namespace>.svc, and the authority that signed it.
	SecretName string `json:"secretName,omitempty" format:"name" default:"\"\""`

	// ClientSecretName is the certificate that KEDA shows, signed by the same
	// authority; empty means that it shows none.
	ClientSecretName string `json:"clientSecretName,omitempty" format:"name" default:"\"\""`
}

// NodeSetup installs Wasm shims on nodes with a privileged DaemonSet.
type NodeSetup struct {
	// Enabled runs the DaemonSet.
	Enabled bool `json:"enabled,omitempty" default:"false"`

	// Image of the installer.
	Image Image `json:"image,omitempty" default:"{repository: helm-wasm/wasm-node-setup}"`

	// Runtimes to install, by the key in `runtimes`. Empty means every
	// runtime that a function uses.
	Runtimes map[string]NodeRuntime `json:"runtimes,omitempty"`

	// NodeSelector of nodes to set up.
	NodeSelector map[string]string `json:"nodeSelector,omitempty" keys:"labelKey" format:"labelValue" default:"{kubernetes.io/os: linux}"`

	// Tolerations to reach them.
	Tolerations []any `json:"tolerations,omitempty" format:"mapping" open:"true"`

	// PriorityClassName of the installer's pods. With a system class outside
	// kube-system, the chart adds the ResourceQuota that GKE requires.
	PriorityClassName string `json:"priorityClassName,omitempty" format:"name" default:"system-node-critical"`

	// Remove undoes node setup on the nodes: set it before enabled: false and
	// before `helm uninstall`, which leave nodes as they are.
	Remove bool `json:"remove,omitempty" default:"false"`

	// RestartTimeout is how long the nodes' container runtime may take to come
	// back after its restart before the change is rolled back.
	RestartTimeout string `json:"restartTimeout,omitempty" format:"duration" default:"90s"`

	// Node is for nodes whose container runtime is not where one of the known
	// distributions has it; it applies to all nodes of nodeSelector.
	Node NodeLayout `json:"node,omitempty"`
}

// NodeLayout says where a node has its container runtime. What is empty is
// detected.
type NodeLayout struct {
	// Config is the file that node setup changes.
	Config string `json:"config,omitempty" example:"/srv/containerd/config.toml"`

	// Main is the file that the container runtime reads, if that is not
	// config.
	Main string `json:"main,omitempty"`

	// Form of config: TOML (file), a separate file that main includes
	// (drop-in), a Go template of TOML (template), or CRI-O's drop-in (crio).
	Form string `json:"form,omitempty" enum:"file,drop-in,template,crio"`

	// Socket of the Container Runtime Interface.
	Socket string `json:"socket,omitempty" example:"/srv/containerd/containerd.sock"`

	// Containerd is the program that checks a new configuration, with its arguments.
	Containerd []string `json:"containerd,omitempty" example:"[/srv/containerd/bin/containerd]"`

	// Restart is the command that restarts the container runtime.
	Restart []string `json:"restart,omitempty" example:"[systemctl, restart, my-containerd]"`
}

// NodeRuntime says where a shim's binary comes from: one of url, image and
// path; sha256 alone for the newest release that is known; nothing for a
// program that the node has in a usual place.
type NodeRuntime struct {
	// URL of the binary or archive, by architecture.
	URL map[string]string `json:"url,omitempty" example:"{amd64: https://...}"`

	// SHA256 of the download, by architecture; mandatory with url.
	SHA256 map[string]string `json:"sha256,omitempty"`

	// Image is an OCI image that contains the binary, by digest.
	Image string `json:"image,omitempty" format:"image"`

	// Path of a binary that is on the node already.
	Path string `json:"path,omitempty"`

	// Binary is the program's file name, for a runtime of your own whose shim
	// is not called containerd-shim-HANDLER-v1.
	Binary string `json:"binary,omitempty" example:"containerd-shim-mine-v1"`

	// Try says what must work before a node counts as ready: a container that
	// runs WebAssembly, a pod sandbox, or nothing more than the handler (none).
	Try string `json:"try,omitempty" enum:"wasm,sandbox,none"`
}

// NetworkPolicy limits traffic of functions and bundled Kafka.
type NetworkPolicy struct {
	// Enabled renders NetworkPolicies: functions may reach DNS, Kafka, their
	// modules' registries and what egress allows; only this release, KEDA and
	// pods with the label helm-wasm.dev/kafka-client=true reach bundled Kafka.
	Enabled bool `json:"enabled,omitempty" default:"false"`

	// Egress are further rules for functions, as in Kubernetes.
	Egress []any `json:"egress,omitempty" format:"mapping" open:"true"`

	// KedaNamespace is where KEDA's operator runs; empty means the release's.
	KedaNamespace string `json:"kedaNamespace,omitempty" format:"name" default:"\"\""`
}

// Monitoring adds objects for monitoring systems.
type Monitoring struct {
	// PodMonitor for the Prometheus operator.
	PodMonitor PodMonitor `json:"podMonitor,omitempty"`

	// Alerts are a PrometheusRule.
	Alerts Alerts `json:"alerts,omitempty"`

	// Dashboard is a ConfigMap that Grafana's sidecar loads.
	Dashboard Dashboard `json:"dashboard,omitempty"`
}

// PodMonitor is a monitoring.coreos.com/v1 PodMonitor.
type PodMonitor struct {
	// Enabled renders it.
	Enabled bool `json:"enabled,omitempty" default:"false"`

	// Interval between scrapes.
	Interval string `json:"interval,omitempty" format:"duration" default:"30s"`

	// Labels by which Prometheus selects it.
	Labels map[string]string `json:"labels,omitempty" keys:"labelKey" format:"labelValue"`
}

// Alerts is a monitoring.coreos.com/v1 PrometheusRule.
type Alerts struct {
	// Enabled renders it.
	Enabled bool `json:"enabled,omitempty" default:"false"`

	// Labels by which Prometheus selects it.
	Labels map[string]string `json:"labels,omitempty" keys:"labelKey" format:"labelValue"`
}

// Dashboard is a Grafana dashboard in a ConfigMap.
type Dashboard struct {
	// Enabled renders it.
	Enabled bool `json:"enabled,omitempty" default:"false"`

	// Labels by which Grafana's sidecar finds it.
	Labels map[string]string `json:"labels,omitempty" keys:"labelKey" format:"labelValue" default:"{grafana_dashboard: \"1\"}"`

	// Annotations of the ConfigMap, such as the folder.
	Annotations map[string]string `json:"annotations,omitempty" keys:"annotationKey"`
}
