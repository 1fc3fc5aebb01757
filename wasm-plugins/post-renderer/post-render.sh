#!/bin/sh
# post-render.sh ARGS: runs `helm wasm post-render` with the Helm that runs this,
# which need not be the one in PATH. Helm neither says where it is nor shows what
# a post-renderer writes to standard error.
helm=helm
if [ -e "/proc/$PPID/exe" ]; then
  parent=$(readlink "/proc/$PPID/exe")
else
  parent=$(ps -o comm= -p "$PPID" 2>/dev/null)
fi
# Programs that contain Helm, such as helmfile, do not have the commands of plugins.
case ${parent##*/} in
  helm | helm[!A-Za-z]*) if [ -x "$parent" ]; then helm=$parent; fi ;;
  *) helm=${HELM_BIN:-helm} ;;
esac

run="$helm wasm post-render"
render() { "$helm" wasm post-render --for-helm "$@"; }
# An overlay is files, which the sandbox does not see, but the native program does.
case "$*" in
  *--overlay*)
    run="helm-wasm post-render"
    render() { helm-wasm post-render --for-helm "$@"; }
    ;;
esac

exec 3>&1
if ! why=$(render "$@" 2>&1 >&3); then
  # The plugin `wasm`, or the native program, is missing or did not start. It reports mistakes in
  # manifests itself, in the same form.
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
      is the plugin wasm installed? \`helm plugin list\` shows it. With --overlay: is helm-wasm in PATH? docs/POST-RENDER.md
END
fi
