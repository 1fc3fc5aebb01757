{{/*
wks.init fills the context that every template shares, so that nothing is
computed once for each function: call it with (dict "root" $).
It sets: functions and workloads (those that are enabled), hosts (the names of their functions), hosted (the host of functions that have one), ns, fullname, name, labels (text, indented by 4), selector (text,
indented by 4), podLabels (text, indented by 8), topics, bootstrap, bundled,
kafkaHost, kafkaConfig (text of stack.RunnerKafka), auth (KEDA needs a
TriggerAuthentication), runnerImage, pullSecrets.
*/}}
{{- define "wks.init" -}}
{{- $c := . -}}
{{- $r := .root -}}
{{- $v := $r.Values -}}
{{- $ns := $r.Release.Namespace -}}
{{- $fullname := replace "." "-" ($v.fullnameOverride | default $r.Release.Name) -}}
{{- if gt (len $fullname) 53 -}}
{{- $fullname = include "wks.cut" (list $fullname 53) -}}
{{- end -}}
{{- $name := $v.nameOverride | default $r.Chart.Name | trunc 63 | trimSuffix "-" -}}
{{- $_ := set $c "ns" $ns -}}
{{- /* Namespaces may read like a number or like a boolean ("no"). */ -}}
{{- $_ := set $c "nsq" (quote $ns) -}}
{{- $_ := set $c "fullname" $fullname -}}
{{- $_ := set $c "name" $name -}}
{{- $common := $v.commonLabels | default dict -}}
{{- $selector := dict "app.kubernetes.io/name" $name "app.kubernetes.io/instance" $r.Release.Name -}}
{{- $own := merge (dict
      "helm.sh/chart" (printf "%s-%s" $r.Chart.Name $r.Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-")
      "app.kubernetes.io/version" $r.Chart.AppVersion
      "app.kubernetes.io/managed-by" $r.Release.Service
      "app.kubernetes.io/part-of" $fullname) $selector -}}
{{- $_ := set $c "labels" (include "wks.labels" (merge (dict) $own $common) | trim | nindent 4) -}}
{{- $_ := set $c "selector" (include "wks.labels" $selector | trim | nindent 4) -}}
{{- $_ := set $c "podLabels" (include "wks.labels" (merge (dict "app.kubernetes.io/part-of" $fullname) $selector $common) | trim | nindent 8) -}}
{{- /* keys that pod.labels must not repeat */ -}}
{{- $_ := set $c "podLabelKeys" (dict "app.kubernetes.io/name" 1 "app.kubernetes.io/instance" 1 "app.kubernetes.io/part-of" 1 "app.kubernetes.io/component" 1 "helm-wasm.dev/function" 1) -}}
{{- $_ := set $c "labelSelector" (printf "app.kubernetes.io/name=%s,app.kubernetes.io/instance=%s" $name $r.Release.Name) -}}
{{- /* Labels of Helm and similar tools that KEDA must not copy to the HPA: they would take it for theirs. */ -}}
{{- $_ := set $c "hpaExcludedLabels" (join "," (list "app.kubernetes.io/component" "app.kubernetes.io/instance" "app.kubernetes.io/managed-by" "app.kubernetes.io/name" "app.kubernetes.io/part-of" "app.kubernetes.io/version" "argocd.argoproj.io/instance" "helm.sh/chart" "helm.toolkit.fluxcd.io/name" "helm.toolkit.fluxcd.io/namespace" "kustomize.toolkit.fluxcd.io/name" "kustomize.toolkit.fluxcd.io/namespace")) -}}
{{- $global := $v.global | default dict -}}
{{- $_ := set $c "pullSecrets" ($global.imagePullSecrets | default list) -}}
{{- $runner := $v.runner | default dict -}}
{{- $_ := set $c "runnerImage" (include "wks.image" (list $r $runner.image "runner.image")) -}}
{{- $_ := set $c "runnerPullPolicy" (($runner.image | default dict).pullPolicy | default "IfNotPresent") -}}
{{- $_ := set $c "adminPort" (int64 ($runner.adminPort | default 9464)) -}}
{{- $_ := set $c "logLevel" ($runner.logLevel | default "info") -}}
{{- include "wks.initKafka" $c -}}
{{- include "wks.initEnabled" $c -}}
{{- include "wks.initScaler" $c -}}
{{- end -}}

{{/*
wks.initEnabled adds functions and workloads: those that make objects, as the values have them.
push has the names of those whose lag the scaler watches.
*/}}
{{- define "wks.initEnabled" -}}
{{- $v := .root.Values -}}
{{- $functions := dict -}}
{{- $push := dict -}}
{{- $default := toString ($v.defaults | default dict).enabled -}}
{{- $activation := toString (($v.defaults | default dict).scaling | default dict).activation -}}
{{- range $name, $fn := $v.functions -}}
{{- if kindIs "map" $fn -}}
{{- $enabled := $default -}}
{{- if hasKey $fn "enabled" }}{{ $enabled = toString $fn.enabled }}{{ end -}}
{{- if ne $enabled "false" }}
{{- $_ := set $functions $name $fn -}}
{{- if eq (include "wks.activation" (list $fn $activation)) "push" }}{{ $_ := set $push $name 1 }}{{ end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- $workloads := dict -}}
{{- range $name, $w := $v.workloads -}}
{{- if kindIs "map" $w -}}
{{- if ne (toString $w.enabled) "false" }}
{{- $_ := set $workloads $name $w -}}
{{- if and ($w.source | default dict).topic (eq (include "wks.activation" (list $w $activation)) "push") }}{{ $_ := set $push $name 1 }}{{ end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- $_ := set . "functions" $functions -}}
{{- include "wks.initHosts" . -}}
{{- $_ := set . "workloads" $workloads -}}
{{- $_ := set . "push" $push -}}
{{- end -}}

{{/* wks.activation is scaling.activation of (list FUNCTION DEFAULT). */}}
{{- define "wks.activation" -}}
{{- $fn := index . 0 -}}
{{- $scaling := $fn.scaling | default dict -}}
{{- if or (hasKey $scaling "activation") (and (hasKey $fn "scaling") (kindIs "invalid" $fn.scaling)) -}}
{{- toString $scaling.activation -}}
{{- else -}}
{{- index . 1 -}}
{{- end -}}
{{- end -}}

{{/* wks.initHosts says which function is in which host; defaults.host is for those that name none. */}}
{{- define "wks.initHosts" -}}
{{- $v := .root.Values -}}
{{- $default := ($v.defaults | default dict).host | default "" -}}
{{- $hosts := dict -}}
{{- $hosted := dict -}}
{{- range $name, $fn := .functions -}}
{{- $host := $default -}}
{{- if hasKey $fn "host" }}{{ $host = $fn.host | default "" }}{{ end -}}
{{- if $host -}}
{{- $_ := set $hosted $name $host -}}
{{- $_ := set $hosts $host (append (get $hosts $host | default list) $name) -}}
{{- end -}}
{{- end -}}
{{- $_ := set . "hosts" $hosts -}}
{{- $_ := set . "hosted" $hosted -}}
{{- end -}}

{{/* wks.cut shortens (list NAME MAX) so that it stays unique: a prefix and 8 hex characters of its hash. */}}
{{- define "wks.cut" -}}
{{- $name := index . 0 -}}
{{- $max := int (index . 1) -}}
{{- if le (len $name) $max -}}
{{- $name -}}
{{- else -}}
{{- trunc (int (sub $max 9)) $name | trimSuffix "-" | trimSuffix "." }}-{{ sha256sum $name | trunc 8 -}}
{{- end -}}
{{- end -}}

{{/* wks.labels prints a map of labels, quoted and sorted. */}}
{{- define "wks.labels" -}}
{{- range $k, $v := . }}
{{ if contains "/" $k }}{{ $k }}{{ else }}{{ quote $k }}{{ end }}: {{ $v | toString | quote }}
{{- end -}}
{{- end -}}

{{/* wks.scalar prints a value as the string it stands for: numbers in full, never as 1e+06. */}}
{{- define "wks.scalar" -}}
{{- if kindIs "string" . -}}{{ . }}{{- else -}}{{ toJson . }}{{- end -}}
{{- end -}}

{{/* wks.image is the reference of (list ROOT IMAGE FIELD). */}}
{{- define "wks.image" -}}
{{- $r := index . 0 -}}
{{- $image := index . 1 | default dict -}}
{{- $global := $r.Values.global | default dict -}}
{{- if not $image.repository -}}
{{- fail (printf "%s.repository is empty: name the image's path in its registry" (index . 2)) -}}
{{- end -}}
{{- $registry := $global.imageRegistry | default ($image.registry | default "ghcr.io") -}}
{{- if $image.digest -}}
{{- printf "%s/%s@%s" $registry $image.repository $image.digest -}}
{{- else -}}
{{- printf "%s/%s:%s" $registry $image.repository ($image.tag | default $r.Chart.AppVersion | toString) -}}
{{- end -}}
{{- end -}}

{{/* wks.containerSecurity is what Pod Security "restricted" requires of a container. */}}
{{- define "wks.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}

{{/* wks.secretNames prints pull secrets as KEDA's chart accepts them. */}}
{{- define "wks.secretNames" -}}
{{- $names := list -}}
{{- range . }}{{ $names = append $names (printf "{name: %s}" (toString .)) }}{{ end -}}
{{- join ", " $names -}}
{{- end -}}

{{/* wks.intOrString prints a number bare and a percentage quoted. */}}
{{- define "wks.intOrString" -}}
{{- if kindIs "string" . -}}{{ quote . }}{{- else -}}{{ int64 . }}{{- end -}}
{{- end -}}

{{/*
wks.runtimeClass is the RuntimeClass of (list CTX KEY RUNTIME). RuntimeClasses
are cluster-wide: namespaces contain no dot, so <namespace>.<release>.<runtime>
never meets another release's.
*/}}
{{- define "wks.runtimeClass" -}}
{{- $c := index . 0 -}}
{{- $key := index . 1 -}}
{{- $rt := index . 2 -}}
{{- if $rt.runtimeClassName -}}
{{- $rt.runtimeClassName -}}
{{- else if eq (toString $rt.create) "false" -}}
{{- $key -}}
{{- else -}}
{{- printf "%s.%s.%s" $c.ns $c.root.Release.Name $key -}}
{{- end -}}
{{- end -}}
