{{/*
wks.initKafka adds what clients need to reach the brokers. kafkaConfig is YAML
of stack.RunnerKafka, and kafkaData the same as an entry of a ConfigMap, a file
of its own so that one patch changes it in all of them; kafkaEnv, kafkaMounts and kafkaVolumes go into a pod that
uses it; kafkaMetadata and auth go into KEDA's kafka triggers.
*/}}
{{- define "wks.initKafka" -}}
{{- $c := . -}}
{{- $k := .root.Values.kafka | default dict -}}
{{- $mode := $k.mode | default "bundled" -}}
{{- $tls := $k.tls | default dict -}}
{{- $sasl := $k.sasl | default dict -}}
{{- $mechanism := $sasl.mechanism | default "none" -}}
{{- $secret := $sasl.secret | default dict -}}
{{- $ca := $tls.caSecret | default dict -}}
{{- $client := $tls.clientCertSecret | default dict -}}
{{- $caName := $ca.name | default "" -}}
{{- $bootstrap := $k.bootstrapServers | default list -}}
{{- /* Services are named after it, and before Kubernetes 1.36 a Service starts with a letter. */ -}}
{{- $letter := ternary "k-" "" (contains (trunc 1 .fullname) "0123456789") -}}
{{- $kafkaName := include "wks.cut" (list (printf "%s%s-kafka" $letter .fullname) 40) -}}
{{- if eq $mode "bundled" -}}
  {{- if $tls.enabled -}}
    {{- fail "kafka.tls.enabled is true with kafka.mode bundled: bundled brokers speak plaintext inside the cluster. Use kafka.mode strimzi or external for TLS, or set kafka.tls.enabled to false" -}}
  {{- end -}}
  {{- if ne $mechanism "none" -}}
    {{- fail (printf "kafka.sasl.mechanism is %s with kafka.mode bundled: bundled brokers have no users. Use kafka.mode external, or set kafka.sasl.mechanism to none" $mechanism) -}}
  {{- end -}}
  {{- $bootstrap = list (printf "%s.%s.svc:9092" $kafkaName $c.ns) -}}
{{- else if eq $mode "strimzi" -}}
  {{- if ne $mechanism "none" -}}
    {{- fail (printf "kafka.sasl.mechanism is %s with kafka.mode strimzi: the chart's cluster has no users. Create a Kafka with users yourself and use kafka.mode external, or set kafka.sasl.mechanism to none" $mechanism) -}}
  {{- end -}}
  {{- $bootstrap = list (printf "%s-kafka-bootstrap.%s.svc:%s" $kafkaName $c.ns (ternary "9093" "9092" (default false $tls.enabled))) -}}
  {{- if and $tls.enabled (not $caName) -}}
    {{- $caName = printf "%s-cluster-ca-cert" $kafkaName -}}
  {{- end -}}
{{- else if eq $mode "external" -}}
  {{- if not $bootstrap -}}
    {{- fail "kafka.bootstrapServers is empty with kafka.mode external: list at least one broker as host:port, for example [kafka-0.example.com:9093]" -}}
  {{- end -}}
  {{- range $bootstrap -}}
    {{- if not (contains ":" .) -}}
      {{- fail (printf "kafka.bootstrapServers has %q without a port: write host:port, for example %s:9092" . .) -}}
    {{- end -}}
  {{- end -}}
{{- else -}}
  {{- fail (printf "kafka.mode %q is unknown: use bundled, strimzi or external" $mode) -}}
{{- end -}}
{{- /* the mechanism as KEDA spells it */ -}}
{{- $kedaSASL := dict "none" "" "plain" "plaintext" "scram-sha-256" "scram_sha256" "scram-sha-512" "scram_sha512" "oauthbearer" "oauthbearer" "aws-msk-iam" "oauthbearer" -}}
{{- if not (hasKey $kedaSASL $mechanism) -}}
  {{- fail (printf "kafka.sasl.mechanism %q is unknown: use one of none, plain, scram-sha-256, scram-sha-512, oauthbearer, aws-msk-iam" $mechanism) -}}
{{- end -}}
{{- $credentials := has $mechanism (list "plain" "scram-sha-256" "scram-sha-512" "oauthbearer") -}}
{{- if and $credentials (not $secret.name) -}}
  {{- fail (printf "kafka.sasl.secret.name is empty with kafka.sasl.mechanism %s: name the Secret in namespace %s that holds the credentials" $mechanism $c.ns) -}}
{{- end -}}
{{- $oauth := $sasl.oauth | default dict -}}
{{- if and (eq $mechanism "oauthbearer") (not $oauth.tokenEndpointUri) -}}
  {{- fail "kafka.sasl.oauth.tokenEndpointUri is empty with kafka.sasl.mechanism oauthbearer: give the URL that issues tokens" -}}
{{- end -}}
{{- $aws := $sasl.aws | default dict -}}
{{- if eq $mechanism "aws-msk-iam" -}}
  {{- if not $aws.region -}}
    {{- fail "kafka.sasl.aws.region is empty with kafka.sasl.mechanism aws-msk-iam: name the region of the MSK cluster" -}}
  {{- end -}}
  {{- if not $tls.enabled -}}
    {{- fail "kafka.tls.enabled is false with kafka.sasl.mechanism aws-msk-iam: MSK takes IAM over TLS only; set it to true" -}}
  {{- end -}}
{{- end -}}
{{- $_ := set $c "kafkaMode" $mode -}}
{{- $_ := set $c "kafkaName" $kafkaName -}}
{{- $_ := set $c "bootstrap" $bootstrap -}}
{{- $_ := set $c "topics" ($k.topics | default dict) -}}
{{- $_ := set $c "tls" (default false $tls.enabled) -}}
{{- $_ := set $c "mechanism" $mechanism -}}
{{- $_ := set $c "caName" $caName -}}
{{- $_ := set $c "caKey" ($ca.key | default "ca.crt") -}}
{{- $_ := set $c "clientName" ($client.name | default "") -}}
{{- $_ := set $c "clientCertKey" ($client.certKey | default "tls.crt") -}}
{{- $_ := set $c "clientKeyKey" ($client.keyKey | default "tls.key") -}}
{{- $_ := set $c "saslSecret" ($secret.name | default "") -}}
{{- $_ := set $c "usernameKey" ($secret.usernameKey | default "username") -}}
{{- $_ := set $c "passwordKey" ($secret.passwordKey | default "password") -}}
{{- $_ := set $c "credentials" $credentials -}}
{{- $_ := set $c "kedaSASL" (get $kedaSASL $mechanism) -}}
{{- $_ := set $c "oauth" $oauth -}}
{{- $_ := set $c "aws" $aws -}}
{{- $caMounted := and $c.tls (ne $caName "") -}}
{{- $clientMounted := and $c.tls (ne $c.clientName "") -}}
{{- $_ := set $c "caMounted" $caMounted -}}
{{- $_ := set $c "clientMounted" $clientMounted -}}
{{- $_ := set $c "auth" (or $credentials $caMounted $clientMounted (eq $mechanism "aws-msk-iam")) -}}
{{- $_ := set $c "authName" (include "wks.cut" (list (printf "%s-kafka" $c.fullname) 54)) -}}
{{- $_ := set $c "kafkaConfig" (include "wks.kafkaConfig" $c) -}}
{{- $_ := set $c "kafkaData" (printf "kafka.yaml: |\n%s" (indent 4 $c.kafkaConfig)) -}}
{{- $_ := set $c "kafkaMetadata" (include "wks.kafkaMetadata" $c | nindent 8) -}}
{{- $_ := set $c "kafkaEnv" (include "wks.kafkaEnv" $c | trim) -}}
{{- $_ := set $c "kafkaMounts" (include "wks.kafkaMounts" $c | trim) -}}
{{- $_ := set $c "kafkaVolumes" (include "wks.kafkaVolumes" $c | trim) -}}
{{- end -}}

