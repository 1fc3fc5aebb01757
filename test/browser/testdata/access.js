// SPDX-License-Identifier: Apache-2.0
// Lists what assistive technology, or weak eyes, would stumble over.
(() => {
  const found = [];
  const say = (el, text) => found.push(`${el.tagName.toLowerCase()}${el.id ? "#" + el.id : ""}.${el.getAttribute("class") ?? ""}: ${text}`);
  const visible = (el) => el.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && el.getClientRects().length > 0;
  if (!document.documentElement.lang) found.push("the page has no language");
  if (document.querySelectorAll("h1").length !== 1 || document.querySelectorAll("main").length !== 1) found.push("want one h1 and one main");
  const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
  for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) found.push(`id ${id} twice`);
  for (const el of document.querySelectorAll("button, input, select, textarea, a, [role=button], [role=img], summary, article")) {
    const name = el.getAttribute("aria-label") || el.labels?.[0]?.textContent || el.textContent;
    if (!name.trim()) say(el, "has no name");
  }
  for (const el of document.querySelectorAll("img")) if (!el.hasAttribute("alt")) say(el, "has no alt");
  for (const el of document.querySelectorAll("[aria-labelledby], [aria-describedby]")) {
    for (const id of [el.getAttribute("aria-labelledby"), el.getAttribute("aria-describedby")]) if (id && !document.getElementById(id)) say(el, `refers to ${id}, which is not there`);
  }
  // Contrast of text, as WCAG 2 counts it; AA wants 4.5.
  const parse = (c) => {
    const m = c.match(/[\d.]+/g)?.map(Number) ?? [0, 0, 0, 0];
    return { rgb: m.slice(0, 3), alpha: m[3] ?? 1 };
  };
  const light = (rgb) => {
    const [r, g, b] = rgb.map((v) => v / 255).map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (el) => {
    for (let at = el; at; at = at.parentElement) {
      const own = at instanceof SVGElement && at.tagName === "g" ? getComputedStyle(at.querySelector("rect") ?? at).fill : getComputedStyle(at).backgroundColor;
      const c = parse(own);
      if (own !== "none" && c.alpha === 1 && !(at instanceof SVGElement && at.tagName !== "g")) return c.rgb;
    }
    return [255, 255, 255];
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const seen = new Set();
  while (walker.nextNode()) {
    const el = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || seen.has(el) || !visible(el) || el.closest(".skip, title, :disabled, option")) continue;
    seen.add(el);
    const style = getComputedStyle(el);
    const a = light(parse(el instanceof SVGElement ? style.fill : style.color).rgb);
    const b = light(behind(el));
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) say(el, `contrast ${ratio.toFixed(2)} of "${walker.currentNode.data.trim().slice(0, 30)}"`);
  }
  if (seen.size < 40) found.push(`only ${seen.size} texts were measured`);
  return [...new Set(found)];
})();
