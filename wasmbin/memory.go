// SPDX-License-Identifier: Apache-2.0

package wasmbin

import (
	"strconv"
	"strings"
)

// String returns the limits of the memory, such as "17.. pages" or "1..16 pages shared".
func (m Memory) String() string {
	var b strings.Builder
	b.WriteString(strconv.FormatUint(m.Min, 10))
	b.WriteString("..")
	if m.Max != nil {
		b.WriteString(strconv.FormatUint(*m.Max, 10))
	}
	b.WriteString(" pages")
	if m.PageSize != 65536 {
		b.WriteString(" of " + strconv.FormatUint(m.PageSize, 10) + " bytes")
	}
	if m.Shared {
		b.WriteString(" shared")
	}
	if m.Is64 {
		b.WriteString(" of 64 bits")
	}
	return b.String()
}
