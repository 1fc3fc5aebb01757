module github.com/helm-wasm/helm-wasm/wasm-plugins/functions/enrich-orders

go 1.26.0

require github.com/redpanda-data/redpanda/src/transform-sdk/go/transform v1.1.0
