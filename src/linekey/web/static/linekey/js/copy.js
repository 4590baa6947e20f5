// A button with data-copy="id" copies the text of that element, and says so on itself.
const SAID_MS = 2500;

export function watchCopies() {
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    const source = button && document.getElementById(button.dataset.copy);
    if (!source) return;
    const copied = await copy(source);
    const label = button.querySelector("[data-copy-label]");
    if (!copied || !label) return;
    const before = label.dataset.before ?? label.textContent;
    label.dataset.before = before;
    label.textContent = button.dataset.copied;
    button.classList.add("said");
    setTimeout(() => {
      label.textContent = before;
      button.classList.remove("said");
    }, SAID_MS);
  });
}

async function copy(source) {
  const text = source.textContent.trim();
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Plain http, or refused: select it, so that Ctrl+C is all that is left to do.
    getSelection().selectAllChildren(source);
    return false;
  }
}
