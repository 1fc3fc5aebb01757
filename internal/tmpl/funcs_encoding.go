// SPDX-License-Identifier: Apache-2.0

package tmpl

import (
	"encoding/base64"
	"encoding/hex"

	"github.com/helm-wasm/helm-wasm/internal/sum"
	"github.com/helm-wasm/helm-wasm/internal/yamlout"
)

func registerEncoding() {
	pure("toYaml", "a", func(a []any) any {
		out, err := yamlout.AppendYAML(nil, a[0])
		if err != nil {
			return "" // as Helm does
		}
		return string(out[:len(out)-1])
	})
	pure("toJson", "a", func(a []any) any {
		out, err := yamlout.AppendJSON(nil, a[0])
		if err != nil {
			return ""
		}
		return string(out)
	})
	pure("sha256sum", "s", func(a []any) any {
		digest := sum.SHA256(a[0].(string))
		return hex.EncodeToString(digest[:])
	})
	pure("b64enc", "s", func(a []any) any { return base64.StdEncoding.EncodeToString([]byte(a[0].(string))) })
	pure("b64dec", "s", func(a []any) any {
		data, err := base64.StdEncoding.DecodeString(a[0].(string))
		if err != nil {
			return err.Error()
		}
		return string(data)
	})
}
