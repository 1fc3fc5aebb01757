// SPDX-License-Identifier: Apache-2.0

package text

import (
	"strconv"
	"strings"
)

// Bytes writes a number of bytes as people read it: 512 B, 18 MiB, 1.5 GiB.
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
