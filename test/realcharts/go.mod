module github.com/helm-wasm/helm-wasm/test/realcharts

go 1.26.0

require (
	github.com/dapr/dapr v1.14.0
	istio.io/istio v0.0.0-20260827124520-eed52ebb66ad
)
