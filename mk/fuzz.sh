#!/usr/bin/env bash
# fuzz.sh TIME [NAME]: run every Fuzz function of every module for TIME, or the
# one called NAME.
set -euo pipefail
time=$1 only=${2:-}
count=0
while IFS=: read -r file _ line; do
  name=${line#func }
  name=${name%%(*}
  if [ -n "$only" ] && [ "$name" != "$only" ]; then continue; fi
  echo "fuzzing ${file%/*} $name for $time"
  if ! out=$(cd "${file%/*}" && go test -run '^$' -fuzz "^$name\$" -fuzztime "$time" . 2>&1); then
    echo "$out"
    exit 1
  fi
  count=$((count + 1))
done < <(git ls-files -co --exclude-standard '*_test.go' | xargs grep -n '^func Fuzz' /dev/null)
if [ "$count" -eq 0 ]; then
  echo "no Fuzz function${only:+ called $only}"
  exit 1
fi
echo "$count parsers fuzzed for $time each"
