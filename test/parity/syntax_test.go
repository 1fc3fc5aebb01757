// SPDX-License-Identifier: Apache-2.0

package parity

import (
	"strings"
	"testing"
)

// TestSyntax compares actions, scopes and their errors.
func TestSyntax(t *testing.T) {
	for _, text := range []string{
		``, `plain`, `{{/* comment */}}`, "a {{- 1 -}} b", "{{- \"x\" }}\n", `{{ "a\tb" }}{{ ` + "`raw`" +
			` }}{{ 'a' }}{{ 1e3 }}{{ 0x10 }}{{ 1_000 }}{{ 07 }}{{ -1.5 }}`,
		`{{ .Values.str }}{{ .Values.missing }}{{ .Values.null }}{{ .Values.big }}{{ .Values.int64 }}{{ .Values.yes }}{{ ` +
			`.Values.map }}{{ .Values.mixed }}`,
		`{{ .Values.missing.deeper }}`, `{{ .Values.null.deeper }}`, `{{ .Values.str.deeper }}`,
		`{{ (.Values.missing).deeper }}`, `{{ .Missing.deeper }}`, `{{ $x := .Values.missing }}{{ $x.deeper }}`,
		`{{ .Release.Name }}{{ .Release.Nope }}{{ .Template.Name }}{{ .Template.BasePath }}{{ ` +
			`.Capabilities.KubeVersion.Version }}{{ .Capabilities.KubeVersion.Major }}`,
		`{{ .Capabilities.APIVersions.Has "apps/v1" }}{{ .Capabilities.APIVersions.Has "x/v1" }}{{ if ` +
			`.Capabilities.APIVersions.Has "v1" }}y{{ end }}`, `{{ "apps/v1" | .Capabilities.APIVersions.Has }}`,
		`{{ if .Values.list }}a{{ else if .Values.map }}b{{ else }}c{{ end }}`,
		`{{ if .Values.emptyList }}a{{ else if .Values.zero }}b{{ else }}c{{ end }}`,
		`{{ with .Values.nested.a }}{{ .b.c }}{{ $.Values.str }}{{ end }}`,
		`{{ with .Values.missing }}a{{ else with .Values.str }}{{ . }}{{ else }}c{{ end }}`,
		`{{ with $x := .Values.str }}{{ $x }}{{ . }}{{ end }}`,
		`{{ range .Values.list }}[{{ . }}]{{ end }}`, `{{ range $i, $e := .Values.mixed }}{{ $i }}={{ $e }};{{ end }}`,
		`{{ range $k, $v := .Values.map }}{{ $k }}={{ $v }};{{ end }}`,
		`{{ range .Values.emptyList }}a{{ else }}none{{ end }}`, `{{ range .Values.missing }}a{{ else }}none{{ end }}`,
		`{{ range .Values.str }}a{{ end }}`, `{{ range .Values.int }}a{{ end }}`,
		`{{ range 3 }}{{ . }}{{ end }}`, `{{ range $i := 3 }}{{ $i }}{{ end }}`, `{{ range $i, $e := 3 }}{{ $i }}{{ end }}`,
		`{{ range (int64 2) }}{{ . | kindOf }}{{ end }}`, `{{ range 0 }}x{{ else }}none{{ end }}`,
		`{{ range $i, $e := until 9 }}{{ if eq $e 2 }}{{ continue }}{{ end }}{{ if eq $e 5 }}{{ break }}{{ end }}{{ $e }}{{ end }}`,
		`{{ range .Values.list }}{{ range $.Values.list }}{{ if eq . "a" }}{{ break }}{{ end }}{{ . }}{{ end }}|{{ end }}`,
		`{{ $x := 1 }}{{ if true }}{{ $x = 2 }}{{ $y := 3 }}{{ $y }}{{ end }}{{ $x }}`,
		`{{ $x := 1 }}{{ if true }}{{ $x := 2 }}{{ $x }}{{ end }}{{ $x }}`,
		`{{ $x := 0 }}{{ range .Values.list }}{{ $x = . }}{{ end }}{{ $x }}`,
		`{{ $k := "" }}{{ $v := "" }}{{ range $k, $v = .Values.map }}{{ end }}{{ $k }}{{ $v }}`,
		`{{ define "a" }}[{{ . }}{{ $ }}]{{ end }}{{ template "a" }}{{ template "a" .Values.str }}{{ include "a" "x" }}{{ ` +
			`include "a" nil | len }}`,
		`{{ define "a" }}x{{ end }}{{ include (print "a" "") . }}{{ include "b" . }}`, `{{ template "nope" }}`,
		`{{ include "nope" . | nindent 2 }}`,
		`{{ block "blk" .Values.str }}<{{ . }}>{{ end }}`, `{{ define "r" }}{{ include "r" . }}{{ end }}{{ include "r" . }}`,
		`{{ define "a" }}one
two
{{ end }}{{ include "a" . | nindent 4 }}{{ include "a" . | indent 2 }}` +
			`{{ include "a" . | nindent 0 }}{{ include "a" . | trim | nindent 2 }}`,
		`{{ define "e" }}{{ end }}[{{ include "e" . | nindent 4 }}][{{ include "e" . | indent 4 }}]`,
		`{{ toYaml .Values.nested | nindent 6 }}|{{ .Values.list | toYaml | indent 2 }}|{{ toYaml .Values.missing | ` +
			`nindent 2 }}`, `{{ toYaml .Values.list | nindent -1 }}`,
		`{{ and .Values.str .Values.zero .Values.missing.deeper }}`,
		`{{ or .Values.zero .Values.str .Values.missing.deeper }}`,
		`{{ .Values.str | or .Values.zero }}{{ .Values.str | and .Values.zero }}`,
		`{{ fail "stop: here" }}`, `{{ define "f" }}{{ fail (printf "no %s" .) }}{{ end }}{{ include "f" "good" }}`,
		`{{ required "need it" .Values.missing }}`, `{{ required "need it" "" }}`, `{{ .Values.zero | required "x" }}`,
		`{{ define "f" }}{{ index .Values.list 9 }}{{ end }}{{ include "f" . }}`,
		`{{ template "f" . }}{{ define "f" }}{{ .Values.a.b.c }}{{ end }}`,
		`{{ .Values.str 1 }}`, `{{ 1 2 }}`, `{{ "a" | 1 }}`, `{{ nil }}`, `{{ printf }}`, `{{ trunc 5 }}`,
		`{{ trunc "5" "a" }}`, `{{ trunc 1.5 "a" }}`, `{{ trunc 2.0 "abc" }}`, `{{ ternary 1 2 3 }}`,
		`{{ ternary 1 2 true }}`, `{{ hasKey nil "a" }}`, `{{ upper nil }}`,
		`{{ nope }}`, `{{ if }}`, `{{ end }}`, `{{ .a.b.`, `{{ "unterminated }}`, `{{ range }}`, `{{ $undefined }}`,
		`{{ break }}`, `x{{ nope 1 }}`,
		`{{ $d := dict "a" (dict "b" 1) }}{{ $_ := set $d "c" 2 }}{{ $d | toJson }}{{ $d.a.b }}`,
		`{{ $d := dict }}{{ $e := set $d "x" .Values.nested }}{{ $d.x.a.b.c }}`,
		`{{ $a := dict "x" (dict "y" 1 "z" "") "l" (list 1) }}{{ $b := dict "x" (dict "y" 2 "z" 3 "w" nil) "l" (list 2 3) ` +
			`"n" nil }}{{ merge (deepCopy $a) $b | toJson }}{{ mergeOverwrite (deepCopy $a) $b | toJson }}`,
		`{{ merge (dict "a" "") (dict "a" "x") (dict "a" "y" "b" false) | toJson }}{{ mergeOverwrite (dict "a" "q") (dict ` +
			`"a" "") (dict "b" list) | toJson }}{{ merge (dict "a" (list)) (dict "a" (list 1)) | toJson }}{{ merge (dict "a" ` +
			`"s") (dict "a" (dict "k" 1)) | toJson }}{{ mergeOverwrite (dict "a" (dict "k" 1)) (dict "a" "s") | toJson }}`,
		`{{ printf "%s|%d|%v|%q|%5.2f|%t|%x|%%|%s" "a" 5 .Values.map "q\"" .Values.float true "hex" .Values.missing }}`,
		`{{ printf "%d" .Values.int }}{{ printf "%s" 5 }}{{ printf "%s %s" "a" }}{{ printf "a" "b" }}{{ printf "100%" ` +
			`}}{{ printf "%v" (int64 7) }}`,
		`{{ print "a" 1 2 "b" .Values.missing }}{{ println "a" 1 }}`,
		`{{ quote "a" 1 nil .Values.big }}{{ squote "it's" 1.5 }}`, `{{ join "," .Values.mixed }}`,
		`{{ index .Values.nested "a" "b" "c" }}{{ index .Values.list 1 }}{{ index .Values.map "none" }}`,
		`{{ index .Values.list "1" }}`, `{{ index .Values.list -1 }}`, `{{ index .Values.list 4 }}`,
		`{{ index .Values.map 1 }}`, `{{ index "abc" 1 }}`,
		`{{ dig "a" "b" "c" "def" .Values.nested }}{{ dig "a" "q" "c" "def" .Values.nested }}`,
		`a<no value>b{{ .Values.missing }}{{ printf "<no value>" | len }}`, "{{ if .Values.str -}}\n  x\n{{- end }}\n",
		strings.Repeat(`{{ .Values.str }}`, 50),
		`{{ eq 1 1 2 }}{{ eq "a" "b" "a" }}{{ ne 1 2 }}{{ lt 1 2 }}{{ le 2 2 }}{{ gt 1.5 1.0 }}{{ ge "b" "a" }}{{ eq ` +
			`.Values.missing nil }}{{ eq .Values.int64 1000000 }}`, `{{ eq .Values.int 3 }}`, `{{ lt nil 1 }}`, `{{ eq }}`, `{{ eq 1 }}`,
		`{{ $x := list 1 2 }}{{ $y := append $x 3 }}{{ $x | toJson }}{{ $y | toJson }}{{ concat $x $y | toJson }}{{ ` +
			`without $y 1 3 | toJson }}{{ has 2 $y }}{{ has 2.0 $y }}{{ uniq (list 1 1 "1" 1.0) | toJson }}`,
		`{{- $x := . -}}{{ $x.Values.str }}{{ $x.Values.missing.a }}`,
		`{{ template "t" (dict "root" $ "x" 1) }}{{ define "t" }}{{ .root.Values.str }}{{ .x }}{{ .root.Values.gone.b }}{{ end }}`,
		`{{ range $i, $_ := list "a" "b" }}{{ $i }}{{ with $_ }}{{ . }}{{ end }}{{ end }}{{ with dict "a" nil }}{{ .a ` +
			`}}{{ .a.b }}{{ end }}`,
	} {
		check(t, text, samples())
	}
}

