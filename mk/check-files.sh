#!/usr/bin/env bash
# check-files.sh: the rules for files that a script can check. LENGTHS=warn reports
# long lines and files without failing.
set -euo pipefail
bad=0
complain() {
  echo "$1:"
  printf '%s\n' "$2" | sed 's/^/  /' | sed -n 1,20p
  bad=1
}
files() { git ls-files -z -co --exclude-standard -- "$@"; }

big=$(files | xargs -0 -r -I{} sh -c 'if [ -f "{}" ] && [ "$(stat -c %s "{}")" -gt 1000000 ]; then echo "{}"; fi')
if [ -n "$big" ]; then complain "files over 1 MB" "$big"; fi

built=$(git ls-files -- '*.wasm' '*.tgz' '*.tar' '*.gz' '*.jar' '*.so' '*.a')
if [ -n "$built" ]; then complain "built files are committed" "$built"; fi

# Hosts of package registries say how one machine was set up, not what the
# project needs. They are spelled in ROT13 so that this file passes.
hosts=$(tr 'a-z' 'n-za-m' <<'HOSTS'
cebkl.tbynat.bet
fhz.tbynat.bet
ertvfgel.aczwf.bet
clcv.bet
svyrf.clgubaubfgrq.bet
fgngvp.pengrf.vb
vaqrk.pengrf.vb
ercb1.znira.bet
ercb.znira.ncnpur.bet
qro.qrovna.bet
frphevgl.qrovna.bet
HOSTS
)
words=$(files ':!*go.sum' | xargs -0 -r grep -nIF "$hosts" /dev/null | cut -c1-160 || true)
if [ -n "$words" ]; then complain "hosts of package registries" "$words"; fi

here=$(files ':!*go.sum' | xargs -0 -r grep -nIF -e "$PWD/" -e "${HOME:-/nonexistent}/" /dev/null | cut -c1-160 || true)
if [ -n "$here" ]; then complain "paths of this machine" "$here"; fi

unlicensed=$(files '*.go' | xargs -0 -r grep -L '^// SPDX-License-Identifier: Apache-2.0' || true)
if [ -n "$unlicensed" ]; then complain "Go files without a licence line" "$unlicensed"; fi

# The version is in internal/version; these must repeat it.
version=$(sed -n 's/^const Version = "\(.*\)"/\1/p' internal/version/version.go)
for file in plugin.yaml wasm-plugins/*/plugin.yaml charts/wasm-keda-stack/Chart.yaml; do
  if [ -f "$file" ] && ! grep -qx "version: \"\\?$version\"\\?" "$file"; then
    complain "version is not $version" "$file"
  fi
done

# A suite that make test does not run would be forgotten. These run otherwise:
# test-full is make test, test-cluster is part of make e2e, and test-go has all of
# test-runner.
stages=$(sed -n '/^STAGES := /,/[^\\]$/p' Makefile | tr -s ' =\\' '\n')
for suite in $(sed -n 's/^\(test-[a-z-]*\):.*/\1/p' mk/*.mk | sort -u); do
  case $suite in test-full | test-cluster | test-runner) continue ;; esac
  if ! grep -qx "$suite" <<<"$stages"; then complain "not among the stages of make test (Makefile)" "$suite"; fi
done

# Lengths. Generated files and test data are as long as they must be, and a struct
# tag cannot be broken, nor can a long literal in a test.
lengths=${LENGTHS:-fail}
code() { files "$@" ':!*zz_generated*' ':!*testdata*'; }
long_lines=$(code '*.go' '*.sh' '*.mk' Makefile .ci/run |
  xargs -0 -r awk '
    # literal: a line of a test with a text that cannot be broken
    function literal(line, n, i, parts) {
      if (FILENAME !~ /_test\./) return 0
      n = split(line, parts, /["`'"'"']/)
      for (i = 1; i <= n; i++) if (length(parts[i]) >= 90) return 1
      return 0
    }
    {line = $0; gsub(/\t/, "    ", line)}
    length(line) > 140 && line !~ /`json:"/ && !literal(line) {print FILENAME ":" FNR ": " length(line)}
  ')
long_files=$(code '*.go' | xargs -0 -r awk 'FNR == 351 {print FILENAME}')
for check in long_lines long_files; do
  if [ -z "${!check}" ]; then continue; fi
  before=$bad
  case $check in
    long_lines) complain "$(wc -l <<<"$long_lines") lines of code over 140 characters" "$long_lines" ;;
    long_files) complain "Go files over 350 lines" "$long_files" ;;
  esac
  if [ "$lengths" = warn ]; then bad=$before; fi
done

if [ "$bad" -ne 0 ]; then exit 1; fi
echo "files, words and versions are fine"
