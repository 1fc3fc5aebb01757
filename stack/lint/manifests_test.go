// SPDX-License-Identifier: Apache-2.0

package lint

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/helm-wasm/helm-wasm/internal/manifests"
)

// scaledObject is one with the given spec, of which line 4 begins.
func scaledObject(name, spec string) string {
	return "apiVersion: keda.sh/v1alpha1\nkind: ScaledObject\nmetadata: {name: " + name + "}\nspec:\n  " +
		strings.ReplaceAll(spec, "\n", "\n  ") + "\n"
}

const kafkaMetadata = "bootstrapServers: 'kafka.kafka:9092', consumerGroup: g, topic: orders, offsetResetPolicy: earliest"

func lintManifests(t *testing.T, text string) Findings {
	t.Helper()
	objects, err := manifests.Read("m.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return Manifests(objects, Options{})
}

// Findings name the fields of the ScaledObject, and where they stand.
func TestManifests(t *testing.T) {
	target := "scaleTargetRef: {name: app}\n"
	trigger := "triggers: [{type: kafka, metadata: {" + kafkaMetadata + "}}]\n"
	const cpu = "triggers: [{type: cpu, metadata: {value: '50'}, metricType: Utilization}]\n"
	const both = ` both scale the Deployment "app"; KEDA refuses the second`
	for _, tt := range []struct {
		name, in string
		want     []string // line, severity, rule, path: message
	}{
		{"nothing", scaledObject("a", target+trigger), nil},
		{
			"replicas", scaledObject("a", "minReplicaCount: 5\nmaxReplicaCount: 3\n"+target+trigger),
			[]string{"5 error KE04 spec.minReplicaCount: minReplicaCount 5 is more than maxReplicaCount 3"},
		},
		{
			"KEDA's default of 100 replicas", scaledObject("a", "minReplicaCount: 101\n"+target+trigger),
			[]string{"5 error KE04 spec.minReplicaCount: minReplicaCount 101 is more than maxReplicaCount 100"},
		},
		{
			"a type", scaledObject("a", target+"triggers:\n- type: corn\n  metadata: {}\n"),
			[]string{`7 error KE01 spec.triggers[0].type: "corn" is not a scaler of KEDA`},
		},
		{
			"a key with dots", scaledObject("a", target+"triggers:\n- type: redis\n"+
				"  metadata:\n    address: a:1\n    listName: l\n    x.y: z\n"),
			[]string{`11 warning KE01 spec.triggers[0].metadata.x\.y: "x.y" is not a parameter of the redis scaler`},
		},
		{
			"two of one target", scaledObject("a", target+trigger) + "---\n" + scaledObject("b", target+trigger),
			[]string{"13 error KE06 spec.scaleTargetRef: " + `the ScaledObject "a" and the ScaledObject "b"` + both},
		},
		{
			"an HPA beside it", scaledObject("a", target+trigger) +
				"---\napiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: h}\n" +
				"spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: app}}\n",
			[]string{"12 error KE06 spec.scaleTargetRef: " + `the ScaledObject "a" and the HorizontalPodAutoscaler "h"` + both},
		},
		{
			"two HPAs of one name", scaledObject("a", target+trigger+"advanced: {horizontalPodAutoscalerConfig: {name: h}}") + "---\n" +
				scaledObject("b", "scaleTargetRef: {name: b}\n"+trigger+"advanced: {horizontalPodAutoscalerConfig: {name: h}}"),
			[]string{`15 error KE06 spec.advanced.horizontalPodAutoscalerConfig.name: ` +
				`the ScaledObject "a" and the ScaledObject "b" have one hpaName, "h"`},
		},
		{
			"cpu alone", scaledObject("a", target+cpu),
			[]string{"4 error KE18 spec.minReplicaCount: cpu and memory triggers alone cannot start from zero replicas; " +
				"KEDA refuses the ScaledObject"},
		},
		{
			"an annotation", "apiVersion: keda.sh/v1alpha1\nkind: ScaledObject\nmetadata:\n  name: a\n  annotations:\n" +
				"    autoscaling.keda.sh/paused-replicas: two\nspec: {" +
				strings.ReplaceAll(strings.TrimSpace(target+trigger), "\n", ", ") + "}\n",
			[]string{`6 error KE22 metadata.annotations.autoscaling\.keda\.sh/paused-replicas: autoscaling.keda.sh/paused-replicas ` +
				`is "two", not a number; KEDA fails to reconcile`},
		},
		{
			"a ScaledJob", strings.Replace(
				scaledObject("a", "jobTargetRef: {template: {}}\ntriggers: [{type: kafka, metadata: {topic: t}}]\n"),
				"ScaledObject", "ScaledJob", 1),
			[]string{
				"6 error KE01 spec.triggers[0]: the kafka scaler needs bootstrapServers",
				"6 error KE01 spec.triggers[0]: the kafka scaler needs consumerGroup",
				"6 warning KE12 spec.triggers[0]: without offsetResetPolicy KEDA uses latest: with minReplicaCount 0 it starts replicas " +
					"at once for partitions without commit",
			},
		},
		{"other kinds", "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\n", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, f := range lintManifests(t, tt.in) {
				got = append(got, fmt.Sprintf("%d %s %s %s: %s", f.Position.Line, f.Severity, f.Rule, f.Path, f.Message))
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
			}
		})
	}
}

