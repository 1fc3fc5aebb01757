{{/*
wks.runnerConfig is runner.yaml of one function: with kafka.yaml beside it,
exactly stack.RunnerConfig. Kustomizations count its quotes (kustomize/wiring):
name, topic, group and module come first, in this order.
It takes a dict: ctx, name, fn (the effective function), group, abi, path (of
a mounted module), hosted (it is one of a host's functions).
*/}}
{{- define "wks.runnerConfig" -}}
{{- $c := .ctx -}}
{{- $fn := .fn -}}
{{- $source := $fn.source -}}
{{- $sink := $fn.sink | default dict -}}
{{- $onError := $fn.onError | default dict -}}
{{- $limits := $fn.limits | default dict -}}
name: {{ .name | quote }}
source:
  topic: {{ $source.topic | quote }}
  consumerGroup: {{ .group | quote }}
  offsetResetPolicy: {{ $source.offsetResetPolicy | default "earliest" }}
{{- if eq .abi "http" }}
module: {}
{{- else }}
module:
  {{- if .path }}
  path: {{ .path | quote }}
  {{- else }}
  image: {{ $fn.module.image | quote }}
  {{- end }}
  function: {{ $fn.module.function | default "handle" | quote }}
{{- end }}
abi: {{ .abi }}
{{- if or $sink.topic $sink.topics }}
sink:
  {{- with $sink.topic }}
  topic: {{ . | quote }}
  {{- end }}
  {{- with $sink.topics }}
  topics: {{ toJson . }}
  {{- end }}
{{- end }}
delivery: {{ $fn.delivery | default "at-least-once" }}
onError:
  retries: {{ int64 ($onError.retries | default 0) }}
  backoff: {{ $onError.backoff | default "100ms" | quote }}
  maxBackoff: {{ $onError.maxBackoff | default "10s" | quote }}
  {{- with $onError.deadLetterTopic }}
  deadLetterTopic: {{ . | quote }}
  {{- end }}
  action: {{ $onError.action | default "auto" }}
{{- with $fn.config }}
{{- if ne $.abi "http" }}
config:
  {{- range $k, $v := . }}
  {{- if kindIs "invalid" $v }}{{ continue }}{{ end }}
  {{ $k | quote }}: {{ if kindIs "string" $v }}{{ $v | quote }}{{ else }}{{ toJson $v | quote }}{{ end }}
  {{- end }}
{{- end }}
{{- end }}
limits:
  memory: {{ include "wks.scalar" ($limits.memory | default "64Mi") | quote }}
  timeout: {{ $limits.timeout | default "5s" | quote }}
  output: {{ include "wks.scalar" ($limits.output | default "1Mi") | quote }}
  concurrency: {{ int64 ($limits.concurrency | default 0) }}
{{- if eq .abi "http" }}
http:
  port: {{ int64 .port }}
  path: {{ ($fn.http | default dict).path | default "/" | quote }}
{{- end }}
{{- if not .hosted }}
logLevel: {{ $c.logLevel }}
adminPort: {{ $c.adminPort }}
{{- end }}
{{- end -}}

{{/*
wks.runnerPod fills a pod that runs one of the runner's one-off commands (not
a function): security context, pull secrets, mounts. It takes a dict: ctx,
args (list), configMap, configKey, serviceAccount, restartPolicy.
*/}}
{{- define "wks.runnerTask" -}}
{{- $c := .ctx -}}
restartPolicy: {{ .restartPolicy }}
{{- if .serviceAccount }}
serviceAccountName: {{ .serviceAccount }}
{{- end }}
automountServiceAccountToken: {{ if .serviceAccount }}true{{ else }}false{{ end }}
enableServiceLinks: false
{{- with $c.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . | quote }}
  {{- end }}
{{- end }}
securityContext:
  runAsNonRoot: true
  seccompProfile:
    type: RuntimeDefault
containers:
  - name: runner
    image: {{ $c.runnerImage | quote }}
    imagePullPolicy: {{ $c.runnerPullPolicy }}
    terminationMessagePolicy: FallbackToLogsOnError
    args:
      {{- range .args }}
      - {{ . | quote }}
      {{- end }}
    {{- if and .configMap $c.kafkaEnv }}
    env:
      {{- $c.kafkaEnv | nindent 6 }}
    {{- end }}
    securityContext:
      {{- include "wks.containerSecurity" . | nindent 6 }}
    resources:
      requests:
        cpu: 50m
        memory: 64Mi
      limits:
        memory: 128Mi
    {{- if .configMap }}
    volumeMounts:
      - name: config
        mountPath: /etc/wasm-runner
        readOnly: true
      {{- with $c.kafkaMounts }}
      {{- . | nindent 6 }}
      {{- end }}
    {{- end }}
{{- if .configMap }}
volumes:
  - name: config
    configMap:
      name: {{ .configMap }}
  {{- with $c.kafkaVolumes }}
  {{- . | nindent 2 }}
  {{- end }}
{{- end }}
{{- end -}}
