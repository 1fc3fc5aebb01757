#!/bin/sh
# post-render.sh ARGS: `helm wasm post-render` by the Helm that runs this, which
# need not be the one in PATH. Helm tells a post-renderer neither where it is nor
# shows what it writes to standard error.
helm=helm
if [ -e "/proc/$PPID/exe" ]; then
  parent=$(readlink "/proc/$PPID/exe")
else
  parent=$(ps -o comm= -p "$PPID" 2>/dev/null)
fi
# Programs that have Helm inside, such as helmfile, have no plugins' commands.
case ${parent##*/} in
  helm | helm[!A-Za-z]*) if [ -x "$parent" ]; then helm=$parent; fi ;;
  *) helm=${HELM_BIN:-helm} ;;
esac

run="$helm wasm post-render"
render() { "$helm" wasm post-render --for-helm "$@"; }
# An overlay is files, which the sandbox does not see: the native program does.
case "$*" in
  *--overlay*)
    run="helm-wasm post-render"
    render() { helm-wasm post-render --for-helm "$@"; }
    ;;
esac

exec 3>&1
if ! why=$(render "$@" 2>&1 >&3); then
  # The plugin `wasm`, or the native program, is missing or did not start. What it finds in manifests it
  # says itself, in the same form.
  cat <<END

---
apiVersion: []
kind: Refused
metadata:
  name: refused
  annotations:
    postrenderer.helm.sh/postrender-filename: |2-

      wasm-post-renderer: running "$run":
$(printf '%s\n' "$why" | sed 's/^/      /')
      is the plugin wasm installed? \`helm plugin list\` tells. With --overlay: is helm-wasm in PATH? docs/POST-RENDER.md
END
fi
