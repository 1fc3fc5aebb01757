// SPDX-License-Identifier: Apache-2.0

package tmpl

import "text/template/parse"

// lastPlace returns the node that text/template evaluates last in n. Errors that
// occur afterwards point there.
func lastPlace(n parse.Node) parse.Node {
	switch n := n.(type) {
	case *parse.PipeNode:
		cmd := n.Cmds[len(n.Cmds)-1]
		if len(cmd.Args) > 1 {
			return lastPlace(cmd.Args[len(cmd.Args)-1])
		}
		return lastPlace(cmd.Args[0])
	case *parse.ChainNode:
		return lastPlace(n.Node)
	}
	return n
}
