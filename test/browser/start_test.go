// SPDX-License-Identifier: Apache-2.0

package browser

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

const root = "../.."

// shop is the program with a copy of the example, whose modules tests change.
type shop struct {
	url, dir string
	cmd      *exec.Cmd
	ended    chan error
}

func build(t *testing.T, out, dir string, env ...string) {
	t.Helper()
	cmd := exec.Command("go", "build", "-o", out, ".")
	cmd.Dir, cmd.Env = filepath.Join(root, dir), append(os.Environ(), env...)
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("building %s: %v\n%s", dir, err, text)
	}
}

var address = regexp.MustCompile(`page +(http://\S+)`)

func open(t *testing.T) *shop {
	t.Helper()
	s := &shop{dir: t.TempDir(), ended: make(chan error, 1)}
	program := filepath.Join(s.dir, "helm-wasm")
	build(t, program, "cmd/helm-wasm")
	module := filepath.Join(s.dir, "module.wasm")
	build(t, module, "wasm-plugins/functions/enrich-orders", "GOOS=wasip1", "GOARCH=wasm", "CGO_ENABLED=0")
	if err := os.CopyFS(s.dir, os.DirFS(filepath.Join(root, "examples", "shop"))); err != nil {
		t.Fatal(err)
	}
	wasm, err := os.ReadFile(module)
	if err != nil {
		t.Fatal(err)
	}
	s.replace(t, wasm)
	s.cmd = exec.Command(program, "dev", "-f", filepath.Join(s.dir, "stack.yaml"),
		"--module", "price-in-dollars="+module, "--cache-dir", filepath.Join(s.dir, "cache"))
	s.cmd.Stderr = os.Stderr
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	found := make(chan string, 1)
	go func() {
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			if m := address.FindStringSubmatch(lines.Text()); m != nil {
				found <- m[1]
			}
		}
		s.ended <- s.cmd.Wait()
	}()
	t.Cleanup(func() { _ = s.cmd.Process.Kill() })
	select {
	case s.url = <-found:
	case err := <-s.ended:
		t.Fatalf("the program ended: %v", err)
	case <-time.After(5 * time.Minute):
		t.Fatal("the program does not print its page")
	}
	return s
}

// replace changes the module of enrich-orders, as a build does.
func (s *shop) replace(t *testing.T, wasm []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(s.dir, "enrich-orders.wasm"), wasm, 0o600); err != nil {
		t.Fatal(err)
	}
}

// end interrupts the program and waits for it.
func (s *shop) end(t *testing.T) {
	t.Helper()
	if err := s.cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-s.ended:
		if err != nil {
			t.Errorf("the program ended with %v", err)
		}
	case <-time.After(2 * time.Minute):
		t.Error("the program does not end")
	}
}

// browser is a tab that counts what must not happen.
type browser struct {
	t   *testing.T
	ctx context.Context

	mu       sync.Mutex
	problems []string
}

func chromium(t *testing.T, origin string) *browser {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		t.Fatal("there is no Chromium: `make test-browser` installs Debian's")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true), chromedp.WindowSize(1440, 900))
	allocator, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, 20*time.Minute)
	t.Cleanup(cancel)
	b := &browser{t: t, ctx: ctx}
	chromedp.ListenTarget(ctx, func(event any) {
		switch e := event.(type) {
		case *network.EventRequestWillBeSent:
			if !strings.HasPrefix(e.Request.URL, origin+"/") && !strings.HasPrefix(e.Request.URL, "data:") {
				b.problem("request to " + e.Request.URL)
			}
		case *runtime.EventExceptionThrown:
			b.problem("exception: " + e.ExceptionDetails.Error())
		case *runtime.EventConsoleAPICalled:
			if e.Type == runtime.APITypeError || e.Type == runtime.APITypeWarning {
				b.problem("console: " + string(e.Type))
			}
		}
	})
	// The first run starts the browser, which lives as long as its context.
	if err := chromedp.Run(ctx, network.Enable(), runtime.Enable()); err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *browser) problem(text string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.problems = append(b.problems, text)
}

func (b *browser) run(actions ...chromedp.Action) {
	b.t.Helper()
	limit, cancel := context.WithTimeout(b.ctx, 5*time.Minute)
	defer cancel()
	if err := chromedp.Run(limit, actions...); err != nil {
		b.t.Fatal(err)
	}
}

// eventually waits until a JavaScript expression is true.
func (b *browser) eventually(expression string) {
	b.t.Helper()
	ok := false
	for end := time.Now().Add(5 * time.Minute); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		b.run(chromedp.Evaluate("Boolean("+expression+")", &ok))
		if ok {
			return
		}
	}
	text := ""
	b.run(chromedp.Evaluate("document.body.innerText", &text))
	b.t.Fatalf("waited in vain for %s; the page shows\n%s", expression, text)
}

// picture keeps a screenshot for people, in $SCREENSHOTS.
func (b *browser) picture(name string) {
	b.t.Helper()
	dir := os.Getenv("SCREENSHOTS")
	if dir == "" {
		return
	}
	var png []byte
	b.run(chromedp.FullScreenshot(&png, 100))
	if err := os.MkdirAll(dir, 0o755); err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644); err != nil {
		b.t.Fatal(err)
	}
}
