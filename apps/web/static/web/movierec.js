// Sends the forms of pages as JSON with CSRF's token and shows the answer in place of the page's content.
"use strict";

const JSON_TYPE = "application/json";

// The statuses after which the same page is worth another try.
const AGAIN = [400, 429];

// What is not given is undefined, and JSON leaves that out.
function valueOf(input) {
  if (input.type === "checkbox") return input.checked || undefined;
  if (input.value === "") return "clears" in input.dataset ? null : undefined;
  return input.value;
}

function bodyOf(form) {
  const text = form.querySelector("[data-body]");
  if (text) return text.value;
  const inputs = [...form.querySelectorAll("input[name]:not([type=hidden]), input[data-sent]")];
  return JSON.stringify(Object.fromEntries(inputs.map((input) => [input.name, valueOf(input)])));
}

// What a person has typed outlives the exchange of the page's content, passwords excepted.
function typedTexts() {
  const fields = document.querySelectorAll("main textarea[id], main input[id]:not([type=password], [type=checkbox])");
  return new Map([...fields].map((field) => [field.id, field.value]));
}

function showPage(next) {
  const typed = typedTexts();
  for (const place of ["header.top", "main"]) document.querySelector(place).replaceWith(next.querySelector(place));
  document.title = next.title;
  for (const [id, value] of typed) {
    const field = document.getElementById(id);
    if (field) field.value = value;
  }
  window.scrollTo(0, 0);
  (document.getElementById("outcome") ?? document.getElementById("answer"))?.focus();
}

// The way to sign in, and from there back to this page. The service may stand in a folder of its host, as under an
// API's stage; where it starts the link to the front page says.
function wayIn() {
  const start = new URL(document.querySelector("a.brand").href);
  const address = new URL("auth/signin", start);
  const next = window.location.pathname.slice(start.pathname.length - 1);
  address.search = new URLSearchParams({ next });
  const link = document.createElement("a");
  link.href = address;
  link.textContent = "Sign in";
  return link;
}

function showProblem(form, sentence) {
  const notice = form.querySelector("[role=alert]") ?? form.appendChild(document.createElement("p"));
  notice.setAttribute("role", "alert");
  notice.className = "problem";
  notice.textContent = sentence;
}

async function showAnswer(form, response) {
  const type = response.headers.get("Content-Type") ?? "";
  if (response.ok && form.dataset.next) {
    window.location.assign(form.dataset.next);
  } else if (response.ok && form.dataset.done) {
    form.querySelector("[role=alert]")?.remove();
    form.querySelector("[role=status]").textContent = form.dataset.done;
  } else if (type.startsWith("text/html")) {
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    // A button that keeps its page keeps it whatever the answer.
    const stays = "done" in form.dataset || ("stays" in form.dataset && AGAIN.includes(response.status));
    if (stays) showProblem(form, page.getElementById("outcome").textContent);
    else showPage(page);
    if (stays && response.status === 401) form.querySelector("[role=alert]").append(". ", wayIn());
  } else {
    const answer = type.startsWith(JSON_TYPE) ? await response.json() : {};
    showProblem(form, answer.error ?? `The server answered ${response.status} ${response.statusText}.`);
  }
}

async function send(form) {
  const button = form.querySelector("button");
  button.setAttribute("aria-disabled", "true");
  try {
    const response = await fetch(form.action, {
      method: form.dataset.method,
      headers: {
        "Accept": "text/html",
        "Content-Type": JSON_TYPE,
        "X-CSRFToken": form.elements.csrfmiddlewaretoken.value,
      },
      body: bodyOf(form),
    });
    await showAnswer(form, response);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    showProblem(form, "The server cannot be reached; check the connection and send again.");
  } finally {
    button.removeAttribute("aria-disabled");
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.dataset.method) return;
  event.preventDefault();
  if (form.querySelector("button").getAttribute("aria-disabled") !== "true") send(form);
});
