// SPDX-License-Identifier: Apache-2.0

package contract

// HostConfig is the file (key host.yaml; Kafka is in kafka.yaml) that
// `wasm-runner host` reads: many functions that share a process.
type HostConfig struct {
	// Name of the host, as in the values.
	Name string `json:"name"`

	// Functions of the host. Kafka, logLevel and adminPort are the host's.
	Functions []HostFunction `json:"functions"`

	// MemoryBudget bounds what functions that are awake take together, machine
	// code and instances, as a quantity; empty derives it from the memory limit.
	MemoryBudget string `json:"memoryBudget,omitempty"`

	Kafka     RunnerKafka `json:"kafka"`
	LogLevel  string      `json:"logLevel,omitempty"`
	AdminPort int         `json:"adminPort"`
}

// HostFunction is a function of a host.
type HostFunction struct {
	RunnerConfig

	// Weight is the function's part of the workers' time, beside that of other
	// functions that have work; 0 is 1.
	Weight int `json:"weight,omitempty"`
}
