// The ratios of WCAG 2.2 (1.4.3, 1.4.11) of everything that is seen: how many were judged, and which are too low.
(() => {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const rgba = (text) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = text;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = ([r, g, b, a], [u, v, w]) => [r * a + u * (1 - a), g * a + v * (1 - a), b * a + w * (1 - a), 1];
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((each) => each / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const ratio = (one, other) => {
    const [low, high] = [light(one), light(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  const behind = (element) => {
    const box = element.closest(".box");
    if (element instanceof SVGElement && box) {
      const badge = element.matches(".mark, .count");
      return rgba(getComputedStyle(box.querySelector(badge ? ".badge" : ".face")).fill);
    }
    const found = [];
    for (let at = element; at; at = at.parentElement) {
      const style = getComputedStyle(at);
      const fill = at.matches?.("svg g") && at.querySelector(":scope > rect.band");
      const colour = rgba(fill ? getComputedStyle(fill).fill : style.backgroundColor);
      if (colour[3] > 0) found.push(colour);
      if (colour[3] === 1) break;
    }
    return found.reverse().reduce((below, colour) => over(colour, below), [255, 255, 255, 1]);
  };
  const wrong = [];
  let n = 0;
  const judge = (element, told, colour, least) => {
    n += 1;
    const ground = behind(element);
    const found = ratio(over(rgba(colour), ground), ground);
    if (found < least) wrong.push(`${told}: ${found.toFixed(2)} < ${least}`);
  };
  for (const element of document.querySelectorAll("body *")) {
    if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) || element.closest(".unseen, .skip:not(:focus)")) continue;
    const style = getComputedStyle(element);
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    const size = parseFloat(style.fontSize);
    const least = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5;
    const name = `${element.tagName}.${element.getAttribute("class") ?? ""} ${element.textContent.trim().slice(0, 30)}`;
    if (own && element instanceof SVGElement && element.tagName === "text") judge(element, name, style.fill, least);
    else if (own && element instanceof HTMLElement) judge(element, name, style.color, least);
    if (element.matches(".state")) judge(element, `mark of ${name}`, getComputedStyle(element, "::before").color, 3);
    if (element.matches("button:not(.quiet, .name, thead button), input")) judge(element.parentElement, `edge of ${name}`, style.borderTopColor, 3);
  }
  return { n, wrong };
})()
