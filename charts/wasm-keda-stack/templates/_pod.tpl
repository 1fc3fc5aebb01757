{{- /* Parts that pods of functions and of hosts share. Each begins with a line break. */ -}}

{{/*
wks.placement is where pods run, for (list CTX POD LABEL NAME): LABEL NAME selects them.
*/}}
{{- define "wks.placement" -}}
{{- $c := index . 0 }}
{{- $pod := index . 1 }}
{{- $key := index . 2 }}
{{- $name := index . 3 }}
      {{- with $pod.nodeSelector }}
      nodeSelector:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with $pod.tolerations }}
      tolerations:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with $pod.affinity }}
      affinity:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with $pod.topologySpreadConstraints }}
      topologySpreadConstraints:
        {{- range . }}
        {{- if hasKey . "labelSelector" }}
        - {{ toYaml . | nindent 10 | trim }}
        {{- else }}
        - {{ toYaml (merge (dict "labelSelector" (dict "matchLabels" (dict "app.kubernetes.io/name" $c.name "app.kubernetes.io/instance" $c.root.Release.Name $key $name))) .) | nindent 10 | trim }}
        {{- end }}
        {{- end }}
      {{- end }}
{{- end -}}

{{/*
wks.probes are the port, the probes and the security context of a runner; it takes the context.
*/}}
{{- define "wks.probes" -}}
{{- $c := . }}
          ports:
            - name: admin
              containerPort: {{ $c.adminPort }}
          readinessProbe:
            httpGet:
              path: /readyz
              port: admin
            periodSeconds: 5
            timeoutSeconds: 2
          livenessProbe:
            httpGet:
              path: /healthz
              port: admin
            initialDelaySeconds: 10
            periodSeconds: 10
            timeoutSeconds: 5
            failureThreshold: 6
          securityContext:
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            capabilities:
              drop: [ALL]
{{- end -}}

{{/*
wks.env is a map of environment variables.
*/}}
{{- define "wks.env" -}}
            {{- range $k, $v := . }}
            {{- if kindIs "invalid" $v }}{{ continue }}{{ end }}
            - name: {{ $k | quote }}
              value: {{ if kindIs "string" $v }}{{ $v | quote }}{{ else }}{{ toJson $v | quote }}{{ end }}
            {{- end }}
{{- end -}}

{{/*
wks.pullSecrets is the volume of the registries' credentials; it takes the context.
*/}}
{{- define "wks.pullSecrets" -}}
{{- $c := . }}
        - name: pull-secrets
          projected:
            sources:
              {{- range $c.pullSecrets }}
              - secret:
                  name: {{ . | quote }}
                  items:
                    - key: .dockerconfigjson
                      path: {{ printf "%s/.dockerconfigjson" . | quote }}
              {{- end }}
{{- end -}}
