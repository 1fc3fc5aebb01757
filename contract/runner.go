// SPDX-License-Identifier: Apache-2.0

package contract

import (
	"github.com/helm-wasm/helm-wasm/stack/schema"
)

// RunnerConfig is the file that the chart renders into a function's ConfigMap
// (key runner.yaml; Kafka is in kafka.yaml) and that wasm-runner reads. Its fields
// mean what those of Function do; credentials are never in it.
type RunnerConfig struct {
	// Name of the function, as in the values.
	Name string `json:"name"`

	// Module is where the code is: an image reference, or a file.
	Module RunnerModule `json:"module"`

	ABI      string            `json:"abi"`
	Source   schema.Source     `json:"source"`
	Sink     schema.Sink       `json:"sink,omitempty"`
	Delivery string            `json:"delivery"`
	OnError  schema.OnError    `json:"onError"`
	Config   map[string]string `json:"config,omitempty"`
	Limits   schema.Limits     `json:"limits"`
	HTTP     *schema.HTTP      `json:"http,omitempty"`
	Kafka    RunnerKafka       `json:"kafka"`
	LogLevel string            `json:"logLevel,omitempty"`

	// AdminPort serves /metrics, /healthz and /readyz.
	AdminPort int `json:"adminPort"`
}

// RunnerModule says where the runner finds the module. Empty for ABI http.
type RunnerModule struct {
	Image    string `json:"image,omitempty"`
	Path     string `json:"path,omitempty"`
	Function string `json:"function,omitempty"`
}

// RunnerKafka is how the runner reaches the brokers. With sasl.mechanism
// plain, scram-* or oauthbearer the credentials are in the environment
// variables KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD.
type RunnerKafka struct {
	BootstrapServers []string       `json:"bootstrapServers"`
	TLS              RunnerKafkaTLS `json:"tls,omitempty"`
	SASL             RunnerSASL     `json:"sasl,omitempty"`
}

// RunnerKafkaTLS names PEM files that are mounted from Secrets.
type RunnerKafkaTLS struct {
	Enabled            bool   `json:"enabled,omitempty"`
	CAFile             string `json:"caFile,omitempty"`
	CertFile           string `json:"certFile,omitempty"`
	KeyFile            string `json:"keyFile,omitempty"`
	InsecureSkipVerify bool   `json:"insecureSkipVerify,omitempty"`
}

// RunnerSASL is the mechanism without its secrets.
type RunnerSASL struct {
	Mechanism string            `json:"mechanism,omitempty"`
	OAuth     schema.KafkaOAuth `json:"oauth,omitempty"`
	AWSRegion string            `json:"awsRegion,omitempty"`
}