{{- define "wks.kafkaConfig" -}}
kafka:
  bootstrapServers:
  {{- range .bootstrap }}
    - {{ . | quote }}
  {{- end }}
  {{- if .tls }}
  tls:
    enabled: true
    {{- if .caMounted }}
    caFile: {{ printf "/etc/kafka-tls/ca/%s" .caKey | quote }}
    {{- end }}
    {{- if .clientMounted }}
    certFile: {{ printf "/etc/kafka-tls/client/%s" .clientCertKey | quote }}
    keyFile: {{ printf "/etc/kafka-tls/client/%s" .clientKeyKey | quote }}
    {{- end }}
    {{- if .root.Values.kafka.tls.insecureSkipVerify }}
    insecureSkipVerify: true
    {{- end }}
  {{- end }}
  {{- if ne .mechanism "none" }}
  sasl:
    mechanism: {{ .mechanism }}
    {{- if eq .mechanism "oauthbearer" }}
    oauth:
      tokenEndpointUri: {{ .oauth.tokenEndpointUri | quote }}
      {{- with .oauth.scopes }}
      scopes: {{ toJson . }}
      {{- end }}
      {{- with .oauth.extensions }}
      extensions: {{ toJson . }}
      {{- end }}
    {{- else if eq .mechanism "aws-msk-iam" }}
    awsRegion: {{ .aws.region | quote }}
    {{- end }}
  {{- end }}
{{- end -}}

