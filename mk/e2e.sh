#!/usr/bin/env bash
# e2e.sh: build, start a cluster, check the stack on it. The cluster is stopped at
# the end, also after a failure, except with KEEP=1 or for a person at a terminal,
# who may want to look at it (CI=true stops it there too).
set -euo pipefail
cd "$(dirname "$0")/.."
begin=$SECONDS

finish() {
  local code=$?
  if [ "${KEEP:-}" != 1 ] && { [ "${CI:-}" = true ] || ! [ -t 1 ]; }; then
    $CLUSTER down || code=1
  elif $CLUSTER status >/dev/null 2>&1; then
    echo "the cluster is still running: build/bin/cluster status says how to reach it, make cluster-down stops it"
  fi
  echo "make e2e: $([ "$code" = 0 ] && echo passed || echo FAILED) after $(((SECONDS - begin) / 60)) min $(((SECONDS - begin) % 60)) s"
  exit "$code"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# Each step is a line of the table that .ci/run prints.
mkdir -p build
table=$PWD/build/e2e-table
: >"$table"
record() { printf '%-18s %6s  %s\n' e2e "$2" "$1" >>"$table"; }

step() {
  local started=$SECONDS
  "$@" || {
    record "FAILED before: $last" $((SECONDS - started))
    return 1
  }
  echo "     $((SECONDS - started)) s: $last"
  record "$last" $((SECONDS - started))
}

last="plugins, functions and Helm built"
step make --no-print-directory cluster-program plugins functions helm
last="the cluster's parts are built"
step $CLUSTER build
# Someone who runs one requirement does not need to know whether clusters leave nothing behind.
if [ -z "$RUN" ]; then
  last="clusters start, and leave nothing when they stop"
  step make --no-print-directory test-cluster
fi
last="the cluster is up"
step $CLUSTER up
last="the project's images pushed"
step $CLUSTER images
cd test/cluster/e2e # go test without a package shows its output as it comes, -v also what failed
filter=()
if [ -n "$RUN" ]; then filter=(-run "TestStack/^(install|$RUN)\$"); fi
requirements() {
  E2E_CACHE=$CLUSTER_CACHE GOWORK=off "$GO" test -v -count=1 -timeout 60m "${filter[@]}" | grep --line-buffered -v '^ *=== '
}
last="the stack does what it promises"
step requirements
