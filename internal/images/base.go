// SPDX-License-Identifier: Apache-2.0

package images

import (
	"bytes"
	"encoding/pem"

	"golang.org/x/crypto/x509roots/fallback/bundle"
)

// User is the user that the images run as.
const User = 65532

// rootsModule contains Mozilla's list of authorities.
const rootsModule = "golang.org/x/crypto/x509roots/fallback"

// authorities returns the bundle of Mozilla's certificate authorities. Those that
// Mozilla trusts only within limits, which a file cannot express, are left out.
func authorities() []byte {
	var b bytes.Buffer
	for root := range bundle.Roots() {
		if root.Constraint == nil {
			// A bytes.Buffer accepts everything.
			_ = pem.Encode(&b, &pem.Block{Type: "CERTIFICATE", Bytes: root.Certificate})
		}
	}
	return b.Bytes()
}

// base returns what a static program needs of a system. It is one layer that all
// images and platforms share.
func base() []entry {
	return []entry{
		{name: "etc/", mode: 0o755},
		{name: "etc/group", mode: 0o644, data: []byte("root:x:0:\nnonroot:x:65532:\n")},
		{name: "etc/nsswitch.conf", mode: 0o644, data: []byte("hosts: files dns\n")},
		{
			name: "etc/passwd", mode: 0o644,
			data: []byte("root:x:0:0:root:/root:/sbin/nologin\nnonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin\n"),
		},
		{name: "etc/ssl/", mode: 0o755},
		{name: "etc/ssl/certs/", mode: 0o755},
		{name: "etc/ssl/certs/ca-certificates.crt", mode: 0o644, data: authorities()},
		{name: "home/", mode: 0o755},
		{name: "home/nonroot/", mode: 0o700, user: User},
		{name: "root/", mode: 0o700},
		{name: "tmp/", mode: 0o1777},
	}
}
