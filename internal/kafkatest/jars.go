// SPDX-License-Identifier: Apache-2.0

package kafkatest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
)

// Version of Kafka; the chart bundles the same.
const Version = "4.1.0"

const pom = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>dev.helm-wasm</groupId><artifactId>kafkatest</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>%s</version></dependency>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka-tools</artifactId><version>%s</version></dependency>
  </dependencies>
</project>
`

// jars is the directory with Kafka's classes: kafka-VERSION in the cache that
// all clones share, filled by Maven once. KAFKA_JARS names another.
var jars = sync.OnceValues(func() (string, error) {
	if dir := os.Getenv("KAFKA_JARS"); dir != "" {
		return dir, nil
	}
	for _, tool := range []string{"java", "mvn"} {
		if _, err := exec.LookPath(tool); err != nil {
			return "", fmt.Errorf("%s is not installed (Debian: apt-get install openjdk-17-jre-headless maven)", tool)
		}
	}
	dir := filepath.Join(cache(), "kafka-"+Version)
	done := filepath.Join(dir, ".complete")
	if _, err := os.Stat(done); err == nil {
		return dir, nil
	}
	// Another process may be filling the directory: each fills its own and
	// the first to finish wins.
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return "", err
	}
	work, err := os.MkdirTemp(filepath.Dir(dir), "kafka-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(work)
	file := filepath.Join(work, "pom.xml")
	if err := os.WriteFile(file, fmt.Appendf(nil, pom, Version, Version), 0o600); err != nil {
		return "", err
	}
	classes := filepath.Join(work, "jars")
	cmd := exec.Command("mvn", "-B", "-q", "-f", file, "dependency:copy-dependencies",
		"-DincludeScope=runtime", "-DoutputDirectory="+classes)
	if text, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("fetching Kafka %s with Maven: %w\n%s", Version, err, text[max(0, len(text)-2000):])
	}
	if err := os.WriteFile(filepath.Join(classes, ".complete"), nil, 0o600); err != nil {
		return "", err
	}
	if err := os.Rename(classes, dir); err != nil {
		if _, statErr := os.Stat(done); statErr != nil {
			return "", err
		}
	}
	return dir, nil
})

// cache returns what the top Makefile calls CACHE.
func cache() string {
	if dir := os.Getenv("HELM_WASM_CACHE"); dir != "" {
		return dir
	}
	if dir := os.Getenv("XDG_CACHE_HOME"); dir != "" {
		return filepath.Join(dir, "helm-wasm")
	}
	return filepath.Join(os.Getenv("HOME"), ".cache", "helm-wasm")
}
