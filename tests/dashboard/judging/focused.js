// What has the focus, and whether that is seen.
(() => {
  const element = document.activeElement;
  const ring = element.querySelector?.(":scope > .ring");
  const style = getComputedStyle(element);
  return {
    name: element.getAttribute("aria-label") || element.textContent.trim() || element.id,
    tag: element.tagName.toLowerCase(), id: element.id, label: element.querySelector("title")?.textContent ?? "",
    isMarked: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 || (ring && getComputedStyle(ring).stroke !== "none"),
  };
})()