// TestFiles compares templates that see each other across files.
func TestFiles(t *testing.T) {
	checkFiles(t, map[string]string{
		"templates/_a.tpl":       `{{ define "x" }}from a{{ end }}{{ define "only.a" }}{{ include "x" . }}{{ end }}`,
		"templates/_b.tpl":       `{{ define "x" }}from b{{ end }}`,
		"templates/sub/_c.tpl":   `{{ define "x" }}from c{{ end }}{{ define "empty" }}{{ end }}`,
		"templates/one.yaml":     `{{ include "x" . }} {{ include "only.a" . }} {{ $_ := set .Values "seen" "one" }}`,
		"templates/sub/two.yaml": `{{ include "x" . }} {{ .Template.Name }}`,
		"templates/only.yaml":    `{{ define "unused" }}x{{ end }}  `,
		"templates/NOTES.txt":    `{{ .Release.Name }} {{ include "empty" . }}`,
	}, samples())
	checkFiles(t,
		map[string]string{
			"templates/_a.tpl": `{{ define "x" }}{{ .Values.a.b }}{{ end }}`,
			"templates/z.yaml": "line\n\n  {{ include \"x\" . | nindent 2 }}",
		},
		samples())
	checkFiles(t, map[string]string{"templates/_a.tpl": `{{ define "x" }}{{ nope }}{{ end }}`, "templates/z.yaml": `ok`}, samples())
}
