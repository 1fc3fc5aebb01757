// SPDX-License-Identifier: Apache-2.0

package images

import (
	"crypto/sha256"
	"debug/buildinfo"
	_ "embed" // go.mod
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"runtime/debug"
	"strings"

	"github.com/helm-wasm/helm-wasm/internal/version"
)

const (
	typeSPDX   = "application/spdx+json"
	unknown    = "NOASSERTION"
	mainModule = "github.com/helm-wasm/helm-wasm"
)

type spdxDocument struct {
	Version       string             `json:"spdxVersion"`
	License       string             `json:"dataLicense"`
	ID            string             `json:"SPDXID"`
	Name          string             `json:"name"`
	Namespace     string             `json:"documentNamespace"`
	Creation      spdxCreation       `json:"creationInfo"`
	Packages      []spdxPackage      `json:"packages"`
	Relationships []spdxRelationship `json:"relationships"`
}

type spdxCreation struct {
	Created  string   `json:"created"`
	Creators []string `json:"creators"`
}

type spdxPackage struct {
	ID        string         `json:"SPDXID"`
	Name      string         `json:"name"`
	Version   string         `json:"versionInfo"`
	Purpose   string         `json:"primaryPackagePurpose,omitempty"`
	Location  string         `json:"downloadLocation"`
	Analyzed  bool           `json:"filesAnalyzed"`
	Concluded string         `json:"licenseConcluded"`
	Declared  string         `json:"licenseDeclared"`
	Copyright string         `json:"copyrightText"`
	Checksums []spdxChecksum `json:"checksums,omitempty"`
	Comment   string         `json:"comment,omitempty"`
	Refs      []spdxRef      `json:"externalRefs,omitempty"`
}

type spdxChecksum struct {
	Algorithm string `json:"algorithm"`
	Value     string `json:"checksumValue"`
}

type spdxRef struct {
	Category string `json:"referenceCategory"`
	Type     string `json:"referenceType"`
	Locator  string `json:"referenceLocator"`
}

type spdxRelationship struct {
	From string `json:"spdxElementId"`
	Type string `json:"relationshipType"`
	To   string `json:"relatedSpdxElement"`
}

// SBOM returns the bill of materials of a program in SPDX 2.3, from what the linker
// wrote into the binary. Licences of modules are not examined.
func SBOM(name, arch, binary string) ([]byte, error) {
	info, err := buildinfo.ReadFile(binary)
	if err != nil {
		return nil, fmt.Errorf("reading what %q is made of: %w", binary, err)
	}
	data, err := os.ReadFile(binary)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(data)
	digest := hex.EncodeToString(sum[:])
	program := spdx("Program", name, version.Version, "pkg:golang/"+mainModule+"@v"+version.Version+"#cmd/"+name)
	program.Purpose, program.Location, program.Declared = "APPLICATION", source, "Apache-2.0"
	program.Checksums = []spdxChecksum{{"SHA256", digest}}
	doc := spdxDocument{
		Version: "SPDX-2.3", License: "CC0-1.0", ID: "SPDXRef-DOCUMENT", Name: name + "-linux-" + arch,
		Namespace:     source + "/spdx/" + name + "-linux-" + arch + "-" + digest,
		Creation:      spdxCreation{"1970-01-01T00:00:00Z", []string{"Tool: helm-wasm-images-" + version.Version}},
		Packages:      []spdxPackage{program},
		Relationships: []spdxRelationship{{"SPDXRef-DOCUMENT", "DESCRIBES", program.ID}},
	}
	add := func(relation string, p spdxPackage) {
		doc.Packages = append(doc.Packages, p)
		doc.Relationships = append(doc.Relationships, spdxRelationship{program.ID, relation, p.ID})
	}
	goVersion, _, _ := strings.Cut(strings.TrimPrefix(info.GoVersion, "go"), " ")
	add("DEPENDS_ON", spdx("Stdlib", "stdlib", goVersion, "pkg:golang/stdlib@"+goVersion))
	for _, m := range info.Deps {
		if m.Replace != nil {
			m = m.Replace
		}
		p := spdx("Module-"+m.Path, m.Path, m.Version, purl(m))
		p.Comment = "go.sum " + m.Sum
		add("DEPENDS_ON", p)
	}
	roots, err := rootsVersion()
	if err != nil {
		return nil, err
	}
	p := spdx("Roots", rootsModule, roots, purl(&debug.Module{Path: rootsModule, Version: roots}))
	p.Comment = "Mozilla's certificate authorities, as /etc/ssl/certs/ca-certificates.crt of the image"
	add("DEPENDS_ON", p)
	text, err := json.MarshalIndent(doc, "", "  ")
	return append(text, '\n'), err
}

//go:embed go.mod
var requirements string

// rootsVersion returns the version of the authorities that this module requires.
func rootsVersion() (string, error) {
	_, rest, ok := strings.Cut(requirements, rootsModule+" ")
	if version, _, _ := strings.Cut(rest, "\n"); ok {
		return strings.TrimSpace(version), nil
	}
	return "", fmt.Errorf("reading the version of %s: go.mod does not require it", rootsModule)
}

var notID = regexp.MustCompile(`[^A-Za-z0-9.-]+`)

func spdx(id, name, version, purl string) spdxPackage {
	return spdxPackage{
		ID: "SPDXRef-" + notID.ReplaceAllString(id, "-"), Name: name, Version: version, Location: unknown,
		Concluded: unknown, Declared: unknown, Copyright: unknown,
		Refs: []spdxRef{{"PACKAGE-MANAGER", "purl", purl}},
	}
}

// purl returns the package URL of a Go module. A version's + must be escaped.
func purl(m *debug.Module) string {
	return "pkg:golang/" + m.Path + "@" + strings.ReplaceAll(m.Version, "+", "%2B")
}
