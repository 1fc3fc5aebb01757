#!/usr/bin/env bash
# demo.sh DIR: install the plugins into a private Helm home in DIR and do what
# a newcomer would: init, lint, render, and the whole stack from wasm://.
set -euo pipefail
dir=$1
mkdir -p "$dir"
export HELM_DATA_HOME=$dir/home/data HELM_CACHE_HOME=$dir/home/cache HELM_CONFIG_HOME=$dir/home/config
root=$PWD
helm() { "$HELM" "$@"; }

step=0
say() {
  step=$((step + 1))
  printf '\n%s. %s\n' "$step" "$1"
}
# try COMMAND [WHERE]: show the command as a person would type it, run it, time it.
try() {
  printf '   $ %s\n' "$1"
  local start=$EPOCHREALTIME
  (cd "${2:-$dir}" && eval "$1")
  local end=$EPOCHREALTIME
  printf '   (%s.%02d s)\n' "$(((${end/./} - ${start/./}) / 1000000))" "$(((${end/./} - ${start/./}) / 10000 % 100))"
}
# kinds FILE: how many objects of which kind a manifest holds.
kinds() { sed -n 's/^kind: //p' "$1" | tr -d '"' | sort | uniq -c | sort -k1,1nr -k2 | awk '{printf "%s%s %s", sep, $1, $2; sep = ", "}'; }
objects() { grep -c '^kind: ' "$1"; }

echo "helm-wasm demo: WebAssembly functions on Kubernetes, fed by Kafka, scaled by KEDA"

say "Install the plugins (the first run compiles them, a few seconds each)"
rm -rf "$HELM_DATA_HOME/plugins"
try "helm plugin install ." "$root"
try "helm plugin install wasm-plugins/getter" "$root"
try "helm plugin install wasm-plugins/post-renderer" "$root"
try "helm wasm version"

say "Write a starter, and lint it"
try "helm wasm init > stack.yaml"
try "helm wasm lint < stack.yaml"

say "Make two mistakes, and see them named"
sed -e 's/lagThreshold:/lagTreshold:/' -e 's/maxReplicas: .*/maxReplicas: many/' "$dir/stack.yaml" > "$dir/mistakes.yaml"
try "helm wasm lint < mistakes.yaml || true"

say "Render the functions in Helm's sandbox"
try "helm wasm render --release shop < stack.yaml > functions.yaml"
echo "   $(objects "$dir/functions.yaml") objects: $(kinds "$dir/functions.yaml")"

say "Render the whole stack, KEDA and Kafka included, with the chart from inside the plugin"
try "helm template shop wasm://charts/stack -f stack.yaml > everything.yaml"
echo "   $(objects "$dir/everything.yaml") objects: $(kinds "$dir/everything.yaml")"

say "Scale a Deployment of somebody else's chart, by its pod annotations"
rm -rf "$dir/billing"
try "helm create billing > /dev/null"
cat > "$dir/scaling.yaml" <<'END'
podAnnotations:
  helm-wasm.dev/source.topic: orders
  helm-wasm.dev/source.consumerGroup: billing
  helm-wasm.dev/kafka.bootstrapServers: kafka:9092
END
try "helm template shop ./billing -f scaling.yaml --post-renderer wasm-post-renderer > billing.yaml"
echo "   $(objects "$dir/billing.yaml") objects: $(kinds "$dir/billing.yaml")"

cat <<END

What was made, in ${dir#"$root"/}
  stack.yaml        the values: $(wc -l < "$dir/stack.yaml") lines
  functions.yaml    the functions alone: $(objects "$dir/functions.yaml") objects
  everything.yaml   the whole stack: $(objects "$dir/everything.yaml") objects, $(wc -l < "$dir/everything.yaml") lines

What to type next
  helm plugin install .                      install the plugins into your own Helm
  helm plugin install wasm-plugins/getter
  helm plugin install wasm-plugins/post-renderer
  helm wasm help                             all commands
  helm wasm explain functions.scaling        what a field means
  helm install shop wasm://charts/stack -f ${dir#"$root"/}/stack.yaml --wait
                                             on a cluster: KEDA, Kafka, topics and functions
END