// withAuth is a ScaledObject whose trigger names a TriggerAuthentication, beside one of
// the given name.
func withAuth(name string) string {
	return scaledObject("a", "scaleTargetRef: {name: app}\ntriggers: [{type: kafka, metadata: {"+kafkaMetadata+
		"}, authenticationRef: {name: login}}]") +
		"---\napiVersion: keda.sh/v1alpha1\nkind: TriggerAuthentication\nmetadata: {name: " + name + "}\nspec: {}\n"
}

// onDeployment is a ScaledObject with a trigger, and the Deployment app with the given
// containers.
func onDeployment(ref, trigger, containers string) string {
	return scaledObject("a", "minReplicaCount: 1\nscaleTargetRef: {name: app"+ref+"}\ntriggers: [{"+trigger+"}]") +
		"---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: app}\nspec: {template: {spec: {" + containers + "}}}\n"
}

const (
	fromEnv   = "type: redis, metadata: {listName: l, addressFromEnv: R}"
	cpuUse    = "type: cpu, metricType: Utilization, metadata: {value: '50'}"
	withProxy = "containers: [{name: proxy}, {name: app, env: [{name: R, value: 'r:1'}]}]"
)

var manifestCases = []siteCase{
	{
		"KE28", errorSev, "spec.triggers[0].metadata.addressFromEnv", onDeployment("", fromEnv, withProxy),
		onDeployment(", envSourceContainerName: app", fromEnv, withProxy),
		Options{},
	},
	{
		"KE28", errorSev, "spec.triggers[0].metadata.addressFromEnv", onDeployment(", envSourceContainerName: ap", fromEnv, withProxy),
		onDeployment("", fromEnv, "containers: [{name: a, envFrom: [{configMapRef: {name: c}}]}]"),
		Options{},
	},
	{
		"KE28", errorSev, "spec.triggers[0].metadata.addressFromEnv", onDeployment("", fromEnv, ""),
		onDeployment(", kind: Rollout", fromEnv, ""),
		Options{},
	},
	{
		"KE18", errorSev, "spec.triggers[0]", onDeployment("", cpuUse, "containers: [{name: a}]"),
		onDeployment("", cpuUse, "containers: [{name: a, resources: {limits: {cpu: 1}}}]"),
		Options{},
	},
	{"KE15", infoSev, "spec.triggers[0].authenticationRef", withAuth("other"), withAuth("login"), Options{}},
	{"KE15", errorSev, "spec.secretTargetRef[0]", givenBy("saslUsername", "", "x"), givenBy("username", "", "x"), Options{}},
	{"KE15", errorSev, "spec.secretTargetRef[0]", givenBy("awsRegion", "", "x"), givenBy("awsRoleArn", "", "x"), Options{}},
	{"KE15", errorSev, "spec.secretTargetRef[0]", givenBy("tls", "", "SSL"), givenBy("tls", "", "enable"), Options{}},
	{
		"KE04", errorSev, "spec.idleReplicaCount", scaledObject("a", "idleReplicaCount: 0\nscaleTargetRef: {name: a}\n"),
		scaledObject("a", "idleReplicaCount: 0\nminReplicaCount: 0\nscaleTargetRef: {name: a}\n"),
		Options{},
	},
	{
		"KE22", warnSev, `functions.enrich.scaling.annotations.autoscaling\.keda\.sh/pause`,
		sc("annotations: {autoscaling.keda.sh/pause: 'true'}"), sc("annotations: {autoscaling.keda.sh/paused: 'true'}"),
		Options{},
	},
}

// givenBy is a ScaledObject whose TriggerAuthentication takes a parameter from a Secret.
func givenBy(parameter, metadata, value string) string {
	return strings.Replace(strings.TrimSuffix(withAuth("login"), "spec: {}\n"), kafkaMetadata, kafkaMetadata+metadata, 1) +
		"spec: {secretTargetRef: [{parameter: " + parameter + ", name: s, key: k}]}\n" +
		"---\napiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {k: '" + value + "'}\n"
}

// A mechanism counts wherever it comes from.
func TestMechanismFromASecret(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{givenBy("sasl", "", "scram_sha512"), "lacks username, password, which sasl scram_sha512 needs"},
		{givenBy("sasl", ", sasl: none", "scram_sha512"), ""},
		{givenBy("sasl", "", "oauthbearer"), "lacks username, password, oauthTokenEndpointUri"},
		{givenBy("sasl", "", "none"), ""},
	} {
		got := ""
		for _, f := range lintManifests(t, tt.in) {
			got += f.Message + "\n"
		}
		if tt.want == "" && got != "" || !strings.Contains(got, tt.want) {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
}

// Words of Kafka's clients lead to those of KEDA.
func TestForeignWords(t *testing.T) {
	for key, want := range map[string]string{
		"security.protocol": "tls: enable", "sasl.mechanism": "sasl (", "saslMechanism": "sasl (", "group.id": "consumerGroup",
		"auto.offset.reset": "offsetResetPolicy", "brokerList": "bootstrapServers", "sasl.kerberos.service.name": "kerberosServiceName",
		"ssl.ca.location": "ca, in", "authMode": "sasl (", "sasl.jaas.config": "username and password",
	} {
		text := scaledObject("a", "scaleTargetRef: {name: a}\ntriggers:\n- type: kafka\n  metadata: {"+kafkaMetadata+",\n    "+key+": x}")
		found := lintManifests(t, text)
		if len(found) != 1 || !strings.Contains(found[0].Fix, "called "+want) || found[0].Position.Line != 9 {
			t.Errorf("%s gives %v", key, found)
		}
	}
}
