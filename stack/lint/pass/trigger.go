// SPDX-License-Identifier: Apache-2.0

package pass

import (
	"strconv"

	"github.com/helm-wasm/helm-wasm/internal/manifests"
	"github.com/helm-wasm/helm-wasm/stack/schema"
)

// Trigger is one of scaling.triggers.
type Trigger struct {
	*schema.Trigger
	Name  string
	Field string // scaling.triggers.NAME, or spec.triggers.NUMBER of a ScaledObject of others

	// Known says that KEDA has a scaler of the type, with the parameters Params.
	Known  bool
	Params []Param

	Auth Auth // what its authenticationRef gives
}

func (s *Scope) trigger(name string) *Trigger {
	raw := s.Scaling.Triggers[name]
	return s.resolved(&Trigger{Trigger: &raw, Name: name, Field: "scaling.triggers." + name})
}

// triggerOf is a trigger of a ScaledObject of others, which may have no name.
func (s *Scope) triggerOf(m map[string]any, i int) *Trigger {
	raw, name := schema.ToTrigger(m), manifests.Text(m, "name")
	if _, taken := s.Scaling.Triggers[name]; name == "" || taken {
		name = "triggers[" + strconv.Itoa(i) + "]"
	}
	s.Scaling.Triggers[name] = raw
	return s.resolved(&Trigger{Trigger: &raw, Name: name, Field: "spec.triggers." + strconv.Itoa(i)})
}

// resolved looks up what KEDA knows of a trigger.
func (s *Scope) resolved(t *Trigger) *Trigger {
	if t.Params, t.Known = s.Scaler(t.Type); t.Known {
		t.Auth = s.auth(t.AuthenticationRef)
	}
	return t
}

// Param is the parameter of that name; nil if the scaler has none.
func (t *Trigger) Param(name string) *Param { return ParamNamed(t.Params, name) }

// MetadataAt is the field of a key of the trigger's metadata.
func (t *Trigger) MetadataAt(key string) string { return t.Field + ".metadata." + EscapeKey(key) }

// Setting is the value of a parameter as far as it is known: of metadata, or else what
// its TriggerAuthentication gives.
func (t *Trigger) Setting(name string) string {
	if text := t.Text(name); text != "" {
		return text
	}
	if p := t.Param(name); p == nil || !p.FromAuth() {
		return ""
	}
	return t.Auth.Value(name)
}

// IsKafka says that the trigger is on Kafka, by either of KEDA's scalers.
func (t *Trigger) IsKafka() bool { return t.Type == "kafka" || t.Type == "apache-kafka" }

// IsResource says that the trigger measures the pods themselves: it cannot start
// from zero, since there are none then.
func (t *Trigger) IsResource() bool { return t.Type == "cpu" || t.Type == "memory" }

// SettingAt is the field of a setting in metadata, or the trigger's where it is
// not set there.
func (t *Trigger) SettingAt(key string) string {
	if _, ok := t.Metadata[key]; !ok {
		return t.Field
	}
	return t.MetadataAt(key)
}
