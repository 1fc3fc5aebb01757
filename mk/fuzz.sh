#!/usr/bin/env bash
# fuzz.sh TIME [NAME]: run every Fuzz function of every module for TIME, or only
# the one called NAME. What one finds is kept as a seed, which plain go test runs.
set -euo pipefail
time=$1 only=${2:-}
count=0

# fuzz DIR NAME puts the output into $out.
fuzz() { out=$(cd "$1" && go test -run '^$' -fuzz "^$2\$" -fuzztime "$time" . 2>&1); }

# Go sometimes takes the end of the time for a failure of the target: its
# coordinator may see the deadline before the context of the workers does
# (golang/go#75804). Then nothing was found, and no input is written.
time_was_up() {
  grep -A1 "^--- FAIL: $1 " <<<"$out" | grep -qx ' *context deadline exceeded' &&
    ! grep -q 'Failing input written' <<<"$out"
}

attempt() {
  fuzz "$1" "$2" || {
    time_was_up "$2" && echo "the time ran out without a finding (golang/go#75804): once more" && fuzz "$1" "$2"
  }
}

while IFS=: read -r file _ line; do
  name=${line#func }
  name=${name%%(*}
  if [ -n "$only" ] && [ "$name" != "$only" ]; then continue; fi
  echo "fuzzing ${file%/*} $name for $time"
  if ! attempt "${file%/*}" "$name"; then
    echo "$out"
    echo "the input is kept below ${file%/*}/testdata/fuzz/$name: commit it with the fix"
    exit 1
  fi
  count=$((count + 1))
done < <(git ls-files -co --exclude-standard '*_test.go' | xargs grep -n '^func Fuzz' /dev/null)
if [ "$count" -eq 0 ]; then
  echo "no Fuzz function${only:+ called $only}"
  exit 1
fi
echo "$count targets fuzzed for $time each"
