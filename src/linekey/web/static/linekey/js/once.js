// A form is sent once: its button says so and refuses the second press. The server refuses it too.
export function watchForms() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    if (!("once" in form.dataset)) return;
    form.dataset.sent = "yes";
    const button = event.submitter ?? form.querySelector("button");
    if (!button) return;
    button.setAttribute("aria-disabled", "true");
    if (button.dataset.busy) button.textContent = button.dataset.busy;
  });
  // Back from the next page: the form may be used again.
  addEventListener("pageshow", (event) => {
    if (event.persisted && document.querySelector("form[data-sent]")) location.reload();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-disabled]")) event.preventDefault();
  });
}
