// SPDX-License-Identifier: Apache-2.0

package parts

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Debian packages are downloaded and unpacked, never installed: the machine
// keeps whatever container runtime, firewall and Java it has.

// update refreshes the package lists once for each run.
func (b *Builder) update(ctx context.Context) error {
	if b.debs {
		return nil
	}
	if _, err := run(ctx, "", nil, "apt-get", "update", "-q"); err != nil {
		return err
	}
	b.debs = true
	return nil
}

// unpackRuntime takes only containerd and runc. They run with the machine's C library and
// libseccomp, which apt itself needs.
func unpackRuntime(ctx context.Context, b *Builder, out string) error {
	if err := b.update(ctx); err != nil {
		return err
	}
	tmp, err := os.MkdirTemp(filepath.Dir(out), "debs")
	if err != nil {
		return fmt.Errorf("unpacking packages: %w", err)
	}
	defer os.RemoveAll(tmp)
	// apt drops its privileges to download; it must be able to write here.
	if _, err := run(ctx, tmp, nil, "apt-get", "-q", "-o", "APT::Sandbox::User=root", "download", "containerd", "runc"); err != nil {
		return err
	}
	return unpackDir(ctx, tmp, out)
}

// unpackNftables takes nft with all its libraries.
func unpackNftables(ctx context.Context, b *Builder, out string) error {
	return b.closure(ctx, out, "nftables")
}

// unpackJava makes the root file system that Kafka's image starts from.
func unpackJava(ctx context.Context, b *Builder, out string) error {
	err := b.closure(ctx, out, "openjdk-"+Java+"-jre-headless", "bash", "coreutils", "hostname", "sed", "grep", "gawk", "procps")
	if err != nil {
		return err
	}
	for _, dir := range []string{
		"usr/share/doc", "usr/share/man", "usr/share/locale", "usr/share/fonts", "usr/share/info",
		"usr/share/lintian", "usr/share/zoneinfo", "var",
	} {
		if err := os.RemoveAll(filepath.Join(out, dir)); err != nil {
			return fmt.Errorf("trimming image: %w", err)
		}
	}
	// What the packages' scripts would have done, to the extent that Kafka needs it.
	java := "usr/lib/jvm/java-" + Java + "-openjdk-amd64"
	links := map[string]string{"usr/bin/java": "/" + java + "/bin/java", "bin/sh": "bash", "usr/bin/awk": "gawk"}
	for name, target := range links {
		name = filepath.Join(out, name)
		if err := os.Remove(name); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("linking %q: %w", name, err)
		}
		if err := os.Symlink(target, name); err != nil {
			return fmt.Errorf("linking %q: %w", name, err)
		}
	}
	return nil
}

// closure unpacks packages and everything they depend on, as if nothing were
// installed.
func (b *Builder) closure(ctx context.Context, out string, packages ...string) error {
	if err := b.update(ctx); err != nil {
		return err
	}
	tmp, err := os.MkdirTemp(filepath.Dir(out), "debs")
	if err != nil {
		return fmt.Errorf("unpacking packages: %w", err)
	}
	defer os.RemoveAll(tmp)
	if err := os.MkdirAll(filepath.Join(tmp, "partial"), 0o755); err != nil {
		return fmt.Errorf("unpacking packages: %w", err)
	}
	status := filepath.Join(tmp, "status")
	if err := os.WriteFile(status, nil, 0o644); err != nil {
		return fmt.Errorf("unpacking packages: %w", err)
	}
	args := []string{
		"-q", "-y", "-o", "APT::Sandbox::User=root", "-o", "Dir::State::status=" + status,
		"-o", "Dir::Cache::archives=" + tmp, "-o", "Dir::State::extended_states=" + filepath.Join(tmp, "extended"),
		"-o", "Debug::NoLocking=1", "--download-only", "--no-install-recommends", "install",
	}
	if _, err := run(ctx, tmp, []string{"DEBIAN_FRONTEND=noninteractive"}, "apt-get", append(args, packages...)...); err != nil {
		return err
	}
	return unpackDir(ctx, tmp, out)
}

func unpackDir(ctx context.Context, dir, out string) error {
	names, err := filepath.Glob(filepath.Join(dir, "*.deb"))
	if err != nil || len(names) == 0 {
		return fmt.Errorf("unpacking packages: none in %q (%v)", dir, err)
	}
	for _, name := range names {
		if _, err := run(ctx, "", nil, "dpkg-deb", "-x", name, out); err != nil {
			return err
		}
	}
	return nil
}

// resolveKafka downloads Kafka's jars and everything they depend on from Maven Central.
func resolveKafka(ctx context.Context, b *Builder, out string) error {
	tmp, err := os.MkdirTemp(filepath.Dir(out), "maven")
	if err != nil {
		return fmt.Errorf("resolving jars: %w", err)
	}
	defer os.RemoveAll(tmp)
	var deps strings.Builder
	for _, d := range []string{
		"org.apache.kafka:kafka_2.13:" + Kafka, "org.apache.kafka:kafka-tools:" + Kafka,
		"org.apache.logging.log4j:log4j-core:2.24.3", "org.apache.logging.log4j:log4j-slf4j-impl:2.24.3",
		"org.apache.logging.log4j:log4j-1.2-api:2.24.3",
	} {
		f := strings.Split(d, ":")
		fmt.Fprintf(&deps,
			"<dependency><groupId>%s</groupId><artifactId>%s</artifactId><version>%s</version></dependency>\n",
			f[0], f[1], f[2])
	}
	pom := `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>dev.helm-wasm</groupId><artifactId>kafka-image</artifactId><version>1</version><packaging>pom</packaging>
<dependencies>` + deps.String() + `</dependencies></project>`
	if err := os.WriteFile(filepath.Join(tmp, "pom.xml"), []byte(pom), 0o644); err != nil {
		return fmt.Errorf("resolving jars: %w", err)
	}
	_, err = run(ctx, tmp, nil, "mvn", "-q", "-B", "-Dmaven.repo.local="+filepath.Join(tmp, "repository"),
		"org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies",
		"-DincludeScope=runtime", "-DoutputDirectory="+filepath.Join(out, "libs"))
	return err
}
