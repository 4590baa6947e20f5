// Passkeys and security keys (WebAuthn level 3). Loaded by the pages that have a form
//   <form method="post" data-webauthn="get|create" hidden>   with a hidden input named `answer`, and either
//   data-options="{…}"      the options of navigator.credentials, or
//   data-begin="/address"   where they are asked for when the button is pressed: {"options": {…}, "flow": "…"}.
// Beside the form may stand [data-webauthn-without], shown while nothing can read the form, and
// [data-webauthn-unsupported], shown to a browser without WebAuthn; inside it [data-webauthn-failed].
const KNOWN = "PublicKeyCredential" in window && "credentials" in navigator;

for (const form of document.querySelectorAll("form[data-webauthn]")) {
  const beside = (name) => form.parentElement.querySelector(`[data-webauthn-${name}]`);
  beside("without")?.remove();
  form.hidden = !KNOWN;
  const sorry = beside("unsupported");
  if (sorry) sorry.hidden = KNOWN;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!form.dataset.sent) answer(form);
  });
}

async function answer(form) {
  const button = form.querySelector("button");
  const before = [...button.childNodes];
  const failed = form.querySelector("[data-webauthn-failed]");
  failed.hidden = true;
  form.dataset.sent = "yes";
  button.setAttribute("aria-disabled", "true");
  if (button.dataset.busy) button.textContent = button.dataset.busy;
  try {
    const publicKey = read(await optionsOf(form), form.dataset.webauthn);
    const credential = await navigator.credentials[form.dataset.webauthn]({ publicKey });
    form.elements.answer.value = JSON.stringify(written(credential));
    form.submit();
  } catch {
    // Refused, given up, too late, or a key that is registered already: one sentence says what to do.
    delete form.dataset.sent;
    button.removeAttribute("aria-disabled");
    button.replaceChildren(...before);
    failed.setAttribute("role", "alert");
    failed.hidden = false;
  }
}

async function optionsOf(form) {
  if (form.dataset.options) return JSON.parse(form.dataset.options);
  const body = new FormData(form);
  body.delete("answer");
  const asked = await fetch(form.dataset.begin, { method: "POST", body, credentials: "same-origin" });
  if (!asked.ok) throw new Error(String(asked.status));
  const { options, flow } = await asked.json();
  if (flow) form.elements.flow.value = flow;
  return options;
}

// By hand where the browser cannot: Safari before 18.4, Chrome before 129, Firefox before 119.
function read(options, verb) {
  const name = verb === "get" ? "parseRequestOptionsFromJSON" : "parseCreationOptionsFromJSON";
  if (PublicKeyCredential[name]) return PublicKeyCredential[name](options);
  const listed = (each) => ({ ...each, id: bytes(each.id) });
  const parsed = { ...options, challenge: bytes(options.challenge) };
  if (options.user) parsed.user = { ...options.user, id: bytes(options.user.id) };
  for (const list of ["allowCredentials", "excludeCredentials"]) {
    if (options[list]) parsed[list] = options[list].map(listed);
  }
  return parsed;
}

function written(credential) {
  try {
    return credential.toJSON();
  } catch {
    const { response } = credential;
    const made = { clientDataJSON: text(response.clientDataJSON) };
    for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (response[name]) made[name] = text(response[name]);
    }
    if (response.getTransports) made.transports = response.getTransports();
    return {
      id: credential.id,
      rawId: text(credential.rawId),
      type: credential.type,
      authenticatorAttachment: credential.authenticatorAttachment ?? undefined,
      clientExtensionResults: credential.getClientExtensionResults(),
      response: made,
    };
  }
}

// base64url, both ways (RFC 4648 section 5).
function bytes(written) {
  const plain = atob(written.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (character) => character.charCodeAt(0));
}

function text(buffer) {
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
