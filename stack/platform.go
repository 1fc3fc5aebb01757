// SPDX-License-Identifier: Apache-2.0

package stack

// Runtime is a Wasm runtime that nodes offer through a RuntimeClass.
type Runtime struct {
	// Create the RuntimeClass when a function uses the runtime. False when
	// the cluster has it (k3s brings its own).
	Create *bool `json:"create,omitempty" default:"true"`

	// RuntimeClassName is the RuntimeClass; empty means
	// <namespace>.<release>.<runtime>, since RuntimeClasses are cluster-wide,
	// or the runtime's key where create is false.
	RuntimeClassName string `json:"runtimeClassName,omitempty" format:"name" default:"\"\""`

	// Handler is the name in the container runtime's configuration.
	Handler string `json:"handler,omitempty" example:"wasmtime"`

	// NodeSelector of nodes that have the handler. With nodeSetup.enabled it
	// defaults to the label that node setup gives to verified nodes.
	NodeSelector map[string]string `json:"nodeSelector,omitempty"`

	// Tolerations that reach those nodes.
	Tolerations []any `json:"tolerations,omitempty" format:"mapping" open:"true"`

	// Overhead is the runtime's own use for each pod.
	Overhead map[string]Quantity `json:"overhead,omitempty" format:"quantity" example:"{memory: 16Mi}"`

	// PodAnnotations that the handler needs, as crun does.
	PodAnnotations map[string]string `json:"podAnnotations,omitempty"`
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

// NodeSetup installs Wasm shims on nodes by a privileged DaemonSet.
type NodeSetup struct {
	// Enabled runs the DaemonSet.
	Enabled bool `json:"enabled,omitempty" default:"false"`

	// Image of the installer.
	Image Image `json:"image,omitempty" default:"{repository: helm-wasm/wasm-node-setup}"`

	// Runtimes to install, by the key in `runtimes`. Empty means every
	// runtime that a function uses.
	Runtimes map[string]NodeRuntime `json:"runtimes,omitempty"`

	// NodeSelector of nodes to set up.
	NodeSelector map[string]string `json:"nodeSelector,omitempty" default:"{kubernetes.io/os: linux}"`

	// Tolerations to reach them.
	Tolerations []any `json:"tolerations,omitempty" format:"mapping" open:"true"`
}

// NodeRuntime says where a shim's binary comes from. Give one of url, image and path.
type NodeRuntime struct {
	// URL of the binary or archive, by architecture.
	URL map[string]string `json:"url,omitempty" example:"{amd64: https://...}"`

	// SHA256 of what url names, by architecture; mandatory with url.
	SHA256 map[string]string `json:"sha256,omitempty"`

	// Image is an OCI image that holds the binary, by digest.
	Image string `json:"image,omitempty" format:"image"`

	// Path of a binary that is on the node already.
	Path string `json:"path,omitempty"`
}

// NetworkPolicy limits traffic of functions and bundled Kafka.
type NetworkPolicy struct {
	// Enabled renders NetworkPolicies: functions may reach DNS, Kafka, their
	// modules' registries and what egress says; only this release, KEDA and
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
	Labels map[string]string `json:"labels,omitempty"`
}

// Alerts is a monitoring.coreos.com/v1 PrometheusRule.
type Alerts struct {
	// Enabled renders it.
	Enabled bool `json:"enabled,omitempty" default:"false"`

	// Labels by which Prometheus selects it.
	Labels map[string]string `json:"labels,omitempty"`
}

// Dashboard is a Grafana dashboard in a ConfigMap.
type Dashboard struct {
	// Enabled renders it.
	Enabled bool `json:"enabled,omitempty" default:"false"`

	// Labels by which Grafana's sidecar finds it.
	Labels map[string]string `json:"labels,omitempty" default:"{grafana_dashboard: \"1\"}"`

	// Annotations of the ConfigMap, such as the folder.
	Annotations map[string]string `json:"annotations,omitempty"`
}
