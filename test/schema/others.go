// SPDX-License-Identifier: Apache-2.0

package schema

import (
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"sigs.k8s.io/yaml"
)

// The fields of Strimzi's API (kafka.strimzi.io/v1) that the chart uses:
// Strimzi publishes no Go types.
type (
	strimziMeta struct {
		APIVersion string         `json:"apiVersion"`
		Kind       string         `json:"kind"`
		Metadata   map[string]any `json:"metadata"`
	}
	strimziKafka struct {
		strimziMeta
		Spec struct {
			Kafka struct {
				Version   string `json:"version"`
				Listeners []struct {
					Name           string `json:"name"`
					Port           int    `json:"port"`
					Type           string `json:"type"`
					TLS            bool   `json:"tls"`
					Authentication struct {
						Type string `json:"type"`
					} `json:"authentication"`
				} `json:"listeners"`
				Config map[string]any `json:"config"`
			} `json:"kafka"`
			EntityOperator struct {
				TopicOperator struct{} `json:"topicOperator"`
				Template      struct {
					TopicOperatorContainer struct {
						Env []struct {
							Name  string `json:"name"`
							Value string `json:"value"`
						} `json:"env"`
					} `json:"topicOperatorContainer"`
				} `json:"template"`
			} `json:"entityOperator"`
		} `json:"spec"`
	}
	strimziNodePool struct {
		strimziMeta
		Spec struct {
			Replicas int      `json:"replicas"`
			Roles    []string `json:"roles"`
			Storage  struct {
				Type    string `json:"type"`
				Volumes []struct {
					ID            int    `json:"id"`
					Type          string `json:"type"`
					Size          string `json:"size"`
					Class         string `json:"class"`
					DeleteClaim   bool   `json:"deleteClaim"`
					KRaftMetadata string `json:"kraftMetadata"`
				} `json:"volumes"`
			} `json:"storage"`
		} `json:"spec"`
	}
	strimziTopic struct {
		strimziMeta
		Spec struct {
			TopicName  string         `json:"topicName"`
			Partitions int            `json:"partitions"`
			Replicas   int            `json:"replicas"`
			Config     map[string]any `json:"config"`
		} `json:"spec"`
	}
)

// Others strictly decodes what is neither Kubernetes' nor KEDA's. It reports whether it
// knows the kind.
func Others(o Object) (bool, error) {
	var into any
	switch o.APIVersion + "/" + o.Kind {
	case "monitoring.coreos.com/v1/PodMonitor":
		into = &monitoringv1.PodMonitor{}
	case "monitoring.coreos.com/v1/PrometheusRule":
		into = &monitoringv1.PrometheusRule{}
	case "kafka.strimzi.io/v1/Kafka":
		into = &strimziKafka{}
	case "kafka.strimzi.io/v1/KafkaNodePool":
		into = &strimziNodePool{}
	case "kafka.strimzi.io/v1/KafkaTopic":
		into = &strimziTopic{}
	default:
		return false, nil
	}
	return true, yaml.UnmarshalStrict(o.Manifest, into)
}
