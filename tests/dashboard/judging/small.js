// Targets smaller than 24 by 24 pixels (WCAG 2.2, 2.5.8); links within a table's text are exempt.
[...document.querySelectorAll("button, input, .places a")].filter((element) => element.checkVisibility()
  && !element.matches(".name")).map((element) => [element.textContent || element.id, element.getBoundingClientRect()])
  .filter(([, box]) => box.height < 24 || box.width < 24).map(([text]) => text)
