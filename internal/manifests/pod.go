// SPDX-License-Identifier: Apache-2.0

package manifests

// Container is a container of a pod's template.
type Container struct {
	Name string
	tree map[string]any
}

// Containers are those of the object's pods, the first first; nil if it has none of
// its own.
func (o *Object) Containers() []Container {
	list, _ := o.Mapping("spec", "template", "spec")["containers"].([]any)
	var out []Container
	for _, e := range list {
		if m, ok := e.(map[string]any); ok {
			out = append(out, Container{Text(m, "name"), m})
		}
	}
	return out
}

// HasEnv reports whether the container has a variable. It is not certain where the
// variables come from an object as a whole.
func (c *Container) HasEnv(name string) (has, certain bool) {
	list, _ := c.tree["env"].([]any)
	for _, e := range list {
		if m, _ := e.(map[string]any); Text(m, "name") == name {
			return true, true
		}
	}
	from, _ := c.tree["envFrom"].([]any)
	return false, len(from) == 0
}

// Asks reports whether the container requests a resource, or has a limit, which
// stands for a request.
func (c *Container) Asks(resource string) bool {
	return Mapping(c.tree, "resources", "requests")[resource] != nil || Mapping(c.tree, "resources", "limits")[resource] != nil
}

// AsksForPod reports whether the pods as a whole request a resource.
func (o *Object) AsksForPod(resource string) bool {
	pod := o.Mapping("spec", "template", "spec")
	return Mapping(pod, "resources", "requests")[resource] != nil || Mapping(pod, "resources", "limits")[resource] != nil
}
