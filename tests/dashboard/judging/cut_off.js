// Texts that do not fit in their box and are cut off there.
[...document.querySelectorAll("h1, h2, h3, dt, dd, td, th, button, .hint, .fine")].filter((element) =>
  element.checkVisibility() && !element.closest(".unseen") && element.scrollWidth > element.clientWidth + 1
  && getComputedStyle(element).overflowX !== "visible").map((element) => element.textContent.slice(0, 60))
