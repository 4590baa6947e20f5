// Escape leaves a form which stands in place of what it changes, as its « cancel » does.
export function watchEdits() {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.target.closest("[data-in-place]")?.querySelector("[data-cancel]")?.click();
  });
}
