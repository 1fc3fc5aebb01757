// SPDX-License-Identifier: Apache-2.0

package postrender

import (
	"strconv"
	"strings"

	"github.com/helm-wasm/helm-wasm/stack"
)

// workloadLabel begins the line of a ScaledObject that says what it scales.
const workloadLabel = "    " + Prefix + "workload: "

// copiedLabels say what an object belongs to. They are copied from the workload, in
// place of those of the chart whose templates were used.
var copiedLabels = []string{
	"app.kubernetes.io/instance", "app.kubernetes.io/managed-by", "app.kubernetes.io/name", "app.kubernetes.io/part-of",
}

// adopted returns a rendered object as if the chart of the workload had rendered
// it: with the name, labels and file of the workload, and in its namespace even if
// that is not written.
func (w *workload) adopted(o *stack.RenderedObject) string {
	var b strings.Builder
	meta := mapping(w.tree0(), "metadata")
	file := str(mapping(meta, "annotations"), FilenameAnnotation)
	if file == "" && w.Source != "" {
		b.WriteString("# Source: " + w.Source + "\n")
	}
	mark := ""
	if file != "" {
		mark = "    " + FilenameAnnotation + ": " + strconv.Quote(file) + "\n"
	}
	own := false // these lines are labels of this project's chart
	inside := true
	for line := range strings.Lines(o.Text) {
		switch {
		case !inside:
		case line[0] != ' ' && line != "metadata:\n" && !strings.HasPrefix(line, "apiVersion:") && !strings.HasPrefix(line, "kind:"):
			inside = false
			if mark != "" {
				b.WriteString("  annotations:\n" + mark)
			}
		case strings.HasPrefix(line, "  name: ") && o.Kind == "ScaledObject":
			line = "  name: " + strconv.Quote(w.scaled) + "\n"
		case strings.HasPrefix(line, "  namespace: ") && w.namespace == "":
			continue
		case line == "  labels:\n":
			own = true
			labels := mapping(meta, "labels")
			for _, key := range copiedLabels {
				if v := str(labels, key); v != "" {
					line += "    " + key + ": " + strconv.Quote(v) + "\n"
				}
			}
		case strings.HasPrefix(line, "    app.kubernetes.io/component: "):
			own = false
		case own:
			continue
		case strings.HasPrefix(line, workloadLabel):
			line = workloadLabel + strconv.Quote(w.scaled) + "\n"
		case line == "  annotations:\n":
			line += mark
			mark = ""
		}
		b.WriteString(line)
	}
	if !strings.HasSuffix(o.Text, "\n") {
		b.WriteByte('\n')
	}
	return b.String()
}
