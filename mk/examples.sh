#!/usr/bin/env bash
# examples.sh: builds the examples that come with the SDKs of the ABIs, from the SDKs'
# own files, into build/examples. The tests run them unchanged.
set -euo pipefail
root=$PWD
out=$root/build/examples
work=$root/build/examples/src
rm -rf "$work"
mkdir -p "$work"

echo "building the Go SDK's example transforms"
functions=$root/wasm-plugins/functions
sdk=$(cd "$functions/enrich-orders" && ${GO:-go} list -m -f '{{.Dir}}' github.com/redpanda-data/redpanda/src/transform-sdk/go/transform)
if [ -z "$sdk" ]; then
  (cd "$functions/enrich-orders" && ${GO:-go} mod download)
  sdk=$(cd "$functions/enrich-orders" && ${GO:-go} list -m -f '{{.Dir}}' github.com/redpanda-data/redpanda/src/transform-sdk/go/transform)
fi
for file in "$sdk"/example_*_test.go; do
  name=$(basename "$file" _test.go)
  dir=$work/go-$name
  mkdir -p "$dir"
  # They are written as documentation: package transform_test, run by Example_x.
  sed 's/^package transform_test$/package main/' "$file" > "$dir/example.go"
  entry=$(sed -n 's/^func \(Example_[A-Za-z]*\)() {$/\1/p' "$file")
  printf 'package main\n\nfunc main() { %s() }\n' "$entry" > "$dir/main.go"
  sed 's/^module .*/module example/' "$functions/enrich-orders/go.mod" > "$dir/go.mod"
  cp "$functions/enrich-orders/go.sum" "$dir/go.sum"
  (cd "$dir" && GOOS=wasip1 GOARCH=wasm ${GO:-go} build -ldflags '-s -w' -o "$out/go-${name#example_}.wasm" .)
done

echo "building the Go PDK's example plugin"
pdk=$(cd "$functions/thumbnail" && ${GO:-go} list -m -f '{{.Dir}}' github.com/extism/go-pdk)
dir=$work/extism-countvowels
mkdir -p "$dir"
# The file for standard Go; the others require TinyGo.
cp "$pdk/example/countvowels/std_main.go" "$dir/main.go"
chmod u+w "$dir/main.go"
sed 's/^module .*/module example/' "$functions/thumbnail/go.mod" > "$dir/go.mod"
cp "$functions/thumbnail/go.sum" "$dir/go.sum"
(cd "$dir" && GOOS=wasip1 GOARCH=wasm ${GO:-go} build -tags std -ldflags '-s -w' -o "$out/extism-countvowels.wasm" .)

echo "building the Rust SDK's example transforms (about a minute)"
dir=$work/rust
mkdir -p "$dir/examples"
cp test/engines/testdata/rust-examples/Cargo.* "$dir/"
(cd "$dir" && touch examples/{identity,identity_logging,tee,transcoder,validation_filter}.rs &&
  ${CARGO:-cargo} vendor --quiet --locked vendor > /dev/null)
cp "$dir"/vendor/redpanda-transform-sdk/examples/*.rs "$dir/examples/"
(cd "$dir" && env -u RUSTUP_TOOLCHAIN RUSTC="$WASM_RUSTC" CARGO_TARGET_DIR="$root/build/rust/examples" \
  "$WASM_CARGO" build --quiet --release --offline --locked --ignore-rust-version --target "$WASM_RUST_TARGET" \
  --config 'source.crates-io.replace-with="vendored"' --config "source.vendored.directory=\"$dir/vendor\"")
for file in "$root/build/rust/examples/$WASM_RUST_TARGET"/release/*.wasm; do
  cp "$file" "$out/rust-$(basename "$file")"
done
