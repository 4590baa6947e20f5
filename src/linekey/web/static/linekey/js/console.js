// The API console: draws every call of the schema documents, sends it with the session of whoever looks.
// Every sentence stands in the page, translated; this file holds none.

const root = document.querySelector("[data-console]");
const list = root.querySelector("[data-list]");
const part = (name) => root.querySelector(`template[${name}]`).content.cloneNode(true);

async function start() {
  const loading = root.querySelector("[data-loading]");
  loading.hidden = false;
  try {
    const sections = root.dataset.sections.split(" ");
    const documents = await Promise.all(sections.map(readSchema));
    for (const [index, schema] of documents.entries()) list.append(drawSection(sections[index], schema));
    openAsked();
  } catch {
    root.querySelector("[data-unreadable]").hidden = false;
  } finally {
    loading.hidden = true;
  }
  root.querySelector("#console-filter").addEventListener("input", narrow);
}

async function readSchema(section) {
  const answer = await fetch(`${root.dataset.base}/${section}.json`);
  if (!answer.ok) throw new Error(section);
  return answer.json();
}

function drawSection(name, schema) {
  const section = document.createElement("section");
  section.className = "card";
  const heading = section.appendChild(document.createElement("h2"));
  heading.textContent = `/${name}`;
  for (const { path, operations } of schema.apis) {
    // A call that asks for an application key makes no sense with a session.
    for (const call of operations.filter((one) => one.httpMethod === "GET" || !one.noAuthentication)) {
      section.append(drawCall(path, call));
    }
  }
  return section;
}

function drawCall(path, call) {
  const drawn = part("data-call").firstElementChild;
  drawn.dataset.name = `${call.httpMethod} ${path}`;
  drawn.querySelector("[data-method]").textContent = call.httpMethod;
  // A path may break before each slash, so that it fits a phone.
  drawn.querySelector("[data-path]").append(...path.split(/(?=\/)/).flatMap((step) => [document.createElement("wbr"), step]));
  drawn.querySelector("[data-about]").textContent = call.description;
  const warnings = drawn.querySelector("[data-warnings]");
  for (const effect of call.effects) warnings.append(part(`data-warning="${effect}"`));
  const fields = drawn.querySelector("[data-fields]");
  for (const parameter of call.parameters) fields.append(drawField(parameter, drawn.dataset.name));
  const form = drawn.querySelector("form");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    execute(form, path, call);
  });
  return drawn;
}

function drawField(parameter, call) {
  const field = part("data-field").firstElementChild;
  const input = document.createElement(parameter.dataType.endsWith("[]") ? "textarea" : "input");
  if (parameter.dataType === "password") {
    input.type = "password";
    input.autocomplete = "new-password";
  }
  input.name = parameter.name;
  input.id = `${call} ${parameter.name}`.replace(/[^A-Za-z]+/g, "-");
  input.required = parameter.required;
  input.spellcheck = false;
  const label = field.querySelector("label");
  label.textContent = parameter.name;
  label.htmlFor = input.id;
  const help = field.querySelector(".help");
  help.textContent = parameter.description;
  help.id = `${input.id}-help`;
  input.setAttribute("aria-describedby", help.id);
  field.querySelector(".field-input").append(input);
  return field;
}

async function execute(form, path, call) {
  const button = form.querySelector("button");
  if (button.getAttribute("aria-disabled") === "true") return;
  const label = button.textContent;
  button.setAttribute("aria-disabled", "true");
  button.textContent = button.dataset.busy;
  const result = form.querySelector("[data-result]");
  try {
    const answer = await send(form, path, call);
    result.replaceChildren(...draw(answer.status, await answer.text()));
    if (answer.ok) for (const secret of form.querySelectorAll("[type=password]")) secret.value = "";
  } catch {
    result.replaceChildren(part("data-unanswered"));
  } finally {
    button.removeAttribute("aria-disabled");
    button.textContent = label;
  }
}

function send(form, path, call) {
  const body = {};
  const query = new URLSearchParams();
  for (const { name, paramType, dataType } of call.parameters) {
    const value = form.elements[name].value;
    if (paramType === "path") path = path.replace(`{${name}}`, encodeURIComponent(value.trim()));
    else if (value === "") continue;
    else if (paramType === "query") query.set(name, value.trim());
    else body[name] = dataType.endsWith("[]") ? value.split(/\s+/).filter(Boolean) : value;
  }
  const writes = call.httpMethod === "POST" || call.httpMethod === "PUT";
  return fetch(`${root.dataset.base}${path}${query.size ? `?${query}` : ""}`, {
    method: call.httpMethod,
    credentials: "same-origin",
    headers: {
      "Content-Type": "application/json",
      "X-CSRFToken": root.dataset.csrf,
      "Idempotency-Key": oneTimeId(),
    },
    body: writes ? JSON.stringify(body) : undefined,
  });
}

function draw(status, text) {
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    return [part("data-unanswered")];
  }
  const answer = part("data-answer");
  answer.querySelector("[data-status]").textContent = value?.httpCode ?? status;
  answer.querySelector("[data-body]").textContent = JSON.stringify(value, null, 2);
  const drawn = [answer];
  if (value?.details?.code === "step_up_needed") drawn.push(part("data-again"));
  if (value?.details?.code === "unknown_consumer_key") drawn.push(part("data-signed-out"));
  return drawn;
}

// randomUUID exists on https and localhost alone.
function oneTimeId() {
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), (word) => word.toString(16)).join("-");
}

function narrow(event) {
  const wanted = event.target.value.trim().toLowerCase();
  for (const section of list.children) {
    let shown = false;
    for (const call of section.querySelectorAll(".call")) {
      call.hidden = !`${call.dataset.name} ${call.querySelector("[data-about]").textContent}`.toLowerCase().includes(wanted);
      shown ||= !call.hidden;
    }
    section.hidden = !shown;
  }
}

// `?call=POST /xdsl/{serviceName}/requestPPPLoginMail&serviceName=…`: what the page of a service links to.
function openAsked() {
  const asked = new URLSearchParams(location.search);
  for (const call of list.querySelectorAll(".call")) {
    if (call.dataset.name !== asked.get("call")) continue;
    call.open = true;
    for (const input of call.querySelectorAll("input, textarea")) input.value = asked.get(input.name) ?? "";
    call.querySelector("summary").focus();
    call.scrollIntoView();
  }
}

start();
