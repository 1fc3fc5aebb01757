// SPDX-License-Identifier: Apache-2.0

package contract

// ScalerConfig is the file (keys scaler.yaml and kafka.yaml) that `wasm-runner
// scaler` reads. What to scale is not in it: KEDA says so with each call.
type ScalerConfig struct {
	// Port serves KEDA's externalscaler.ExternalScaler, by gRPC.
	Port int `json:"port"`

	// AdminPort serves /metrics, /healthz and /readyz.
	AdminPort int `json:"adminPort"`

	LogLevel string      `json:"logLevel,omitempty"`
	TLS      ScalerTLS   `json:"tls,omitempty"`
	Kafka    RunnerKafka `json:"kafka"`
}

// ScalerTLS names PEM files that are mounted from Secrets. Without them the
// scaler speaks plain gRPC.
type ScalerTLS struct {
	CertFile string `json:"certFile,omitempty"`
	KeyFile  string `json:"keyFile,omitempty"`

	// ClientCAFile signs the certificates that clients must show.
	ClientCAFile string `json:"clientCAFile,omitempty"`
}
