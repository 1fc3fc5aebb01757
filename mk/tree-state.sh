#!/usr/bin/env bash
# tree-state.sh: one line for each file that git knows of or would add, with
# its checksum.
set -euo pipefail
git ls-files -z -co --exclude-standard | LC_ALL=C sort -zu | while IFS= read -r -d '' file; do
  if [ -f "$file" ]; then sha256sum "$file"; fi
done
