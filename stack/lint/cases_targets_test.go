// SPDX-License-Identifier: Apache-2.0

package lint

import "strings"

func target(ref string) string {
	return "workloads: {w: {scaleTargetRef: {" + ref + "}, source: {topic: orders, consumerGroup: g}}}"
}

// autoscaled is an HPA in extraObjects.
func autoscaled(name string) string {
	return "extraObjects: {hpa: {apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: h}, spec: " +
		"{scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: " + name + "}}}}"
}

const hpaRef = "extraObjects.hpa.spec.scaleTargetRef"

// Two of a kind: targets, HPAs, consumer groups.
var targetCases = []siteCase{
	{"KE06", errorSev, "workloads.w.scaleTargetRef", twice("apps/v1"), twice("apps.example.com/v1"), Options{}},
	{"KE06", errorSev, "extraObjects.z.spec.scaleTargetRef", twoScalers("app"), twoScalers("other"), Options{}},
	{"KE06", warnSev, "workloads.w.scaleTargetRef", target("name: rel-enrich"), target("name: rel-enrich, kind: StatefulSet"), Options{}},
	{"KE06", errorSev, "workloads.w.scaleTargetRef", target("name: rel-enrich"), target("name: relenrich-enrich"), Options{Release: "rel"}},
	{
		"KE06", errorSev, "workloads.w.scaleTargetRef", target("name: full-enrich") + "\nfullnameOverride: full",
		target("name: rel-enrich") + "\nfullnameOverride: full",
		Options{Release: "rel"},
	},
	{
		"KE06", errorSev, "workloads.w.scaleTargetRef",
		longTarget + "68098c42}, source: {topic: orders, consumerGroup: g}}}",
		longTarget + "00000000}, source: {topic: orders, consumerGroup: g}}}",
		Options{Release: "rel"},
	},
	{
		"KE06", errorSev, hpaRef, target("name: shop") + "\n" + autoscaled("shop"),
		target("name: shop") + "\n" +
			strings.Replace(autoscaled("shop"), "name: h}", "name: h, annotations: {validations.keda.sh/hpa-ownership: 'false'}}", 1),
		Options{},
	},
	{"KE06", warnSev, hpaRef, autoscaled("rel-enrich"), autoscaled("rel-enrich") + "\nfunctions: {enrich: {enabled: false}}", Options{}},
	{"KE06", errorSev, hpaRef, autoscaled("rel-enrich"), autoscaled("other-enrich"), Options{Release: "rel"}},
	{
		"KE06", errorSev, hpaRef,
		strings.Replace(autoscaled("rel-enrich"),
			"apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler",
			"apiVersion: keda.sh/v1alpha1, kind: ScaledObject",
			1),
		autoscaled("rel-enrich") + "\n" + sc("hpaName: h, annotations: {scaledobject.keda.sh/transfer-hpa-ownership: 'true'}"),
		Options{Release: "rel"},
	},
	{
		"KE06", errorSev, "workloads.w.scaling.hpaName", sc("hpaName: h") + "\n" + wl("hpaName: h"),
		fn("enabled: false, scaling: {hpaName: h}") + "\n" + wl("hpaName: h"),
		Options{},
	},
	{"KE07", errorSev, "workloads.w.scaleTargetRef.name", target("kind: Deployment"), target("name: d"), Options{}},
	{
		"KE07", errorSev, "workloads.w.scaleTargetRef.kind", target("name: d, kind: DaemonSet"),
		target("name: d, kind: StatefulSet"),
		Options{},
	},
	{
		"KE07", errorSev, "workloads.w.scaleTargetRef.apiVersion", target("name: d, apiVersion: v1"),
		target("name: d, apiVersion: v1, kind: ReplicationController"),
		Options{},
	},
	{
		"KE07", errorSev, "workloads.w.scaleTargetRef.kind", target("name: d, kind: Rollout"),
		target("name: d, kind: Rollout, apiVersion: argoproj.io/v1alpha1"),
		Options{},
	},
	{
		"KE08", errorSev, "extraObjects.d.spec.replicas",
		target("name: d") + "\nextraObjects: {d: {apiVersion: apps/v1, kind: Deployment, metadata: {name: d}, spec: {replicas: 1}}}",
		target("name: d") + "\nextraObjects: {d: {apiVersion: apps/v1, kind: Deployment, metadata: {name: e}, spec: {replicas: 1}}}",
		Options{},
	},
	{
		"KE09", errorSev, "workloads.w.source.topic", "workloads: {w: {scaleTargetRef: {name: d}}}",
		wl("triggers: {t: {type: cron}}"),
		Options{},
	},
	{
		"KE09", errorSev, "workloads.w.source.consumerGroup",
		"workloads: {w: {scaleTargetRef: {name: d}, source: {topic: orders}}}", target("name: d"),
		Options{},
	},
	{"KE09", errorSev, "functions.enrich.source.topic", fn("source: {topic: null}"), fn("source: {}"), Options{}},
	{
		"HW11", errorSev, "workloads.w.source.consumerGroup",
		fn("source: {consumerGroup: g}") + "\n" + target("name: d"),
		fn("source: {consumerGroup: h}") + "\n" + target("name: d"),
		Options{},
	},
	{
		"HW11", errorSev, "workloads.w.source.consumerGroup",
		strings.Replace(target("name: d"), "consumerGroup: g", "consumerGroup: prod.rel-enrich", 1),
		strings.Replace(target("name: d"), "consumerGroup: g", "consumerGroup: prod.other-enrich", 1),
		Options{Release: "rel", Namespace: "prod"},
	},
	{"HW44", infoSev, "functions", fn("enabled: false"), fn("enabled: true"), Options{}},
	{"HW45", warnSev, "functions.enrich.source.topic", ring("enabled: true"), ring("enabled: false"), Options{}},
}

// twice is a target with and without its API version.
func twice(apiVersion string) string {
	return "workloads: {v: {scaleTargetRef: {name: d}, source: {topic: orders, consumerGroup: f}}, w: {scaleTargetRef: " +
		"{name: d, apiVersion: " + apiVersion + "}, source: {topic: orders, consumerGroup: g}}}"
}

const long = "a23456789012345678901234567890123456789012345678901234567890"

// longTarget scales a Deployment whose name ends in a hash.
var longTarget = "functions: {" + long + ": {}}\nworkloads: {w: {scaleTargetRef: {name: rel-" + long[:41] + "-"

func ring(enabled string) string {
	return "functions: {enrich: {sink: {topics: [orders.enriched], topic: null}, abi: redpanda}, back: {" + enabled +
		", source: {topic: orders.enriched}, sink: {topic: orders}}}"
}

// twoScalers are an HPA on a Deployment, and a ScaledObject on that of a name.
func twoScalers(name string) string {
	return "extraObjects:\n" +
		"  a: {apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: a}, spec: {scaleTargetRef: {name: app}}}\n" +
		"  z: {apiVersion: keda.sh/v1alpha1, kind: ScaledObject, metadata: {name: z}, spec: {scaleTargetRef: {name: " + name + "}}}\n"
}
