// SPDX-License-Identifier: Apache-2.0

package krm

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/helm-wasm/helm-wasm/internal/suggest"
	"github.com/helm-wasm/helm-wasm/internal/yamlout"
	"github.com/helm-wasm/helm-wasm/stack"
)

// listFields are the fields of a ResourceList.
var listFields = []string{"apiVersion", "kind", "items", "functionConfig", "results"}

// The versions of a ResourceList differ in nothing that is read or written here.
var listVersions = []string{"config.kubernetes.io/v1", "config.kubernetes.io/v1beta1"}

// list is a ResourceList in pieces, each as it was written.
type list struct {
	text   string
	fields []field
	rest   int // offset of what follows the document
	items  []*object
	config *object // nil without a functionConfig
	column int     // of the items' dashes
	start  int     // offset of the first item, 0 if there is none
	tail   []string
	broken error // why an item cannot be read
}

// field is one field of the list, with all its lines.
type field struct {
	key      string
	from, to int
}

// read cuts a ResourceList into pieces. One that is not written in lines (JSON,
// items in brackets, anchors that several items share) is rewritten in lines
// first.
func read(in []byte) (*list, error) {
	text := strings.ReplaceAll(strings.TrimPrefix(string(in), "\ufeff"), "\r\n", "\n")
	text = strings.ReplaceAll(text, "\r", "\n") // a line break in YAML
	if !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	l := &list{text: text}
	ok := l.cutFields()
	if ok {
		if err := l.check(); err != nil {
			return nil, err
		}
		ok = l.cutItems()
	}
	if !ok {
		broken := l.broken
		doc, err := l.parse("it", text, 0)
		if err != nil && broken != nil {
			return nil, broken
		}
		if err != nil {
			return nil, err
		}
		data, err := yamlout.AppendYAML(nil, doc.Tree())
		if err != nil {
			return nil, err
		}
		l = &list{text: string(data)}
		l.cutFields()
		if err := l.check(); err != nil {
			return nil, err
		}
		if !l.cutItems() {
			if broken == nil {
				broken = errors.New("the items of the ResourceList are not a list of objects: write each after `- `")
			}
			return nil, broken
		}
	}
	return l, l.readConfig()
}

// readConfig reads the functionConfig.
func (l *list) readConfig() error {
	f := l.field("functionConfig")
	if f == nil {
		return nil
	}
	doc, err := l.parse(f.key, l.text[f.from:f.to], f.from)
	if err != nil || doc.Tree()[f.key] == nil {
		return err
	}
	below, ok, err := doc.Below(f.key, f.key)
	if err != nil {
		return err
	}
	if !ok {
		return errors.New("the functionConfig is not an object: it needs apiVersion, kind and metadata")
	}
	l.config = newObject(f.key, below)
	l.config.doc = below
	return nil
}

// field finds a field of the list.
func (l *list) field(key string) *field {
	for i := range l.fields {
		if l.fields[i].key == key {
			return &l.fields[i]
		}
	}
	return nil
}

// value returns the text after the key of a field.
func (l *list) value(key string) string {
	f := l.field(key)
	if f == nil {
		return ""
	}
	_, v, _ := strings.Cut(l.lineAt(f.from), ":")
	return strings.Trim(withoutComment(v), `"'`)
}

// check refuses everything that is not a ResourceList.
func (l *list) check() error {
	kind, version := l.value("kind"), l.value("apiVersion")
	const writers = "; kustomize and other orchestrators write one"
	switch {
	case kind == "":
		return errors.New("standard input is not a ResourceList: it has no kind" + writers)
	case kind == Kind:
		return errors.New("standard input is a " + Kind + ", not a ResourceList that contains one; " +
			"kustomize writes a ResourceList, and for values alone there is the command render")
	case kind != "ResourceList":
		return errors.New("standard input is of kind " + strconv.Quote(kind) + ", not a ResourceList" +
			didYouMean(kind, "ResourceList") + writers)
	case version != listVersions[0] && version != listVersions[1]:
		return errors.New("the ResourceList has apiVersion " + strconv.Quote(version) + ", not " +
			strings.Join(listVersions, " or ") + didYouMean(version, listVersions...))
	}
	for i := range l.fields {
		f := &l.fields[i]
		if l.field(f.key) != f || !slices.Contains(listFields, f.key) {
			return l.at(f.from, "the field "+strconv.Quote(f.key)+" is given twice or is not a field of a ResourceList"+
				didYouMean(f.key, listFields...)+", which has "+strings.Join(listFields, ", "))
		}
		if f.key != "items" && f.key != "functionConfig" { // which are read later
			if _, err := l.parse(f.key, l.text[f.from:f.to], f.from); err != nil {
				return err
			}
		}
	}
	for rest := l.rest; rest < len(l.text); {
		line := l.lineAt(rest)
		if t := strings.Trim(line, " \n-."); t != "" && t[0] != '#' {
			return l.at(rest, "a second document starts; standard input must be one ResourceList")
		}
		rest += len(line)
	}
	return nil
}

// at returns an error with the line of an offset.
func (l *list) at(offset int, message string) error {
	return errors.New("line " + strconv.Itoa(1+strings.Count(l.text[:offset], "\n")) + ": " + message)
}

// parse reads a piece that starts at an offset. Errors name the piece, and the
// line in the whole list.
func (l *list) parse(name, text string, at int) (*stack.Document, error) {
	doc, err := stack.Parse(name, []byte(text))
	if err != nil {
		return nil, l.located(err, name, text, at)
	}
	return doc, nil
}

// located returns the error of a piece, which is read again with as many lines before
// it as it has in the list.
func (l *list) located(err error, name, text string, at int) error {
	before := strings.Count(l.text[:at], "\n")
	if _, again := stack.Parse(name, []byte(strings.Repeat("\n", before)+text)); again != nil {
		err = again
	}
	var e *stack.ParseError
	if !errors.As(err, &e) {
		return err
	}
	message := "line " + strconv.Itoa(max(e.Line, before+1)) + " of the ResourceList: " + name + " " + e.Msg
	if e.Hint != "" && !strings.Contains(e.Hint, "`") { // which is about values files
		message += "; " + e.Hint
	}
	return errors.New(message)
}

// didYouMean returns the part of a sentence that names what was probably meant, or
// "".
func didYouMean(word string, known ...string) string {
	if best := suggest.Nearest(word, known); best != "" {
		return " (did you mean " + best + "?)"
	}
	return ""
}
