// A sheet of codes leaves the page once: on paper, or in a file made here, without asking the server again.
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) print();
  const button = event.target.closest("[data-download]");
  const source = button && document.getElementById(button.dataset.download);
  if (!source) return;
  const file = URL.createObjectURL(new Blob([`${source.textContent.trim()}\n`], { type: "text/plain" }));
  const link = Object.assign(document.createElement("a"), { href: file, download: button.dataset.name });
  link.click();
  URL.revokeObjectURL(file);
  button.setAttribute("aria-disabled", "true");
  button.disabled = true;
});
