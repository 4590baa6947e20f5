// Closing a notice removes it, and the secret it may hold, from the page for good.
export function watchNotices() {
  document.addEventListener("click", (event) => {
    const notice = event.target.closest("[data-close]")?.closest("[data-notice]");
    if (!notice) return;
    if (notice.dataset.gone) {
      const gone = Object.assign(document.createElement("p"), { className: "small", textContent: notice.dataset.gone });
      gone.setAttribute("role", "status");
      notice.replaceWith(gone);
    } else notice.remove();
    document.getElementById("main")?.focus();
  });
  // A secret must not wait behind a page that was left.
  addEventListener("pagehide", () => document.getElementById("shown-once")?.remove());
}
