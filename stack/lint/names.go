// SPDX-License-Identifier: Apache-2.0

package lint

import (
	"encoding/hex"
	"strconv"
	"strings"

	"github.com/helm-wasm/helm-wasm/internal/sum"
	"github.com/helm-wasm/helm-wasm/stack/schema"
)

// maxObjectName is what KEDA leaves for a ScaledObject's name: its HPA is named
// keda-hpa-<name> and may have 63 characters.
const maxObjectName = 54

// IsReleaseName says whether Helm takes a name for a release.
func IsReleaseName(name string) bool { return name != "" && len(name) <= 53 && schema.IsName(name) }

// readFullname finds the prefix of objects' names, as the template wks.init has it.
func (l *linter) readFullname() {
	name := l.v.FullnameOverride
	if name == "" {
		name = l.opts.Release
	}
	l.fullname = cutName(strings.ReplaceAll(name, ".", "-"), 53)
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

// objectName is that of a function's Deployment and ScaledObject, or of a
// workload's ScaledObject; empty when the release is unknown.
func (l *linter) objectName(name string) string {
	if l.fullname == "" {
		return ""
	}
	return cutName(l.fullname+"-"+name, maxObjectName)
}

// nameLength reports names that the chart has to cut.
func (s *scope) nameLength(name string) {
	if s.l.fullname == "" {
		if len(name) > 40 && len(name) <= 63 {
			s.addAs(SeverityInfo, "KE05", "",
				"the name has "+strconv.Itoa(len(name))+
					" characters; together with the release's name it may exceed the 54 that KEDA allows, and is then shortened "+
					"with a hash",
				"use a shorter name, or give --release to see")
		}
		return
	}
	if n := len(s.l.fullname) + 1 + len(name); n > maxObjectName && len(name) <= 63 {
		s.addAs(SeverityInfo, "KE05", "",
			s.l.fullname+"-"+name+" has "+strconv.Itoa(n)+
				" characters, more than the 54 that KEDA allows; its objects are named "+s.l.objectName(name),
			"use a shorter name if the hash is unwelcome")
	}
}

// ownDeployment finds the function whose Deployment has a name. Where the
// release is unknown, a name that ends in -<function> is likely one.
func (l *linter) ownDeployment(name string) (function string, certain bool) {
	for i := 0; i < len(name); i++ {
		if name[i] != '-' || i == 0 && l.fullname == "" {
			continue
		}
		fn := name[i+1:]
		f, ok := l.v.Functions[fn]
		if !ok || f.Enabled != nil && !*f.Enabled {
			continue
		}
		if l.fullname == "" {
			return fn, false
		}
		if name == l.objectName(fn) {
			return fn, true
		}
	}
	if fn, ok := l.cutNames()[name]; ok {
		return fn, true
	}
	return "", false
}

// cutNames are the functions whose objects' names are cut, by that name.
func (l *linter) cutNames() map[string]string {
	if l.cut != nil || l.fullname == "" {
		return l.cut
	}
	l.cut = map[string]string{}
	for _, fn := range l.functions {
		if len(l.fullname)+1+len(fn) > maxObjectName {
			l.cut[l.objectName(fn)] = fn
		}
	}
	return l.cut
}

// group is the consumer group of a function; empty when it is not known.
func (l *linter) group(name string, src *schema.Source) string {
	if src.ConsumerGroup != "" || l.fullname == "" || l.opts.Namespace == "" {
		return src.ConsumerGroup
	}
	return l.opts.Namespace + "." + l.objectName(name)
}
