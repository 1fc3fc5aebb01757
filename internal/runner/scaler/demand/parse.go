// SPDX-License-Identifier: Apache-2.0

package demand

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Most is how many functions a target may have.
const Most = 10_000

// maxPartitions limits what partitionLimitation may list.
const maxPartitions = 100_000

// Metadata of a trigger that is for KEDA alone.
var forKEDA = []string{"scalerAddress", "enableTLS", "unsafeSsl"}

// Parse reads the metadata of an external-push trigger. It has the keys of
// KEDA's kafka trigger that say what counts, and maxReplicas; or it has a JSON
// list of such objects under `functions`, whose sum counts.
func Parse(metadata map[string]string) (Target, error) {
	own := maps.Clone(metadata)
	maps.DeleteFunc(own, func(key, _ string) bool { return slices.Contains(forKEDA, key) })
	list, several := own["functions"]
	if !several {
		f, err := function(own)
		if err != nil {
			return nil, err
		}
		return Target{f}, nil
	}
	if len(own) > 1 {
		delete(own, "functions")
		return nil, fmt.Errorf("metadata has functions and %s: give one function, or a list of them",
			strings.Join(slices.Sorted(maps.Keys(own)), ", "))
	}
	var entries []map[string]string
	if err := json.Unmarshal([]byte(list), &entries); err != nil {
		return nil, fmt.Errorf("metadata.functions is no JSON list of objects with strings: %w", err)
	}
	if len(entries) == 0 || len(entries) > Most {
		return nil, fmt.Errorf("metadata.functions has %d functions: give 1 to %d", len(entries), Most)
	}
	var target Target
	for i, entry := range entries {
		f, err := function(entry)
		if err != nil {
			return nil, fmt.Errorf("metadata.functions[%d]: %w", i, err)
		}
		target = append(target, f)
	}
	return target, nil
}

func function(metadata map[string]string) (Function, error) {
	f := Function{Threshold: 10} // KEDA's default
	for _, key := range slices.Sorted(maps.Keys(metadata)) {
		if err := f.set(key, strings.TrimSpace(metadata[key])); err != nil {
			return f, err
		}
	}
	switch {
	case f.Topic == "":
		return f, fmt.Errorf("topic is empty: name the Kafka topic")
	case f.Group == "":
		return f, fmt.Errorf("consumerGroup is empty: name the group that commits offsets")
	case f.AllowIdle && f.OnlyLagging:
		return f, fmt.Errorf("allowIdleConsumers and limitToPartitionsWithLag are both true: keep one of them")
	case f.Even && f.OnlyLagging:
		return f, fmt.Errorf("ensureEvenDistributionOfPartitions and limitToPartitionsWithLag are both true: keep one of them")
	}
	return f, nil
}

func (f *Function) set(key, value string) error {
	if value == "" {
		return nil // as KEDA reads it: not given
	}
	switch key {
	case "topic":
		f.Topic = value
	case "consumerGroup":
		f.Group = value
	case "offsetResetPolicy":
		if value != "earliest" && value != "latest" {
			return fmt.Errorf("offsetResetPolicy is %q: use earliest or latest", value)
		}
		f.Latest = value == "latest"
	case "partitionLimitation":
		return f.limit(value)
	case "lagThreshold":
		return number(key, value, 1, &f.Threshold)
	case "activationLagThreshold":
		return number(key, value, 0, &f.Activation)
	case "maxReplicas":
		return number(key, value, 1, &f.MaxReplicas)
	case "allowIdleConsumers":
		return boolean(key, value, &f.AllowIdle)
	case "excludePersistentLag":
		return boolean(key, value, &f.ExcludePersistent)
	case "limitToPartitionsWithLag":
		return boolean(key, value, &f.OnlyLagging)
	case "ensureEvenDistributionOfPartitions":
		return boolean(key, value, &f.Even)
	case "scaleToZeroOnInvalidOffset":
		return boolean(key, value, &f.ZeroOnInvalid)
	default:
		return fmt.Errorf("%q is not a key of the scaler's metadata: remove it, or correct its name", key)
	}
	return nil
}

func number(key, value string, least int64, into *int64) error {
	n, err := strconv.ParseInt(value, 10, 64)
	if err != nil || n < least {
		return fmt.Errorf("%s is %q: give a whole number of at least %d", key, value, least)
	}
	*into = n
	return nil
}

func boolean(key, value string, into *bool) error {
	b, err := strconv.ParseBool(value)
	if err != nil {
		return fmt.Errorf("%s is %q: use true or false", key, value)
	}
	*into = b
	return nil
}

// limit reads partitions such as "1,2,10-20".
func (f *Function) limit(value string) error {
	f.Only = []int32{}
	for part := range strings.SplitSeq(value, ",") {
		from, to, isRange := strings.Cut(strings.TrimSpace(part), "-")
		if !isRange {
			to = from
		}
		first, err := strconv.ParseInt(from, 10, 32)
		last, err2 := strconv.ParseInt(to, 10, 32)
		if err != nil || err2 != nil || first < 0 || last < first || last-first >= maxPartitions-int64(len(f.Only)) {
			return fmt.Errorf("partitionLimitation is %q: list partitions and ranges of them, as in 1,2,10-20", value)
		}
		for id := first; id <= last; id++ {
			f.Only = append(f.Only, int32(id))
		}
	}
	return nil
}
