// Show or hide what is typed in a password field; hidden again when the form is sent.
export function watchPasswords() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-reveal]");
    const field = button && document.getElementById(button.dataset.reveal);
    if (field) show(button, field, field.type === "password");
  });
  document.addEventListener("submit", (event) => {
    event.target.querySelectorAll("[data-reveal]").forEach((button) => {
      show(button, document.getElementById(button.dataset.reveal), false);
    });
  });
}

function show(button, field, shown) {
  field.type = shown ? "text" : "password";
  button.setAttribute("aria-pressed", String(shown));
}
