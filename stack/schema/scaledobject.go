// SPDX-License-Identifier: Apache-2.0

package schema

import "strings"

// FromScaledObject reads the scaling of a ScaledObject or a ScaledJob, with KEDA's own
// defaults. Its triggers are a list there; ToTrigger reads one.
func FromScaledObject(tree map[string]any, sc *Scaling) {
	sc.MaxReplicas, sc.PollingInterval, sc.CooldownPeriod = 100, 30, 300
	fields := map[string]any{}
	for i := range ScalingObject().Fields {
		f := &ScalingObject().Fields[i]
		var v any = tree
		for _, key := range ScaledObjectPath(f.Name) {
			m, _ := v.(map[string]any)
			v = m[key]
		}
		if v != nil && f.Name != "triggers" && len(ScaledObjectPath(f.Name)) > 0 {
			fields[f.Name] = v
		}
	}
	decodeScaling(fields, sc)
}

// ToTrigger reads a trigger of a ScaledObject.
func ToTrigger(m map[string]any) Trigger {
	var t Trigger
	decodeTrigger(m, &t)
	return t
}

// ScaledObjectPath is where a ScaledObject has a field of scaling; nil for one that it
// has elsewhere, in its triggers or in an annotation.
func ScaledObjectPath(field string) []string {
	f := ScalingObject().Field(field)
	switch {
	case f == nil || f.Keda == "":
		return nil
	case field == "triggers":
		return []string{"spec", "triggers"}
	case strings.IndexByte(f.Keda, '[') >= 0:
		return nil
	case strings.HasPrefix(f.Keda, "metadata."):
		return strings.Split(f.Keda, ".")
	}
	return append([]string{"spec"}, strings.Split(f.Keda, ".")...)
}
