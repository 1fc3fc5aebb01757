// SPDX-License-Identifier: Apache-2.0

package config

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/helm-wasm/helm-wasm/contract"
)

func TestDecodeIsStrict(t *testing.T) {
	var cfg contract.RunnerConfig
	for text, want := range map[string]string{
		"":                              "empty",
		"name: x\nlimts: {}":            `unknown field "limts"`,
		"name: [":                       "line 1",
		"source: {topic: {a: b}}":       "source.topic",
		"limits: {memory: [1]}":         "limits.memory",
		"kafka: {tls: {enabled: 'no'}}": "tls.enabled",
	} {
		err := Decode([]byte(text), &cfg)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want %q in it", text, err, want)
		}
	}
	if err := Decode([]byte("name: x\nlimits: {memory: 67108864, output: 5e3}"), &cfg); err != nil {
		t.Fatal(err)
	}
	if cfg.Limits.Memory != "67108864" || cfg.Limits.Output != "5000" {
		t.Errorf("got %+v", cfg.Limits)
	}
}

func TestParseBytes(t *testing.T) {
	for text, want := range map[string]int64{
		"64Mi": 64 << 20, "1Gi": 1 << 30, "1048576": 1 << 20, "1.5Ki": 1536, "2k": 2000, "1e3": 1000, "3M": 3e6,
	} {
		if got, err := ParseBytes(text); err != nil || got != want {
			t.Errorf("%q: %d, %v; want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "Mi", "-1", "64MB", "1e400", "NaN", "Inf"} {
		if got, err := ParseBytes(text); err == nil {
			t.Errorf("%q was read as %d", text, got)
		}
	}
}

// A configuration may be in several files, but none of its fields in two.
func TestLoad(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	runner := write("runner.yaml", "name: x\nlimits: {memory: 1024}\n")
	kafka := write("kafka.yaml", "kafka:\n  bootstrapServers: [\"a:1,b:2\"]\n")
	var cfg contract.RunnerConfig
	if err := Load([]string{runner, kafka}, &cfg); err != nil {
		t.Fatal(err)
	}
	var c Checker
	if c.Kafka("kafka", cfg.Kafka); cfg.Name != "x" || string(cfg.Limits.Memory) != "1024" || c.Err() != nil {
		t.Errorf("read %+v, %v", cfg, c.Err())
	}
	for name, tt := range map[string]struct{ text, want string }{
		"twice":   {"kafka: {}\n", `kafka is also in "` + kafka + `": keep one of them`},
		"list":    {"[1]\n", "it is not a mapping"},
		"empty":   {"", "the file is empty"},
		"unknown": {"kafak: {}\n", `unknown field "kafak"`},
	} {
		if err := Load([]string{kafka, write(name+".yaml", tt.text)}, &cfg); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %s", name, err, tt.want)
		}
	}
	if err := Load([]string{filepath.Join(dir, "none")}, &cfg); err == nil || !strings.Contains(err.Error(), "no such file") {
		t.Errorf("got %v", err)
	}
	c = Checker{}
	if c.Kafka("kafka",
		contract.RunnerKafka{BootstrapServers: []string{"a:1,b"}}); c.Err() == nil ||
		!strings.Contains(c.Err().Error(), `has "b" without a port`) {
		t.Errorf("got %v", c.Err())
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte("name: x\nsource: {topic: a, consumerGroup: b}\nlimits: {memory: 64Mi, output: 1}\n"))
	f.Add([]byte("limits:\n  memory: 1e999"))
	f.Fuzz(func(_ *testing.T, data []byte) {
		var cfg contract.RunnerConfig
		if Decode(data, &cfg) == nil {
			var c Checker
			c.Bytes("x", string(cfg.Limits.Memory), 1, 1, 2)
			c.Kafka("kafka", cfg.Kafka)
			_ = c.Err()
		}
	})
}

// FuzzBytes: what is read is a number of bytes that, printed, reads the same again.
func FuzzBytes(f *testing.F) {
	for _, text := range []string{"64Mi", "1.5Gi", "1048576", "1e3", "0x10", "-1", "NaN", "Inf", "9007199254740993", "1Ti", "k", ""} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		n, err := ParseBytes(text)
		if err != nil {
			return
		}
		if n < 0 || n > 1<<53 {
			t.Fatalf("%q is %d", text, n)
		}
		if again, err := ParseBytes(strconv.FormatInt(n, 10)); err != nil || again != n {
			t.Errorf("%q is %d, which reads as %d, %v", text, n, again, err)
		}
	})
}
