// SPDX-License-Identifier: Apache-2.0

package wasmbin

import (
	"strconv"
	"strings"
)

// String is the limits in pages, such as "17.. pages" or "1..16 pages shared".
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

// Bytes writes a size as people read it: 512 B, 18 MiB, 1.5 GiB.
func Bytes(n uint64) string {
	const units = "KMGTPE"
	if n < 1024 {
		return strconv.FormatUint(n, 10) + " B"
	}
	f, unit := float64(n)/1024, 0
	for f >= 1023.95 && unit < len(units)-1 {
		f /= 1024
		unit++
	}
	text := strconv.FormatFloat(f, 'f', 1, 64)
	return strings.TrimSuffix(text, ".0") + " " + units[unit:unit+1] + "iB"
}
