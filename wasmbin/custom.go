// SPDX-License-Identifier: Apache-2.0

package wasmbin

// custom reads a custom section. Broken content of a known section is not an
// error: engines ignore it, and so does this package.
func (p *parser) custom(r *reader) {
	name := r.name("a custom section's name")
	if r.err != nil {
		return
	}
	p.info.CustomSections = append(p.info.CustomSections, Section{Name: name, Size: r.left()})
	inner := &reader{b: r.b[r.pos:], base: r.offset()}
	r.pos = len(r.b)
	switch name {
	case "name", "component-name":
		p.nameSection(inner)
	case "producers":
		p.producers(inner)
	case "target_features":
		p.targetFeatures(inner)
	}
}

// nameSection reads subsection 0, the name of the module itself, which comes first.
func (p *parser) nameSection(r *reader) {
	id, content := r.section()
	if r.err == nil && id == 0 {
		if name := content.name("the module's name"); content.err == nil {
			p.info.Name = name
		}
	}
}

// maxNotes bounds how many entries are kept of lists that are only displayed.
const maxNotes = 100

func (p *parser) producers(r *reader) {
	for n := r.count("fields", 2, maxNotes); n > 0 && r.err == nil; n-- {
		field := r.name("a field")
		for m := r.count("values", 2, maxNotes); m > 0 && r.err == nil; m-- {
			v := Producer{Field: field, Name: r.name("a producer"), Version: r.name("a version")}
			if r.err == nil && len(p.info.Producers) < maxNotes {
				p.info.Producers = append(p.info.Producers, v)
			}
		}
	}
}

func (p *parser) targetFeatures(r *reader) {
	for n := r.count("features", 2, maxNotes); n > 0 && r.err == nil; n-- {
		used := r.byte("a feature's prefix")
		if name := r.name("a feature"); r.err == nil && (used == '+' || used == '=') {
			p.info.TargetFeatures = append(p.info.TargetFeatures, name)
		}
	}
}