{{- /* The connection's part of a kafka trigger's metadata: strings, all of them. */ -}}
{{- define "wks.kafkaMetadata" -}}
bootstrapServers: {{ join "," .bootstrap | quote }}
{{- with (.root.Values.kafka | default dict).version }}
version: {{ . | toString | quote }}
{{- end }}
{{- if .tls }}
tls: "enable"
{{- if .root.Values.kafka.tls.insecureSkipVerify }}
unsafeSsl: "true"
{{- end }}
{{- end }}
{{- if .kedaSASL }}
sasl: {{ .kedaSASL | quote }}
{{- end }}
{{- if eq .mechanism "aws-msk-iam" }}
saslTokenProvider: "aws_msk_iam"
awsRegion: {{ .aws.region | quote }}
{{- end }}
{{- end -}}

{{- define "wks.kafkaEnv" -}}
{{- if .credentials }}
- name: KAFKA_SASL_USERNAME
  valueFrom:
    secretKeyRef:
      name: {{ .saslSecret | quote }}
      key: {{ .usernameKey | quote }}
- name: KAFKA_SASL_PASSWORD
  valueFrom:
    secretKeyRef:
      name: {{ .saslSecret | quote }}
      key: {{ .passwordKey | quote }}
{{- end }}
{{- end -}}

{{- define "wks.kafkaMounts" -}}
{{- if .caMounted }}
- name: kafka-ca
  mountPath: /etc/kafka-tls/ca
  readOnly: true
{{- end }}
{{- if .clientMounted }}
- name: kafka-client
  mountPath: /etc/kafka-tls/client
  readOnly: true
{{- end }}
{{- end -}}

{{- define "wks.kafkaVolumes" -}}
{{- if .caMounted }}
- name: kafka-ca
  secret:
    secretName: {{ .caName | quote }}
    items:
      - key: {{ .caKey | quote }}
        path: {{ .caKey | quote }}
{{- end }}
{{- if .clientMounted }}
- name: kafka-client
  secret:
    secretName: {{ .clientName | quote }}
    items:
      - key: {{ .clientCertKey | quote }}
        path: {{ .clientCertKey | quote }}
      - key: {{ .clientKeyKey | quote }}
        path: {{ .clientKeyKey | quote }}
{{- end }}
{{- end -}}
