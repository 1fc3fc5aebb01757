// SPDX-License-Identifier: Apache-2.0

package cli

import "errors"

// BuildRun builds a kustomization.
type BuildRun func(c *Call, dir string) error

// BuildCommand is the build command; without a builder it is the sandbox's.
func BuildCommand(run BuildRun) Command {
	return Command{
		Name:    "build",
		Args:    "OVERLAY",
		Native:  true,
		MinArgs: 1,
		MaxArgs: 1,
		Short:   "build a kustomization, as `kustomize build` does",
		Long: `Print the objects of the kustomization in a directory: the bytes of
` + "`kustomize build`" + `, with messages that name the overlay and the file.`,
		Example: "{} build kustomize/overlays/dev\n{} build kustomize/overlays/prod | kubectl diff -f -",
		Flags:   overlayFlags(),
		Run: func(c *Call) error {
			if run == nil {
				return errors.New("this program was built without kustomize")
			}
			return run(c, c.Args[0])
		},
	}
}

// overlayFlags are those of whatever builds a kustomization.
func overlayFlags() []Flag {
	return []Flag{
		{Name: "allow-exec", Native: true, Help: "let the overlay run programs of this machine as functions"},
		{Name: "allow-files-outside", Native: true, Help: "let the overlay read files outside of its directory"},
	}
}
