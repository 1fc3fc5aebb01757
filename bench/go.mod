module github.com/helm-wasm/helm-wasm/bench

go 1.26.0

require github.com/helm-wasm/helm-wasm v0.0.0

replace github.com/helm-wasm/helm-wasm => ../
