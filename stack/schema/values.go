// SPDX-License-Identifier: Apache-2.0

package schema

// Values is everything that the chart reads. Maps are keyed by name, so that
// several values files and --set merge entry by entry.
type Values struct {
	// Functions are the WebAssembly functions to run, by name. Each becomes its
	// own Deployment and ScaledObject, so that it scales independently.
	Functions map[string]Function `json:"functions,omitempty" keys:"label"`

	// Hosts are pods for many functions, by name: functions with `host: NAME` run
	// there instead of in a Deployment of their own.
	Hosts map[string]Host `json:"hosts,omitempty" keys:"label"`

	// Defaults are merged under every function.
	Defaults Function `json:"defaults,omitempty"`

	// Workloads are Deployments (or other scalable objects) that exist
	// already and get a ScaledObject from the same `source` and `scaling`.
	Workloads map[string]Workload `json:"workloads,omitempty" keys:"label"`

	// Kafka says where events come from and go to.
	Kafka Kafka `json:"kafka,omitempty"`

	// Runtimes are the Wasm runtimes that functions may name in `runtime`, in
	// addition to the in-process `wazero`. Each is a RuntimeClass.
	Runtimes map[string]Runtime `json:"runtimes,omitempty" keys:"label" default:"file:runtimes.yaml"`

	// NodeSetup installs Wasm shims on nodes. It is the only privileged part.
	NodeSetup NodeSetup `json:"nodeSetup,omitempty"`

	// Runner is the event loop that runs functions in-process, or beside
	// them when they run under a RuntimeClass.
	Runner Runner `json:"runner,omitempty"`

	// Scaler watches Kafka for KEDA. It runs when a function or workload has
	// scaling.activation push.
	Scaler Scaler `json:"scaler,omitempty"`

	// NetworkPolicy limits who talks to functions and Kafka.
	NetworkPolicy NetworkPolicy `json:"networkPolicy,omitempty"`

	// Monitoring adds objects for the Prometheus operator and Grafana.
	Monitoring Monitoring `json:"monitoring,omitempty"`

	// Keda is passed to the official KEDA chart, a subchart; set `enabled: false`
	// if the cluster has KEDA already. The KEDA chart documents its other keys.
	Keda Keda `json:"keda,omitempty" open:"true"`

	// KedaCRDs is the subchart that installs KEDA's CustomResourceDefinitions
	// before everything else. It follows keda.enabled unless set here.
	KedaCRDs KedaCRDs `json:"keda-crds,omitempty" open:"true"`

	// Global is shared with subcharts, as in any Helm chart.
	Global Global `json:"global,omitempty" open:"true"`

	// NameOverride replaces the chart's name in labels.
	NameOverride string `json:"nameOverride,omitempty" default:"\"\""`

	// FullnameOverride replaces the release name as the prefix of every
	// object's name.
	FullnameOverride string `json:"fullnameOverride,omitempty" format:"name" default:"\"\""`

	// CommonLabels are put on every object (never on selectors).
	CommonLabels map[string]string `json:"commonLabels,omitempty" keys:"labelKey" format:"labelValue"`

	// ExtraObjects are manifests that the chart adds as they are, by a name
	// of your choice.
	ExtraObjects map[string]any `json:"extraObjects,omitempty" format:"mapping" open:"true"`

	// Enabled is for a chart that has this one as a dependency with
	// `condition: <alias>.enabled`; it changes nothing here.
	Enabled *bool `json:"enabled,omitempty"`
}

// Global is shared with the subcharts.
type Global struct {
	// ImageRegistry replaces the registry host of every image of this chart,
	// for mirrors: ghcr.io/helm-wasm/x becomes <imageRegistry>/helm-wasm/x.
	// KEDA's images have their own setting: set global.image.registry too.
	ImageRegistry string `json:"imageRegistry,omitempty" default:"\"\"" example:"mirror.example.com"`

	// ImagePullSecrets names Secrets of type kubernetes.io/dockerconfigjson
	// for the pods' images and for modules in OCI registries. KEDA's pods have
	// their own setting: set keda.imagePullSecrets too.
	ImagePullSecrets []string `json:"imagePullSecrets,omitempty" format:"name"`
}

// Keda configures the KEDA subchart.
type Keda struct {
	// Enabled installs KEDA with this release. A cluster has only one KEDA: set
	// this to false if it is there already.
	Enabled bool `json:"enabled,omitempty" default:"true"`

	// CRDs keeps the KEDA chart from templating its CRDs: a release cannot have
	// both CRDs in templates and objects of their kinds. Leave `install: false`.
	CRDs KedaChartCRDs `json:"crds,omitempty" open:"true"`
}

// KedaChartCRDs is the KEDA chart's own `crds` section.
type KedaChartCRDs struct {
	// Install templates the CRDs in the KEDA subchart. Leave it false.
	Install bool `json:"install,omitempty" default:"false"`
}

// KedaCRDs configures the keda-crds subchart.
type KedaCRDs struct {
	// Enabled installs KEDA's CRDs; unset means the same as keda.enabled.
	Enabled *bool `json:"enabled,omitempty"`
}

// Image names one of the chart's own container images.
type Image struct {
	// Registry is the registry host; global.imageRegistry wins over it.
	Registry string `json:"registry,omitempty" default:"ghcr.io"`

	// Repository is the path of the image in the registry.
	Repository string `json:"repository,omitempty"`

	// Tag of the image. Empty means the chart's appVersion.
	Tag string `json:"tag,omitempty" default:"\"\""`

	// Digest pins the image (sha256:...) and wins over the tag.
	Digest string `json:"digest,omitempty" default:"\"\""`

	// PullPolicy is the container's imagePullPolicy.
	PullPolicy string `json:"pullPolicy,omitempty" enum:"Always,IfNotPresent,Never" default:"IfNotPresent"`
}

// Resources are a container's requests and limits.
type Resources struct {
	// Requests are what the scheduler reserves, by resource name.
	Requests map[string]Quantity `json:"requests,omitempty" keys:"labelKey" format:"amount"`

	// Limits are what the container may use at most, by resource name.
	Limits map[string]Quantity `json:"limits,omitempty" keys:"labelKey" format:"amount"`
}

// Quantity is a Kubernetes resource quantity: a number or a string such as
// "64Mi" or "250m".
type Quantity string
