// SPDX-License-Identifier: Apache-2.0

package values

import (
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// converter turns nodes into the tree and counts what aliases expand to.
type converter struct {
	name    string
	active  []*yaml.Node // aliases being expanded, to find one inside itself
	aliased int
	values  int
}

func (c *converter) fail(n *yaml.Node, msg, hint string) error {
	return &ParseError{Name: c.name, Line: n.Line, Column: n.Column, Msg: msg, Hint: hint}
}

func (c *converter) value(n *yaml.Node, depth int) (any, error) {
	if depth > MaxDepth {
		return nil, c.fail(n, "is nested more than "+strconv.Itoa(MaxDepth)+" levels deep",
			"no field needs that; look for a bracket or an indentation too many")
	}
	if err := c.count(n); err != nil {
		return nil, err
	}
	switch n.Kind {
	case yaml.ScalarNode:
		v, err := scalar(n)
		if err != "" {
			return nil, c.fail(n, err, "")
		}
		return v, nil
	case yaml.MappingNode:
		if !isDefaultTag(n, "!!map") {
			return nil, c.fail(n, wrongTag(n), "remove the tag")
		}
		out := make(map[string]any, len(n.Content)/2)
		return out, c.mapping(n, out, depth)
	case yaml.SequenceNode:
		if !isDefaultTag(n, "!!seq") {
			return nil, c.fail(n, wrongTag(n), "remove the tag")
		}
		out := make([]any, len(n.Content))
		for i, e := range n.Content {
			v, err := c.value(e, depth+1)
			if err != nil {
				return nil, err
			}
			out[i] = v
		}
		return out, nil
	case yaml.AliasNode:
		if err := c.enter(n); err != nil {
			return nil, err
		}
		v, err := c.value(n.Alias, depth)
		c.active = c.active[:len(c.active)-1]
		return v, err
	}
	return nil, nil // a document without content
}

// count counts a value, or what a merge key takes its values from.
func (c *converter) count(n *yaml.Node) error {
	if c.values++; c.values > MaxValues && len(c.active) == 0 {
		return c.fail(n, tooManyValues, tooManyHint)
	}
	if len(c.active) > 0 {
		if c.aliased++; c.aliased > maxAliasNodes {
			return c.fail(n, "aliases expand to more than "+strconv.Itoa(maxAliasNodes)+" values",
				"write the values out, or put what functions share under `defaults`")
		}
	}
	return nil
}

func (c *converter) enter(n *yaml.Node) error {
	for _, a := range c.active {
		if a == n.Alias {
			return c.fail(n, "alias *"+n.Value+" stands for something that contains it", "give the anchor to a value that does not use it")
		}
	}
	c.active = append(c.active, n.Alias)
	return nil
}

// mapping fills out in the order of the file, so that a merge key (<<) yields
// to keys after it and wins over keys before it, as with Helm.
func (c *converter) mapping(n *yaml.Node, out map[string]any, depth int) error {
	// seen distinguishes a key given twice from one that overrides a merged one.
	var merged map[string]bool
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, e := n.Content[i], n.Content[i+1]
		if isMergeKey(k) {
			if merged == nil {
				merged = map[string]bool{}
			}
			if err := c.mergeKey(e, out, merged, depth); err != nil {
				return err
			}
			continue
		}
		name, err := c.key(k)
		if err != nil {
			return err
		}
		if _, dup := out[name]; dup && !merged[name] {
			return c.fail(k, "key "+strconv.Quote(name)+" is given twice"+firstLine(n, name, k), keepOne)
		}
		delete(merged, name)
		v, err := c.value(e, depth+1)
		if err != nil {
			return err
		}
		out[name] = v
	}
	return nil
}

const keepOne = "keep one of the two; Helm would silently use the last"

func firstLine(n *yaml.Node, name string, second *yaml.Node) string {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if k := n.Content[i]; k != second && keyName(k) == name {
			return " in one mapping, first in line " + strconv.Itoa(k.Line)
		}
	}
	return " in one mapping"
}

// isMergeKey reports whether a key takes in another mapping, as an unquoted <<
// does.
func isMergeKey(k *yaml.Node) bool {
	return k.Kind == yaml.ScalarNode && k.Value == "<<" && k.Style&quotedStyles == 0
}

func (c *converter) mergeKey(n *yaml.Node, out map[string]any, merged map[string]bool, depth int) error {
	if err := c.count(n); err != nil {
		return err
	}
	switch {
	case n.Kind == yaml.MappingNode:
		return c.mapping2(n, out, merged, depth)
	case n.Kind == yaml.AliasNode && n.Alias.Kind == yaml.MappingNode:
		if err := c.enter(n); err != nil {
			return err
		}
		err := c.mapping2(n.Alias, out, merged, depth)
		c.active = c.active[:len(c.active)-1]
		return err
	case n.Kind == yaml.SequenceNode:
		// Earlier ones win, so they are laid over the later ones.
		for i := len(n.Content) - 1; i >= 0; i-- {
			if n.Content[i].Kind == yaml.SequenceNode {
				break
			}
			if err := c.mergeKey(n.Content[i], out, merged, depth); err != nil {
				return err
			}
			if i == 0 {
				return nil
			}
		}
		if len(n.Content) == 0 {
			return nil
		}
	}
	return c.fail(n, "merge key << needs a mapping or an alias of one", "write `<<: *anchor`")
}

// mapping2 lays a merged mapping over out: overriding is what it is for. Names
// that are new become merged ones.
func (c *converter) mapping2(n *yaml.Node, out map[string]any, merged map[string]bool, depth int) error {
	m := make(map[string]any, len(n.Content)/2)
	if depth++; depth > MaxDepth {
		return c.fail(n, "is nested more than "+strconv.Itoa(MaxDepth)+" levels deep", "")
	}
	if err := c.mapping(n, m, depth); err != nil {
		return err
	}
	for k, v := range m {
		if _, own := out[k]; !own {
			merged[k] = true
		}
		out[k] = v
	}
	return nil
}

func (c *converter) key(k *yaml.Node) (string, error) {
	if k.Kind == yaml.AliasNode {
		k = k.Alias
	}
	if k.Kind != yaml.ScalarNode {
		return "", c.fail(k,
			"a key must be plain text, not "+map[yaml.Kind]string{yaml.MappingNode: "a mapping", yaml.SequenceNode: "a list"}[k.Kind],
			"did a template expression such as {{ … }} get into the file? Quote it")
	}
	if k.Style == 0 && (k.Value == "" || k.Value == "~" || strings.EqualFold(k.Value, "null")) {
		return "", c.fail(k, "a key is missing before the colon", "")
	}
	return keyName(k), nil
}
