// SPDX-License-Identifier: Apache-2.0

package tmpl

import (
	"strings"
	"text/template/parse"
)

// number returns the value of a literal for a parameter of any type: an int if it is
// written as one, otherwise a float.
func number(n *parse.NumberNode) expr {
	hex := len(n.Text) > 2 && n.Text[0] == '0' && (n.Text[1] == 'x' || n.Text[1] == 'X') && !strings.ContainsAny(n.Text, "pP")
	char := n.Text != "" && n.Text[0] == '\''
	switch {
	case n.IsFloat && !hex && !char && strings.ContainsAny(n.Text, ".eEpP"):
		return &constExpr{n.Float64}
	case n.IsInt:
		return &constExpr{int(n.Int64)}
	case n.IsUint:
		return &abortExpr{n, n.Text + " overflows int"}
	}
	return &abortExpr{n, "complex numbers are not supported: " + n.Text}
}
