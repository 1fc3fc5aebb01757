// SPDX-License-Identifier: Apache-2.0

package lint

import (
	"slices"
	"strings"
	"testing"
)

// Values of public reports, each with what KEDA does with them.
func TestPublicReports(t *testing.T) {
	for _, tt := range []struct {
		name, in string
		want     []string // severity, rule, path
		not      []string // rules that find nothing
	}{
		{
			"severity", `keda: {enabled: false}
workloads:
  app:
    scaleTargetRef: {name: app}
    scaling: {minReplicas: 0, maxReplicas: 6, idleReplicaCount: 0, triggers: {lag: {type: kafka,
      metadata: {bootstrapServers: "kafka.kafka:9092", consumerGroup: app, topic: orders,
      lagThreshold: "50", offsetResetPolicy: earliest}}}}
  night:
    scaleTargetRef: {name: night}
    scaling: {minReplicas: 0, maxReplicas: 1, triggers: {window: {type: cron, metadata: {timezone: Asia/Kolkata, start: 0 0 * * 6, end: 0 0 * * 7, desiredReplicas: "0"}}}}
`,
			[]string{
				`info KE04 workloads.app.scaling.idleReplicaCount`,
				`error KE03 workloads.night.scaling.triggers.window.metadata.desiredReplicas`,
				`error KE03 workloads.night.scaling.triggers.window.metadata.end`,
			},
			nil,
		},
		{
			"null removes key", `keda: {enabled: false}
kafka: {mode: external, createTopics: false, bootstrapServers: ["kafka.kafka:9092"], topics: {orders: {partitions: 6}}}
workloads:
  billing:
    scaleTargetRef: {name: billing}
    source: {topic: orders, consumerGroup: billing, offsetResetPolicy: null}
    scaling:
      lagThreshold: null
      maxReplicas: null
      annotations: {team: null, scaledobject.keda.sh/hpa-excluded-labels: null}
      triggers: {office: null}
`,
			nil,
			[]string{"KE01"},
		},
		{
			"ta awsregion", `keda: {enabled: false}
workloads:
  selector:
    scaleTargetRef: {name: selector}
    scaling:
      minReplicas: 2
      maxReplicas: 8
      triggers:
        lag: {type: apache-kafka, metadata: {bootstrapServers: "b-1.msk.example.com:9198", consumerGroup: app, topic: orders,
          lagThreshold: "50", offsetResetPolicy: earliest}, authenticationRef: {name: msk}}
extraObjects:
  s:
    apiVersion: v1
    kind: Secret
    metadata: {name: msk}
    stringData: {sasl: aws_msk_iam, tls: enable, awsRoleArn: "arn:aws:iam::111122223333:role/keda", awsRegion: eu-west-1}
  auth:
    apiVersion: keda.sh/v1alpha1
    kind: TriggerAuthentication
    metadata: {name: msk}
    spec:
      secretTargetRef:
        - {parameter: sasl, name: msk, key: sasl}
        - {parameter: tls, name: msk, key: tls}
        - {parameter: awsRoleArn, name: msk, key: awsRoleArn}
        - {parameter: awsRegion, name: msk, key: awsRegion}
`,
			[]string{
				`error KE15 workloads.selector.scaling.triggers.lag`,
				`error KE15 extraObjects.auth.spec.secretTargetRef[3]`,
			},
			nil,
		},
		{
			"ta foreign parameters", `keda: {enabled: false}
kafka: {mode: external, createTopics: false, bootstrapServers: ["kafka-1.example.com:9093"], topics: {orders: {partitions: 6}}}
workloads:
  translate:
    scaleTargetRef: {name: translate}
    scaling:
      maxReplicas: 6
      triggers:
        lag:
          type: kafka
          metadata:
            bootstrapServers: "kafka-1.example.com:9093"
            consumerGroup: translate
            topic: orders
            lagThreshold: "50"
            authMode: sasl
            saslMechanism: GSSAPI
            securityProtocol: SASL_SSL
            sasl.kerberos.service.name: kafka
          authenticationRef: {name: kafka-auth}
extraObjects:
  auth:
    apiVersion: keda.sh/v1alpha1
    kind: TriggerAuthentication
    metadata: {name: kafka-auth}
    spec:
      secretTargetRef:
        - {parameter: saslUsername, name: kafka-secret, key: principal}
        - {parameter: saslPassword, name: kafka-secret, key: keytab}
`,
			[]string{
				`error KE15 extraObjects.auth.spec.secretTargetRef[0]`,
				`error KE15 extraObjects.auth.spec.secretTargetRef[1]`,
				`warning KE01 workloads.translate.scaling.triggers.lag.metadata.sasl\.kerberos\.service\.name`,
			},
			nil,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, f := range Lint(mustParse(t, tt.in), Options{}) {
				got = append(got, string(f.Severity)+" "+f.Rule+" "+f.Path)
				if slices.Contains(tt.not, f.Rule) {
					t.Errorf("unexpected: %s", f)
				}
			}
			for _, want := range tt.want {
				if !slices.Contains(got, want) {
					t.Errorf("%s is missing in\n%s", want, strings.Join(got, "\n"))
				}
			}
		})
	}
}
