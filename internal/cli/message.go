// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"errors"
	"strconv"
	"strings"
)

// MessageArgs reads the arguments in the message that Helm sends to a plugin,
// {"extraArgs":["lint","--strict"]}, as encoding/json writes it. A decoder of
// all JSON would be a twentieth of the plugin.
func MessageArgs(message []byte) ([]string, error) {
	bad := errors.New("reading Helm's message: it is not {\"extraArgs\":[...]}")
	_, rest, ok := strings.Cut(string(message), `"extraArgs"`)
	rest = strings.TrimLeft(rest, " \t\r\n")
	if !ok || rest == "" || rest[0] != ':' {
		return nil, bad
	}
	rest = strings.TrimLeft(rest[1:], " \t\r\n")
	if strings.HasPrefix(rest, "null") {
		return nil, nil
	}
	var args []string
	for first := true; ; first = false {
		if rest == "" || rest[0] != ',' && rest[0] != '[' && rest[0] != ']' || (rest[0] == '[') != first {
			return nil, bad
		}
		closed := rest[0] == ']'
		rest = strings.TrimLeft(rest[1:], " \t\r\n")
		if closed || first && strings.HasPrefix(rest, "]") {
			return args, nil
		}
		end := 1
		for end < len(rest) && rest[end] != '"' {
			if rest[end] == '\\' {
				end++
			}
			end++
		}
		if end >= len(rest) || rest[0] != '"' {
			return nil, bad
		}
		// JSON's escapes are Go's, but for \/ and for pairs of surrogates, which
		// encoding/json does not write.
		arg, err := strconv.Unquote(rest[:end+1])
		if err != nil {
			return nil, bad
		}
		args = append(args, arg)
		rest = strings.TrimLeft(rest[end+1:], " \t\r\n")
	}
}
