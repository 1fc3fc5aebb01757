// SPDX-License-Identifier: Apache-2.0

package pass

import (
	"encoding/hex"
	"strings"

	"github.com/helm-wasm/helm-wasm/internal/sum"
	"github.com/helm-wasm/helm-wasm/stack/schema"
)

// MaxObjectName is what KEDA leaves for a ScaledObject's name: its HPA is named
// keda-hpa-<name> and may have 63 characters.
const MaxObjectName = 54

// IsReleaseName says whether Helm takes a name for a release.
func IsReleaseName(name string) bool { return name != "" && len(name) <= 53 && schema.IsName(name) }

// readFullname finds the prefix of objects' names, as the template wks.init has it.
func (p *Pass) readFullname() {
	name := p.Values.FullnameOverride
	if name == "" {
		name = p.Release
	}
	p.fullname = cutName(strings.ReplaceAll(name, ".", "-"), 53)
}

// cutName is the template wks.cut: a prefix and eight digits of a hash.
func cutName(name string, most int) string {
	if len(name) <= most {
		return name
	}
	hash := sum.SHA256(name)
	head := strings.TrimSuffix(strings.TrimSuffix(name[:most-9], "-"), ".")
	return head + "-" + hex.EncodeToString(hash[:4])
}

// ObjectName is that of a function's Deployment and ScaledObject, or of a
// workload's ScaledObject; empty when the release is unknown.
func (p *Pass) ObjectName(name string) string {
	if p.fullname == "" {
		return ""
	}
	return cutName(p.fullname+"-"+name, MaxObjectName)
}

// OwnDeployment finds the function whose Deployment has a name. Where the
// release is unknown, a name that ends in -<function> is likely one.
func (p *Pass) OwnDeployment(name string) (function string, certain bool) {
	for i := 0; i < len(name); i++ {
		if name[i] != '-' || i == 0 && p.fullname == "" {
			continue
		}
		fn := name[i+1:]
		f, ok := p.Values.Functions[fn]
		if !ok || f.Enabled != nil && !*f.Enabled {
			continue
		}
		if p.fullname == "" {
			return fn, false
		}
		if name == p.ObjectName(fn) {
			return fn, true
		}
	}
	if fn, ok := p.cutNames()[name]; ok {
		return fn, true
	}
	return "", false
}

// cutNames are the functions whose objects' names are cut, by that name.
func (p *Pass) cutNames() map[string]string {
	if p.cut != nil || p.fullname == "" {
		return p.cut
	}
	p.cut = map[string]string{}
	for _, s := range p.Functions {
		if len(p.fullname)+1+len(s.Name) > MaxObjectName {
			p.cut[p.ObjectName(s.Name)] = s.Name
		}
	}
	return p.cut
}

// Fullname is the prefix of objects' names; empty when the release is unknown.
func (p *Pass) Fullname() string { return p.fullname }

// Group is the consumer group of a scope; empty when it is not known.
func (s *Scope) Group() string {
	if s.Function == nil || s.Source.ConsumerGroup != "" || s.fullname == "" || s.Namespace == "" {
		return s.Source.ConsumerGroup
	}
	return s.Namespace + "." + s.ObjectName(s.Name)
}
