// SPDX-License-Identifier: Apache-2.0

package pass

import "strings"

// KedaVersion is the KEDA release whose scalers are known.
const KedaVersion = kedaVersion

// Param is a parameter of a KEDA scaler.
type Param struct {
	Name    string
	Allowed []string // values that it may have; nil for any
	flags   string
}

// InMetadata says that a trigger's metadata may hold the parameter.
func (p *Param) InMetadata() bool { return p.has('m') }

// FromEnv says that metadata may name an environment variable of the target, by
// the parameter's name and FromEnv.
func (p *Param) FromEnv() bool { return p.has('e') }

// FromAuth says that a TriggerAuthentication may give the parameter.
func (p *Param) FromAuth() bool { return p.has('a') }

// IsNumber and IsBoolean say what KEDA parses the parameter as.
func (p *Param) IsNumber() bool  { return p.has('n') }
func (p *Param) IsBoolean() bool { return p.has('b') }

// MetadataRequired says that only metadata can give the parameter, and must.
func (p *Param) MetadataRequired() bool { return p.flags == "rm" || p.flags == "rme" }

func (p *Param) has(flag byte) bool { return strings.IndexByte(p.flags, flag) >= 0 }

// ScalerTypes are the types of all scalers of KEDA, sorted.
func ScalerTypes() []string {
	var types []string
	for line := range strings.SplitSeq(strings.TrimSuffix(scalerTable, "\n"), "\n") {
		name, _, _ := strings.Cut(line, " ")
		types = append(types, name)
	}
	return types
}

// Scaler lists the parameters of a type of trigger; ok is false for a type that
// KEDA does not have.
func (p *Pass) Scaler(typ string) (params []Param, ok bool) {
	if params, ok = p.scalers[typ]; ok {
		return params, true
	}
	if params, ok = readScaler(typ); ok {
		if p.scalers == nil {
			p.scalers = map[string][]Param{}
		}
		p.scalers[typ] = params
	}
	return params, ok
}

// readScaler reads a type's line of the table.
func readScaler(typ string) (params []Param, ok bool) {
	for line := range strings.SplitSeq(strings.TrimSuffix(scalerTable, "\n"), "\n") {
		name, rest, _ := strings.Cut(line, " ")
		if name != typ {
			continue
		}
		for _, word := range strings.Fields(rest) {
			parts := strings.SplitN(word, "/", 3)
			param := Param{Name: parts[0], flags: parts[1]}
			if len(parts) == 3 {
				param.Allowed = strings.Split(parts[2], "|")
			}
			params = append(params, param)
		}
		return params, true
	}
	return nil, false
}

// ParamNamed is the parameter of that name; nil if there is none.
func ParamNamed(params []Param, name string) *Param {
	for i := range params {
		if params[i].Name == name {
			return &params[i]
		}
	}
	return nil
}
