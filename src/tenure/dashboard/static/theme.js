// Light, dark, or as the system has it; kept in this browser.
const NEXT = { auto: "light", light: "dark", dark: "auto" };

function read() {
  try {
    const kept = localStorage.getItem("tenure-theme");
    return kept in NEXT ? kept : "auto";
  } catch {
    return "auto"; // a browser that keeps nothing
  }
}

function show(theme) {
  if (theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  const word = document.querySelector("#theme span");
  if (word) word.textContent = theme;
}

let theme = read();
show(theme);
document.querySelector("#theme")?.addEventListener("click", () => {
  theme = NEXT[theme];
  show(theme);
  try {
    localStorage.setItem("tenure-theme", theme);
  } catch {
    // then it lasts as long as the page
  }
});
