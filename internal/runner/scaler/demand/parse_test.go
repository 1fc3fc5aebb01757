// SPDX-License-Identifier: Apache-2.0

package demand

import (
	"maps"
	"reflect"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	all := map[string]string{
		"scalerAddress": "x:1", "enableTLS": "true", "unsafeSsl": "false",
		"topic": "in", "consumerGroup": "g", "lagThreshold": "50", "activationLagThreshold": "3", "maxReplicas": "7",
		"offsetResetPolicy": "latest", "allowIdleConsumers": "true", "excludePersistentLag": "true",
		"ensureEvenDistributionOfPartitions": "true", "scaleToZeroOnInvalidOffset": "true", "partitionLimitation": "1, 4-6",
	}
	want := Target{{
		Topic: "in", Group: "g", Threshold: 50, Activation: 3, MaxReplicas: 7, Latest: true, AllowIdle: true,
		ExcludePersistent: true, Even: true, ZeroOnInvalid: true, Only: []int32{1, 4, 5, 6},
	}}
	if got, err := Parse(all); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v; want %+v", got, err, want)
	}
	several := map[string]string{"scalerAddress": "x:1", "functions": `[
		{"topic": "a", "consumerGroup": "g", "limitToPartitionsWithLag": "1"},
		{"topic": "b", "consumerGroup": "h", "lagThreshold": ""}]`}
	want = Target{{Topic: "a", Group: "g", Threshold: 10, OnlyLagging: true}, {Topic: "b", Group: "h", Threshold: 10}}
	if got, err := Parse(several); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v; want %+v", got, err, want)
	}
}

func TestParseErrors(t *testing.T) {
	const even, lagging = "ensureEvenDistributionOfPartitions", "limitToPartitionsWithLag"
	for name, tc := range map[string]struct {
		with map[string]string // beside a topic and a group
		want string
	}{
		"no topic":        {map[string]string{"topic": " "}, "topic is empty"},
		"no group":        {map[string]string{"consumerGroup": ""}, "consumerGroup is empty"},
		"unknown key":     {map[string]string{"lagTreshold": "1"}, `"lagTreshold" is not a key`},
		"policy":          {map[string]string{"offsetResetPolicy": "newest"}, `offsetResetPolicy is "newest": use earliest or latest`},
		"threshold":       {map[string]string{"lagThreshold": "0"}, `lagThreshold is "0": give a whole number of at least 1`},
		"no number":       {map[string]string{"activationLagThreshold": "1e3"}, `activationLagThreshold is "1e3"`},
		"boolean":         {map[string]string{"allowIdleConsumers": "yes"}, `allowIdleConsumers is "yes": use true or false`},
		"range":           {map[string]string{"partitionLimitation": "3-1"}, `partitionLimitation is "3-1"`},
		"endless range":   {map[string]string{"partitionLimitation": "0-2147483647"}, "partitionLimitation"},
		"many ranges":     {map[string]string{"partitionLimitation": "0-99999,0-99999"}, "partitionLimitation"},
		"idle and lag":    {map[string]string{"allowIdleConsumers": "true", lagging: "true"}, "keep one of them"},
		"even and lag":    {map[string]string{even: "true", lagging: "true"}, "keep one of them"},
		"list and others": {map[string]string{"functions": "[]"}, "metadata has functions and consumerGroup, topic"},
	} {
		t.Run(name, func(t *testing.T) {
			metadata := map[string]string{"topic": "t", "consumerGroup": "g"}
			maps.Copy(metadata, tc.with)
			if _, err := Parse(metadata); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("%v, want %s", err, tc.want)
			}
		})
	}
	for list, want := range map[string]string{
		"{}":             "no JSON list",
		"[]":             "has 0 functions",
		`[{"topic": 1}]`: "no JSON list of objects with strings",
		`[{"topic": "a", "consumerGroup": "g"}, {"topic": "b"}]`: "metadata.functions[1]: consumerGroup is empty",
	} {
		if _, err := Parse(map[string]string{"functions": list}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", list, err, want)
		}
	}
}

// FuzzParse: whatever somebody sends is a target that can be reckoned with, or an error.
func FuzzParse(f *testing.F) {
	f.Add("lagThreshold", "5", `[{"topic": "a", "consumerGroup": "g"}]`)
	f.Add("partitionLimitation", "1,3-7", "")
	f.Fuzz(func(t *testing.T, key, value, list string) {
		metadata := map[string]string{"topic": "t", "consumerGroup": "g", key: value}
		if list != "" {
			metadata = map[string]string{"functions": list}
		}
		target, err := Parse(metadata)
		if err != nil {
			return
		}
		d := target.Demand(func(*Function) []Partition { return []Partition{at(0, 9, 0), fresh(1, 0, 4)} })
		if d.Lag < 0 || d.Replicas < 0 || target.Unit() < 1 {
			t.Errorf("%v asks for %+v", metadata, d)
		}
	})
}
