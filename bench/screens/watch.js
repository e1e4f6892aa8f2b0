// Runs in every page before its own scripts: notes the last frame in which the screen was not finished.
// It is not while `mainContent` (a selector, set before this) or the rest of it is missing, and in
// the frame after a request was answered or elements came or went.
const LOADING = '[role="status"][aria-label="Loading"]';

const watch = { busyMs: 0, readyMs: 0 };
globalThis.screenWatch = watch;

let changes = 0;
new MutationObserver((records) => (changes += records.length)).observe(document, {
  childList: true,
  subtree: true,
});
new PerformanceObserver((list) => (changes += list.getEntries().length)).observe({
  type: "resource",
});

const look = () => {
  const now = performance.now();
  const isWhole =
    document.querySelector(globalThis.mainContent) !== null &&
    document.querySelector(LOADING) === null;
  if (changes > 0 || !isWhole) watch.busyMs = now;
  else if (watch.readyMs <= watch.busyMs) watch.readyMs = now;
  changes = 0;
  requestAnimationFrame(look);
};
requestAnimationFrame(look);
