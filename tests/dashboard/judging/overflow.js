// What is wider than the window and cannot be scrolled by itself.
(() => {
  const wide = document.documentElement.scrollWidth > innerWidth ? ["the page"] : [];
  for (const element of document.querySelectorAll("body *")) {
    if (!element.checkVisibility() || element.closest(".unseen, .skip, svg")) continue;
    const box = element.getBoundingClientRect();
    const scrolls = element.parentElement.closest(".canvas, .scroll, .places ul");
    if (box.width && !scrolls && (box.right > innerWidth + 0.5 || box.left < -0.5)) wide.push(element.outerHTML.slice(0, 90));
  }
  return wide;
})()
