// SPDX-License-Identifier: Apache-2.0

package yamlout

import (
	"errors"
	"strings"
	"unicode/utf8"
)

var (
	errControl = errors.New("writing value: control characters are not allowed")
	errKey     = errors.New("writing value: a key is too long or spans lines")
	errMarker  = errors.New("writing value: a document marker after a line break")
)

// analysis says which styles the characters of a scalar allow.
type analysis struct {
	multiline   bool // has a \n: a literal block if anything allows one
	lineBreaks  bool // has any YAML line break
	plain       bool // may be written without quotes
	singleQuote bool
	block       bool
	ascii       bool // all characters are one byte
}

const nel = "\u0085"

// inspect returns the text as it comes out of JSON and the YAML decoder, and the
// styles that it allows.
func inspect(s string) (string, analysis, error) {
	ascii := true
	quick := len(s) > 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if class[c] == 0 {
			continue
		}
		quick = false
		if c >= utf8.RuneSelf {
			ascii = false
		} else if c == 0x7F {
			return s, analysis{}, errControl
		}
	}
	// It remains to exclude "- ", "a: " and document markers.
	if quick && s[len(s)-1] != ':' && s != "-" && !(len(s) >= 3 && (s[:3] == "---" || s[:3] == "...")) {
		return s, analysis{plain: true, singleQuote: true, block: true, ascii: true}, nil
	}
	if !ascii {
		var err error
		if s, err = survive(s); err != nil {
			return s, analysis{}, err
		}
	}
	a := analyze(s)
	a.ascii = ascii
	return s, a, nil
}

// class is 1 for every byte that can matter for quoting, and 0 for common ones.
var class = func() (t [256]byte) {
	for i := range t {
		c := byte(i)
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9':
		case strings.IndexByte("_/.+=~$^();:-", c) >= 0:
		default:
			t[i] = 1
		}
	}
	return t
}()

// survive does to text beyond ASCII what encoding/json and the reader of the decoder
// do: it replaces invalid bytes, refuses C1 controls and noncharacters, and folds a
// NEL with the spaces around it like a line break.
func survive(s string) (string, error) {
	hasNEL, bad := false, false
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		i += size
		switch {
		case r == utf8.RuneError && size == 1:
			bad = true
		case r == 0x85:
			hasNEL = true
		case r >= 0x80 && r < 0xA0, r == 0xFFFE, r == 0xFFFF:
			return s, errControl
		}
	}
	if bad {
		// Like encoding/json, this replaces each invalid byte;
		// strings.ToValidUTF8 would replace a run of them once.
		s = string([]rune(s))
	}
	if hasNEL {
		return fold(s)
	}
	return s, nil
}

func fold(s string) (string, error) {
	var b strings.Builder
	for {
		i := strings.Index(s, nel)
		if i < 0 {
			b.WriteString(s)
			return b.String(), nil
		}
		b.WriteString(strings.TrimRight(s[:i], " "))
		rest := s[i:]
		breaks := 0
		for {
			trimmed := strings.TrimLeft(rest, " ")
			if !strings.HasPrefix(trimmed, nel) {
				if err := checkMarker(rest, trimmed); err != nil {
					return "", err
				}
				rest = trimmed
				break
			}
			breaks++
			rest = trimmed[len(nel):]
			if err := checkMarker(rest, rest); err != nil {
				return "", err
			}
		}
		if breaks == 1 {
			b.WriteByte(' ')
		} else {
			b.WriteString(strings.Repeat("\n", breaks-1))
		}
		s = rest
	}
}

// checkMarker refuses --- and ... at the start of a line, like the scanner.
func checkMarker(line, trimmed string) error {
	if len(line) != len(trimmed) || len(line) < 3 {
		return nil
	}
	if line[:3] != "---" && line[:3] != "..." {
		return nil
	}
	if rest := line[3:]; rest == "" || rest[0] != ' ' && !strings.HasPrefix(rest, nel) {
		return nil
	}
	return errMarker
}

// checkKey refuses keys that the decoder cannot read back from JSON: they must fit
// into 1024 characters, including quotes and escapes, on one line.
func checkKey(key string) error {
	if len(key) > 1022/6 && utf8.RuneCount(appendJSONString(nil, key)) > 1024 {
		return errKey
	}
	if strings.Contains(key, nel) {
		return errKey
	}
	return nil
}

func isBreak(s string, i int) bool {
	switch s[i] {
	case '\r', '\n':
		return true
	case 0xC2:
		return s[i+1] == 0x85
	case 0xE2:
		return s[i+1] == 0x80 && (s[i+2] == 0xA8 || s[i+2] == 0xA9)
	}
	return false
}

func isPrintable(s string, i int) bool {
	c := s[i]
	return c == '\n' || c >= 0x20 && c <= 0x7E ||
		c == 0xC2 && s[i+1] >= 0xA0 ||
		c > 0xC2 && c < 0xED ||
		c == 0xED && s[i+1] < 0xA0 ||
		c == 0xEE ||
		c == 0xEF && !(s[i+1] == 0xBB && s[i+2] == 0xBF) &&
			!(s[i+1] == 0xBF && (s[i+2] == 0xBE || s[i+2] == 0xBF))
}

func width(c byte) int {
	switch {
	case c < 0x80:
		return 1
	case c < 0xE0:
		return 2
	case c < 0xF0:
		return 3
	}
	return 4
}

func analyze(s string) analysis {
	if s == "" {
		return analysis{plain: true, singleQuote: true}
	}
	var blockIndicator, special, breakSpace, spaceBreak bool
	var previousSpace, previousBreak bool
	var a analysis
	if len(s) >= 3 && (s[:3] == "---" || s[:3] == "...") {
		blockIndicator = true
	}
	first := s[0]
	precededByBlank := true
	last := 0
	for i := 0; i < len(s); {
		c := s[i]
		n := width(c)
		last = i
		if i == 0 {
			switch c {
			case '#', ',', '[', ']', '{', '}', '&', '*', '!', '|', '>', '\'', '"', '%', '@', '`':
				blockIndicator = true
			case '?', ':', '-':
				if blankAt(s, i+n) {
					blockIndicator = true
				}
			}
		} else if c == ':' && blankAt(s, i+n) || c == '#' && precededByBlank {
			blockIndicator = true
		}
		if !isPrintable(s, i) {
			special = true
		}
		space, brk := c == ' ', isBreak(s, i)
		if space && previousBreak {
			breakSpace = true
		}
		if brk {
			a.lineBreaks = true
			if c == '\n' {
				a.multiline = true
			}
			if previousSpace {
				spaceBreak = true
			}
		}
		previousSpace, previousBreak = space, brk
		precededByBlank = space || c == '\t' || c == 0 || brk
		i += n
	}
	edgeSpace := first == ' ' || s[last] == ' '
	edgeBreak := isBreak(s, 0) || isBreak(s, last)
	a.plain = !(edgeSpace || edgeBreak || breakSpace || spaceBreak || special || a.lineBreaks || blockIndicator)
	a.singleQuote = !(breakSpace || spaceBreak || special)
	a.block = !(s[last] == ' ' || spaceBreak || special)
	return a
}

func blankAt(s string, i int) bool { return i >= len(s) || s[i] == ' ' || s[i] == '\t' }
