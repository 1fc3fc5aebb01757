#!/usr/bin/env bash
# outdated.sh TOOL@VERSION...: list what has a newer version, by the place where the
# version is written: the go.mod files, the Cargo.toml files, and the variables
# and constants that name tools. It changes nothing.
set -uo pipefail
cd "$(dirname "$0")/.."
GO=${GO:-go}
root=$PWD

# modules MODULE...: one line for each that has a newer version, or that
# the proxy does not list.
modules() {
  local format='{{if .Replace}}{{else if .Update}}  {{.Path}} {{.Version}} -> {{.Update.Version}}'
  format+='{{else if .Error}}  {{.Path}} {{.Version}}: its versions are not listed{{end}}'
  "$GO" list -m -u -e -f "$format" "$@" 2>/dev/null | grep .
}

compare() { # compare NAME OURS NEWEST
  if [ -n "$3" ] && [ "$2" != "$3" ]; then echo "  $1 $2 -> $3"; fi
}

git ls-files '*go.mod' | while read -r file; do
  echo "$file"
  (
    cd "$(dirname "$file")" || exit
    # The direct requirements; their own dependencies follow them.
    required=$(awk '/^require/ {block = /\($/; if (!block) print $2; next} /^\)/ {block = 0} block && !/\/\/ indirect/ {print $1}' go.mod)
    # shellcheck disable=SC2086
    if [ -n "$required" ]; then GOWORK=off modules $required; fi
  )
done

echo "mk/test.mk"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
(
  cd "$scratch" || exit
  "$GO" mod init example.com/outdated 2>/dev/null
  for tool in "$@"; do "$GO" mod edit -require "$tool"; done
  modules "${@%@*}"
)

echo "test/cluster/internal/parts/parts.go"
constant() { sed -n "s/^\t$1 *= \"\(.*\)\".*/\1/p" "$root/test/cluster/internal/parts/parts.go"; }
(
  cd "$scratch" || exit
  rm -f go.mod
  "$GO" mod init example.com/outdated 2>/dev/null
  "$GO" mod edit -require "github.com/containernetworking/plugins@$(constant CNI)" -require "github.com/kedacore/keda/v2@$(constant Keda)"
  modules github.com/containernetworking/plugins github.com/kedacore/keda/v2
)

echo "mk/functions.mk"
if command -v npm >/dev/null; then
  compare @bytecodealliance/jco "$JCO" "$(npm view @bytecodealliance/jco version 2>/dev/null)"
  compare @bytecodealliance/componentize-js "$COMPONENTIZE_JS" "$(npm view @bytecodealliance/componentize-js version 2>/dev/null)"
else
  echo "  npm is not on this machine: versions of jco are not compared"
fi

newest_crate() { (cd "$scratch" && cargo info --quiet --color never "$1" 2>/dev/null) | sed -n 's/^version: \([^ ]*\).*/\1/p'; }
if command -v cargo >/dev/null; then
  compare wasi "$WASI_WIT" "$(newest_crate wasi)"
  git ls-files '*Cargo.toml' | while read -r file; do
    echo "$file"
    awk '/^\[/ {dependencies = /dependencies\]$/; next} dependencies && /=/ {print}' "$file" |
      sed -nE 's/^([A-Za-z0-9_-]+) *= *(\{.*version *= *)?"=?([^"]+)".*/\1 \3/p' |
      while read -r name version; do
        newest=$(newest_crate "$name")
        # "1" and "1.2" accept whatever begins with it.
        case $newest in "$version" | "$version".*) ;; *) compare "$name" "$version" "$newest" ;; esac
      done
  done
else
  echo "  cargo is not on this machine: versions of crates are not compared"
fi
