#!/usr/bin/env bash
# pack-plugin.sh DIR DIST FILE...: stage the plugin of DIR as DIST/NAME and pack
# it as DIST/NAME-VERSION.tgz, the same bytes each time. FILEs come from DIR, or
# else from the root of the repository.
set -euo pipefail
dir=$1 dist=$2
shift 2
name=$(sed -n 's/^name: //p' "$dir/plugin.yaml")
version=$(sed -n 's/^version: //p' "$dir/plugin.yaml")
stage=$dist/$name
rm -rf "$stage"
mkdir -p "$stage"
cp "$dir/plugin.yaml" "$stage/"
if grep -q '^runtime: extism/v1' "$dir/plugin.yaml"; then
  cp "$dir/plugin.wasm" "$stage/"
fi
for file in "$@"; do
  if [ -f "$dir/$file" ]; then cp "$dir/$file" "$stage/"; else cp "$file" "$stage/"; fi
done
chmod 755 "$stage"
chmod 644 "$stage"/*
tar --sort=name --owner=0 --group=0 --numeric-owner --mtime=@0 --format=ustar \
  -C "$dist" -cf - "$name" | gzip -n9 > "$dist/$name-$version.tgz"
echo "packed ${dist##*/}/$name-$version.tgz ($(stat -c %s "$dist/$name-$version.tgz") bytes)"
