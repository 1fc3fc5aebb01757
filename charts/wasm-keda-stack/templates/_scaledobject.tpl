{{/*
wks.scaledObject is one ScaledObject and nothing else. It takes a dict:
ctx (of wks.init), path (for messages), object (its name), component, key,
target (dict apiVersion kind name container), source, scaling, behavior: the HPA
behavior as text, indented by 8, and members of a host: a dict of wks.kafkaTrigger
for each of its functions.
*/}}
{{- define "wks.scaledObject" -}}
{{- $c := .ctx -}}
{{- $s := .scaling -}}
{{- $source := .source -}}
{{- $path := .path -}}
{{- $max := int64 ($s.maxReplicas | default 10) -}}
{{- $min := int64 ($s.minReplicas | default 0) -}}
{{- $topic := $source.topic | default "" -}}
{{- /* More replicas than partitions would idle, and KEDA's own cap lets one too many through. */ -}}
{{- if and $topic (hasKey $c.topics $topic) (not $s.allowIdleConsumers) -}}
  {{- $partitions := int64 ((get $c.topics $topic | default dict).partitions | default 1) -}}
  {{- if gt $max $partitions -}}
    {{- $max = $partitions -}}
  {{- end -}}
  {{- if gt $min $max -}}
    {{- fail (printf "%s.scaling.minReplicas is %d but topic %q gives work to %d at most (its partitions, or maxReplicas): lower minReplicas, or raise kafka.topics.%s.partitions, or set %s.scaling.allowIdleConsumers" $path $min $topic $max $topic $path) -}}
  {{- end -}}
{{- else if gt $min $max -}}
  {{- fail (printf "%s.scaling.minReplicas is %d, above maxReplicas %d: lower it, or raise maxReplicas" $path $min $max) -}}
{{- end -}}
{{- $annotations := dict -}}
{{- range $k, $v := $s.annotations -}}
  {{- $_ := set $annotations $k (toString $v) -}}
{{- end -}}
{{- $excluded := $c.hpaExcludedLabels -}}
{{- if hasKey $annotations "scaledobject.keda.sh/hpa-excluded-labels" -}}
  {{- $excluded = printf "%s,%s" (get $annotations "scaledobject.keda.sh/hpa-excluded-labels") $excluded -}}
{{- end -}}
{{- $_ := set $annotations "scaledobject.keda.sh/hpa-excluded-labels" $excluded -}}
{{- if $s.paused }}{{ $_ := set $annotations "autoscaling.keda.sh/paused" "true" }}{{ end -}}
{{- if not (kindIs "invalid" $s.pausedReplicas) }}{{ $_ := set $annotations "autoscaling.keda.sh/paused-replicas" (int64 $s.pausedReplicas | toString) }}{{ end -}}
{{- if $s.pausedScaleIn }}{{ $_ := set $annotations "autoscaling.keda.sh/paused-scale-in" "true" }}{{ end -}}
{{- if $s.pausedScaleOut }}{{ $_ := set $annotations "autoscaling.keda.sh/paused-scale-out" "true" }}{{ end -}}
{{- $fallback := $s.fallback | default dict -}}
{{- $modifiers := $s.scalingModifiers | default dict -}}
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata:
  name: {{ .object | quote }}
  namespace: {{ $c.nsq }}
  labels:
    {{- $c.labels }}
    app.kubernetes.io/component: {{ .component }}
    helm-wasm.dev/{{ .component }}: {{ .key | quote }}
  annotations:
    {{- range $k, $v := $annotations }}
    {{ $k | quote }}: {{ $v | quote }}
    {{- end }}
