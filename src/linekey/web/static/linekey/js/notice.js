// Closing a notice removes it, and the secret it may hold, from the page for good.
export function watchNotices() {
  document.addEventListener("click", (event) => {
    const notice = event.target.closest("[data-close]")?.closest("[data-notice]");
    if (!notice) return;
    notice.remove();
    document.getElementById("main")?.focus();
  });
  // A secret must not wait behind a page that was left.
  addEventListener("pagehide", () => document.getElementById("shown-once")?.remove());
}
