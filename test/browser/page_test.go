// SPDX-License-Identifier: Apache-2.0

package browser

import (
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// access lists what assistive technology would stumble over.
//
//go:embed testdata/access.js
var access string

// TestPage is one visit: what a person does in the first minutes, in order.
func TestPage(t *testing.T) {
	s := open(t)
	b := chromium(t, s.url)
	b.run(chromedp.Navigate(s.url))
	b.eventually(`document.querySelectorAll(".card.running").length === 2`)
	b.eventually(`document.getElementById("live").classList.contains("on")`)
	b.eventually(`document.getElementById("facts").innerText.includes("embedded development broker")`)

	step := func(name string, do func(t *testing.T)) {
		t.Helper()
		if t.Failed() {
			return
		}
		t.Run(name, func(t *testing.T) {
			outer := b.t
			b.t = t
			defer func() { b.t = outer }()
			do(t)
		})
	}
	step("an event is followed to its results", func(t *testing.T) {
		b.run(chromedp.SetValue("#sample", "1", chromedp.ByQuery),
			chromedp.Evaluate(`document.getElementById("sample").dispatchEvent(new Event("change"))`, nil))
		b.run(chromedp.Click("button.primary", chromedp.ByQuery))
		b.eventually(`document.getElementById("trace-state").innerText.startsWith("through in")`)
		text := b.text("#trace")
		for _, want := range []string{
			"orders\nsent from this page", "orders.enriched\nwritten by enrich-orders",
			"orders.high\nwritten by enrich-orders", "orders.usd\nwritten by price-in-dollars", "new: enriched",
			`"base": "USD"`,
		} {
			if !strings.Contains(text, want) {
				t.Errorf("no %q in the trace\n%s", want, text)
			}
		}
	})
	step("the flow moves", func(t *testing.T) {
		b.run(chromedp.Click(`[data-burst="5000"]`, chromedp.ByQuery))
		b.eventually(`document.querySelectorAll(".graph .stream.on").length >= 4`)
		b.eventually(`parseFloat(document.querySelector(".card .big span").innerText) > 0`)
		b.picture("flow-light")
		b.eventually(`document.querySelectorAll(".card .lags .head b")[0].innerText === "0"`)
	})
	step("a mistake becomes a dead letter", func(t *testing.T) {
		b.eventually(`Number(document.querySelector("#total-dead strong span").innerText) > 0`)
		b.eventually(`document.querySelectorAll("#records .record").length > 0`)
		b.run(chromedp.Click("#records .record summary", chromedp.ByQuery))
		text := b.text("#records .record")
		for _, want := range []string{"helm-wasm-error", "helm-wasm-attempts", "helm-wasm-offset", "helm-wasm-module-digest"} {
			if !strings.Contains(text, want) {
				t.Errorf("no %q in the dead letter\n%s", want, text)
			}
		}
		b.run(chromedp.Click("#records .record summary", chromedp.ByQuery))
	})
	step("what is not JSON is refused", func(t *testing.T) {
		b.run(
			chromedp.Evaluate(`document.getElementById("raw").checked = false; document.getElementById("value").value = "{"`, nil),
			chromedp.Click("button.primary", chromedp.ByQuery),
		)
		b.eventually(`document.getElementById("produce-error").innerText.includes("not JSON")`)
	})
	step("markup in events stays text", func(t *testing.T) {
		b.run(
			chromedp.Evaluate(
				`document.getElementById("raw").checked = true; document.getElementById("value").value = "<img src=x `+
					`onerror=document.title='broken'>"`,
				nil,
			),
			chromedp.Click("button.primary", chromedp.ByQuery),
		)
		b.eventually(`document.getElementById("trace-state").innerText.startsWith("through in")`)
		b.eventually(`document.getElementById("trace").innerText.includes("onerror") && document.querySelector("#trace ` +
			`img") === null && document.title === "helm-wasm dev"`)
	})
	step("replicas change", func(t *testing.T) {
		b.run(chromedp.Click(`[aria-label="Add one replica to enrich-orders"]`, chromedp.ByQuery))
		b.eventually(`document.querySelector(".stepper b").innerText === "3 replicas" && ` +
			`document.querySelectorAll(".graph .function .dot").length === 5`)
	})
	step("a broken module is refused, a good one taken", func(t *testing.T) { b.reloads(t, s) })
	step("keyboard", func(*testing.T) { b.keyboard() })
	for _, theme := range []string{"light", "dark"} {
		step(theme+" and accessible", func(t *testing.T) {
			b.theme(theme)
			b.accessible(t)
			b.picture("page-" + theme)
		})
	}
	for _, width := range []int64{360, 768, 1920} {
		step(fmt.Sprintf("%d pixels wide", width), func(t *testing.T) {
			b.run(emulation.SetDeviceMetricsOverride(width, 900, 1, false))
			b.eventually(`document.documentElement.scrollWidth <= innerWidth`)
			b.accessible(t)
			b.picture(fmt.Sprintf("width-%d", width))
		})
	}
	step("the end is shown", func(t *testing.T) {
		s.end(t)
		b.eventually(`document.getElementById("live").innerText.startsWith("stopped")`)
	})
	for _, problem := range b.problems {
		t.Error(problem)
	}
}

var blank = regexp.MustCompile(`\s*\n\s*`)

func (b *browser) text(selector string) (text string) {
	b.t.Helper()
	b.run(chromedp.Evaluate(
		fmt.Sprintf(
			"document.querySelector(%q).innerText + [...document.querySelectorAll(%q)].map((e) => e.textContent).join()",
			selector, selector+" dt",
		),
		&text,
	))
	return blank.ReplaceAllString(text, "\n")
}

func (b *browser) reloads(t *testing.T, s *shop) {
	good, err := os.ReadFile(filepath.Join(s.dir, "module.wasm"))
	if err != nil {
		t.Fatal(err)
	}
	s.replace(t, good[:len(good)/2])
	b.eventually(`document.querySelector(".card.running .reason:not([hidden])")?.innerText.includes("the old one keeps running")`)
	b.picture("refused")
	// A custom section makes it a different module that does the same.
	s.replace(t, append(good, 0, 2, 1, 'x'))
	b.eventually(`document.querySelector(".card .reason").hidden && document.querySelector(".card header").innerText.includes("reload 1")`)
	b.eventually(`document.getElementById("journal").innerText.includes("reloaded")`)
}

func (b *browser) keyboard() {
	b.t.Helper()
	b.run(chromedp.Evaluate(`document.activeElement.blur(); scrollTo(0, 0)`, nil))
	b.run(chromedp.KeyEvent("e"))
	b.eventually(`document.activeElement.id === "value"`)
	b.run(chromedp.KeyEvent("t")) // is typed, changes nothing
	b.eventually(`document.getElementById("theme").innerText === "Theme: auto" && document.getElementById("value").value.includes("t")`)
	b.run(chromedp.Evaluate(`document.activeElement.blur()`, nil), chromedp.KeyEvent("t"))
	b.eventually(`document.documentElement.dataset.theme === "light"`)
	b.run(
		chromedp.Evaluate(`[...document.querySelectorAll(".graph .topic")].find((n) => n.textContent.includes("orders.usd")).focus()`, nil),
		chromedp.KeyEvent(kb.Enter),
	)
	b.eventually(`document.getElementById("records-topic").value === "orders.usd" && ` +
		`document.querySelectorAll("#records .record").length > 0`)
	b.run(chromedp.Reload())
	b.eventually(`document.documentElement.dataset.theme === "light" && document.querySelectorAll(".card").length === 2`)
	b.run(chromedp.KeyEvent(kb.Tab))
	b.eventually(`document.activeElement.classList.contains("skip")`)
}

func (b *browser) theme(name string) {
	b.t.Helper()
	b.run(emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}}))
	b.run(chromedp.Evaluate(`localStorage.removeItem("theme")`, nil), chromedp.Reload())
	b.eventually(fmt.Sprintf(
		`document.documentElement.dataset.theme === %q && document.querySelectorAll(".card.running").length === 2`,
		name,
	))
	b.run(chromedp.Evaluate(`document.querySelector("[data-burst]").click()`, nil), chromedp.Click("button.primary", chromedp.ByQuery))
	b.eventually(`document.getElementById("trace-state").innerText.startsWith("through in")`)
}

func (b *browser) accessible(t *testing.T) {
	t.Helper()
	var found []string
	b.run(chromedp.Evaluate(access, &found))
	for _, problem := range found {
		t.Error(problem)
	}
}
