module github.com/helm-wasm/helm-wasm/wasm-plugins/functions/thumbnail

go 1.26.0

require github.com/extism/go-pdk v1.1.3
