// How long the page was open, and how often it was left. Without it everything works.
"use strict";
const began = performance.now();
let left = 0;
document.addEventListener("visibilitychange", () => { if (document.hidden) left += 1; });
document.querySelector("form").addEventListener("submit", (event) => {
  event.target.elements.milliseconds.value = Math.round(performance.now() - began);
  event.target.elements.left.value = left;
});
