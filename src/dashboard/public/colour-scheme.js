// Before the first paint, so that a dark page does not flash white. A file of its own: the content
// security policy runs no inline script.
const chosen = localStorage.getItem("promptside-colour-scheme");
const isDark =
  chosen === "dark" || (chosen !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
document.documentElement.dataset.mantineColorScheme = isDark ? "dark" : "light";
