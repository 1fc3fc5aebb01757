// SPDX-License-Identifier: Apache-2.0

package yamlout

import (
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"
)

// keyLess is the natural order of the YAML library: numbers inside keys compare as
// numbers, and letters come after everything else. It is not a total order (a1b < a01
// < a2 < a10 < a1b), and for keys in such a cycle the result of the library depends
// on the order in which Go happens to walk the map. Here it does not; see sortKeys.
func keyLess(a, b string) bool {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] && a[i] < utf8.RuneSelf {
		i++
	}
	if i < len(a) && i < len(b) {
		ca, cb := a[i], b[i]
		if ca < utf8.RuneSelf && cb < utf8.RuneSelf && !digit(ca) && !digit(cb) {
			al, bl := letter(ca), letter(cb)
			if al && bl {
				return ca < cb
			}
			if al || bl {
				return bl
			}
			// Neither is a digit, so both numbers are 0 and empty.
			return ca < cb
		}
		return runesLess([]rune(a), []rune(b))
	}
	return len(a) < len(b)
}

func letter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

func runesLess(a, b []rune) bool {
	for i := 0; i < len(a) && i < len(b); i++ {
		if a[i] == b[i] {
			continue
		}
		al, bl := unicode.IsLetter(a[i]), unicode.IsLetter(b[i])
		if al && bl {
			return a[i] < b[i]
		}
		if al || bl {
			return bl
		}
		var an, bn int64
		if a[i] == '0' || b[i] == '0' {
			for j := i - 1; j >= 0 && unicode.IsDigit(a[j]); j-- {
				if a[j] != '0' {
					an, bn = 1, 1
					break
				}
			}
		}
		ai, bi := i, i
		for ; ai < len(a) && unicode.IsDigit(a[ai]); ai++ {
			an = an*10 + int64(a[ai]-'0')
		}
		for ; bi < len(b) && unicode.IsDigit(b[bi]); bi++ {
			bn = bn*10 + int64(b[bi]-'0')
		}
		if an != bn {
			return an < bn
		}
		if ai != bi {
			return ai < bi
		}
		return a[i] < b[i]
	}
	return len(a) < len(b)
}

// sortKeys sorts in place. Keys that may form a cycle, which takes digits, are first
// sorted as text, so that the same map always gives the same result.
func sortKeys(keys []string) {
	for _, k := range keys {
		if strings.ContainsAny(k, "0123456789") {
			sort.Strings(keys)
			break
		}
	}
	mergeKeys(keys)
}

// mergeKeys sorts by keyLess. Most maps are small, and for those an insertion sort is
// faster than a sort that calls a function for each comparison.
func mergeKeys(keys []string) {
	if len(keys) > 24 {
		mid := len(keys) / 2
		left := append([]string(nil), keys[:mid]...)
		right := keys[mid:]
		mergeKeys(left)
		mergeKeys(right)
		i, j := 0, 0
		for k := range keys {
			if j >= len(right) || i < len(left) && !keyLess(right[j], left[i]) {
				keys[k] = left[i]
				i++
			} else {
				keys[k] = right[j]
				j++
			}
		}
		return
	}
	for i := 1; i < len(keys); i++ {
		for j := i; j > 0 && keyLess(keys[j], keys[j-1]); j-- {
			keys[j], keys[j-1] = keys[j-1], keys[j]
		}
	}
}