spec:
  scaleTargetRef:
    apiVersion: {{ .target.apiVersion | quote }}
    kind: {{ .target.kind | quote }}
    name: {{ .target.name }}
    {{- with .target.container }}
    envSourceContainerName: {{ . | quote }}
    {{- end }}
  pollingInterval: {{ int64 ($s.pollingInterval | default 30) }}
  {{- if not (kindIs "invalid" $s.cooldownPeriod) }}
  cooldownPeriod: {{ int64 $s.cooldownPeriod }}
  {{- end }}
  {{- with $s.initialCooldownPeriod }}
  initialCooldownPeriod: {{ int64 . }}
  {{- end }}
  {{- if not (kindIs "invalid" $s.idleReplicaCount) }}
  idleReplicaCount: {{ int64 $s.idleReplicaCount }}
  {{- end }}
  minReplicaCount: {{ $min }}
  maxReplicaCount: {{ $max }}
  {{- if not (kindIs "invalid" $fallback.failureThreshold) }}
  fallback:
    failureThreshold: {{ int64 $fallback.failureThreshold }}
    replicas: {{ int64 ($fallback.replicas | default 0) }}
    behavior: {{ $fallback.behavior | default "static" }}
  {{- end }}
  {{- $restore := not (kindIs "invalid" $s.restoreToOriginalReplicaCount) }}
  {{- $hpa := or $s.hpaName .behavior }}
  {{- if or $restore $hpa $modifiers.formula }}
  advanced:
    {{- if $restore }}
    restoreToOriginalReplicaCount: {{ $s.restoreToOriginalReplicaCount }}
    {{- end }}
    {{- if $hpa }}
    horizontalPodAutoscalerConfig:
      {{- with $s.hpaName }}
      name: {{ . | quote }}
      {{- end }}
      {{- with .behavior }}
      behavior:
        {{- . }}
      {{- end }}
    {{- end }}
    {{- if $modifiers.formula }}
    scalingModifiers:
      formula: {{ $modifiers.formula | quote }}
      target: {{ include "wks.scalar" ($modifiers.target | default "") | quote }}
      {{- if not (kindIs "invalid" $modifiers.activationTarget) }}
      activationTarget: {{ include "wks.scalar" $modifiers.activationTarget | quote }}
      {{- end }}
      {{- with $modifiers.metricType }}
      metricType: {{ . }}
      {{- end }}
    {{- end }}
  {{- end }}
  triggers:
    {{- if $topic }}
    {{- include "wks.kafkaTrigger" (dict "ctx" $c "name" "kafka" "key" .key "group" .group "source" $source "scaling" $s) }}
    {{- end }}
    {{- range .members }}
    {{- include "wks.kafkaTrigger" . }}
    {{- end }}
    {{- range $name, $t := $s.triggers }}
    {{- if kindIs "map" $t }}
    {{- if and $topic (eq $name "kafka") }}
    {{- fail (printf "%s.scaling.triggers.kafka: the name kafka is the trigger of source.topic: choose another" $path) }}
    {{- end }}
    {{- if not $t.type }}
    {{- fail (printf "%s.scaling.triggers.%s.type is empty: name a KEDA scaler, for example cron" $path $name) }}
    {{- end }}
    - type: {{ $t.type | quote }}
      name: {{ $name | quote }}
      metadata:
        {{- $some := false }}
        {{- range $k, $v := $t.metadata }}
        {{- if not (kindIs "invalid" $v) }}
        {{- $some = true }}
        {{ $k | quote }}: {{ if kindIs "string" $v }}{{ $v | quote }}{{ else }}{{ toJson $v | quote }}{{ end }}
        {{- end }}
        {{- end }}
        {{- if not $some }} {}{{ end }}
      {{- with $t.metricType }}
      metricType: {{ . }}
      {{- end }}
      {{- if $t.useCachedMetrics }}
      useCachedMetrics: true
      {{- end }}
      {{- $ref := $t.authenticationRef | default dict }}
      {{- if $ref.name }}
      authenticationRef:
        name: {{ $ref.name | quote }}
        kind: {{ $ref.kind | default "TriggerAuthentication" }}
      {{- end }}
    {{- end }}
    {{- end }}
{{- end -}}

{{/*
wks.kafkaTrigger is one trigger by the lag of a group, with a line break before it.
It takes a dict: ctx, name, key (of the function or workload), group, source,
scaling. With ctx.push the scaler takes the place of KEDA's kafka trigger; what
counts as lag is said in the same words.
*/}}
{{- define "wks.kafkaTrigger" -}}
{{- $c := .ctx -}}
{{- $push := hasKey $c.push .key -}}
{{- $s := .scaling }}
    - type: {{ if $push }}external-push{{ else }}kafka{{ end }}
      name: {{ .name }}
      metadata:
        {{- if $push }}
        {{- $c.scalerMetadata }}
        {{- else }}
        {{- $c.kafkaMetadata }}
        {{- end }}
        consumerGroup: {{ .group | quote }}
        topic: {{ .source.topic | quote }}
        lagThreshold: {{ int64 ($s.lagThreshold | default 50) | toString | quote }}
        activationLagThreshold: {{ int64 ($s.activationLagThreshold | default 0) | toString | quote }}
        offsetResetPolicy: {{ .source.offsetResetPolicy | default "earliest" | quote }}
        {{- if $s.allowIdleConsumers }}
        allowIdleConsumers: "true"
        {{- end }}
        {{- if $s.excludePersistentLag }}
        excludePersistentLag: "true"
        {{- end }}
        {{- if $s.limitToPartitionsWithLag }}
        limitToPartitionsWithLag: "true"
        {{- end }}
        {{- if $s.ensureEvenDistributionOfPartitions }}
        ensureEvenDistributionOfPartitions: "true"
        {{- end }}
        {{- if $s.scaleToZeroOnInvalidOffset }}
        scaleToZeroOnInvalidOffset: "true"
        {{- end }}
        {{- with $s.partitionLimitation }}
        partitionLimitation: {{ include "wks.scalar" . | quote }}
        {{- end }}
      {{- if $s.useCachedMetrics }}
      useCachedMetrics: true
      {{- end }}
      {{- with (ternary $c.scalerAuth (ternary $c.authName "" $c.auth) $push) }}
      authenticationRef:
        name: {{ . }}
      {{- end }}
{{- end -}}

{{/* wks.behavior is an HPA behavior as text; a tolerance is a quantity, which KEDA's CRD requires as a string. */}}
{{- define "wks.behavior" -}}
{{- range $direction := list "scaleUp" "scaleDown" -}}
{{- $rules := get $ $direction | default dict -}}
{{- if not (kindIs "invalid" $rules.tolerance) -}}
{{- $_ := set $rules "tolerance" (include "wks.scalar" $rules.tolerance) -}}
{{- end -}}
{{- end -}}
{{- toYaml . | nindent 8 -}}
{{- end -}}
