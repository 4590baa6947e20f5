// Documents are named with their sizes as soon as they are chosen, and what the server would refuse is said
// before minutes are spent on sending it. The server judges all the same.
const LARGEST = 10 * 1024 * 1024;
const MOST = 5;
const TYPES = ["application/pdf", "image/jpeg", "image/png"];

export function watchDocuments() {
  document.querySelectorAll("form[data-documents]").forEach((form) => {
    const input = form.querySelector("input[type=file]");
    const list = form.querySelector("[data-chosen]");
    if (!input || !list) return;
    input.addEventListener("change", () => tell(input, list));
    form.addEventListener("submit", (event) => {
      if (wrongs(input, list).length) {
        // Before the form is marked as sent: capture is earlier than the listener of the document.
        event.preventDefault();
        event.stopPropagation();
        input.focus();
        return;
      }
      if (input.files.length) form.querySelector("[data-sending]").hidden = false;
    });
  });
}

function tell(input, list) {
  const files = [...input.files];
  const lines = files.map((file) => line(`${file.name} – ${megabytes(file.size)} ${list.dataset.unit}`, wrong(file, list)));
  if (files.length > MOST) lines.push(line(list.dataset.tooMany, list.dataset.tooMany));
  list.replaceChildren(...lines);
  list.hidden = !lines.length;
}

function wrongs(input, list) {
  const found = [...input.files].map((file) => wrong(file, list)).filter(Boolean);
  return input.files.length > MOST ? [...found, list.dataset.tooMany] : found;
}

function wrong(file, list) {
  if (file.size > LARGEST) return list.dataset.tooLarge;
  return file.type && !TYPES.includes(file.type) ? list.dataset.wrongType : "";
}

function line(text, why) {
  const item = document.createElement("li");
  item.textContent = why && why !== text ? `${text} – ${why}` : text;
  item.classList.toggle("wrong", Boolean(why));
  return item;
}

function megabytes(size) {
  const told = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 });
  return told.format(Math.max(size / 1024 / 1024, 0.1));
}
