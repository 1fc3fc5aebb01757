{{/*
wks.initScaler adds what triggers need to reach the scaler: scalerName,
scalerPort, scalerMetadata (text of a trigger's metadata, indented by 8) and
scalerAuth (a TriggerAuthentication's name, empty without TLS).
*/}}
{{- define "wks.initScaler" -}}
{{- $c := . -}}
{{- $s := .root.Values.scaler | default dict -}}
{{- $tls := $s.tls | default dict -}}
{{- $letter := ternary "s-" "" (contains (trunc 1 .fullname) "0123456789") -}}
{{- $name := include "wks.cut" (list (printf "%s%s-scaler" $letter .fullname) 54) -}}
{{- $port := int64 ($s.port | default 9466) -}}
{{- if and $tls.clientSecretName (not $tls.secretName) -}}
  {{- fail "scaler.tls.clientSecretName is set without scaler.tls.secretName: KEDA shows a certificate over TLS only. Name the scaler's Secret, too" -}}
{{- end -}}
{{- if and $c.push (eq $port $c.adminPort) -}}
  {{- fail (printf "scaler.port %d is runner.adminPort, too, and both are in one pod: change one" $port) -}}
{{- end -}}
{{- $metadata := printf "scalerAddress: %q" (printf "%s.%s.svc:%d" $name $c.ns $port) -}}
{{- if $tls.secretName -}}
  {{- $metadata = printf "%s\nenableTLS: \"true\"" $metadata -}}
{{- end -}}
{{- $_ := set $c "scalerName" $name -}}
{{- $_ := set $c "scalerPort" $port -}}
{{- $_ := set $c "scalerMetadata" (nindent 8 $metadata) -}}
{{- $_ := set $c "scalerAuth" (ternary $name "" (ne ($tls.secretName | default "") "")) -}}
{{- end -}}

{{- define "wks.scalerConfig" -}}
port: {{ .scalerPort }}
adminPort: {{ .adminPort }}
logLevel: {{ .logLevel }}
{{- if .scalerAuth }}
tls:
  certFile: /etc/scaler-tls/tls.crt
  keyFile: /etc/scaler-tls/tls.key
  {{- if .root.Values.scaler.tls.clientSecretName }}
  clientCAFile: /etc/scaler-tls/ca.crt
  {{- end }}
{{- end }}
{{- end -}}
