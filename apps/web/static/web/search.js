// Titles and people below the search box while somebody types: the combobox of WAI-ARIA, with a list to choose from.
// Without this script the box is a plain form.
"use strict";

const SHOWN = 8;
// Milliseconds of rest before the server is asked.
const REST = 180;
const KINDS = { movie: "Film", tv: "Series", person: "Person" };

function suggestionsFor(input) {
  const list = document.createElement("ul");
  list.id = `${input.id}-suggestions`;
  list.className = "suggestions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Suggestions");
  list.hidden = true;
  const status = document.createElement("p");
  status.className = "unseen";
  status.setAttribute("role", "status");
  input.after(list, status);
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-expanded", "false");
  input.setAttribute("aria-controls", list.id);

  const known = new Map();
  let timer;
  let running = new AbortController();
  let active = -1;

  function close() {
    clearTimeout(timer);
    running.abort();
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    activate(-1);
  }

  function activate(place) {
    active = place;
    [...list.children].forEach((option, i) => option.setAttribute("aria-selected", String(i === place)));
    const option = list.children[place];
    if (option) {
      input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else {
      input.removeAttribute("aria-activedescendant");
    }
  }

  function show(found) {
    list.replaceChildren(...found.map(optionOf));
    activate(-1);
    list.hidden = !found.length;
    input.setAttribute("aria-expanded", String(Boolean(found.length)));
    const count = found.length === 1 ? "1 suggestion" : `${found.length} suggestions`;
    status.textContent = found.length ? `${count}; the arrow keys choose.` : "No suggestions.";
  }

  function optionOf(entry, place) {
    const option = document.createElement("li");
    option.id = `${list.id}-${place}`;
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    option.dataset.page = new URL(`media/${entry.media_type}/${entry.id}`, input.form.action);
    const year = (entry.release_date ?? entry.first_air_date ?? "").slice(0, 4);
    const words = document.createElement("span");
    words.textContent = (entry.title ?? entry.name) + (year ? ` (${year})` : "");
    const kind = document.createElement("span");
    kind.className = "soft";
    kind.textContent = KINDS[entry.media_type] ?? "";
    option.append(words, " ", kind);
    return option;
  }

  async function ask(text) {
    running.abort();
    running = new AbortController();
    const { signal } = running;
    try {
      if (!known.has(text)) {
        const query = new URLSearchParams({ q: text, limit: SHOWN, suggest: "true" });
        const response = await fetch(`${input.form.action}?${query}`, { headers: { Accept: "application/json" }, signal });
        if (!response.ok) return;
        known.set(text, (await response.json()).results);
      }
      if (!signal.aborted) show(known.get(text));
    } catch (error) {
      // The box works without suggestions: a newer text has taken over, or the server cannot be reached.
      if (error.name !== "AbortError" && !(error instanceof TypeError)) throw error;
    }
  }

  const moves = {
    ArrowDown: () => (active + 1) % list.children.length,
    ArrowUp: () => (active <= 0 ? list.children.length : active) - 1,
  };

  input.addEventListener("input", () => {
    clearTimeout(timer);
    // What was chosen belongs to the text before.
    activate(-1);
    const text = input.value.trim();
    if (text) timer = setTimeout(ask, REST, text);
    else close();
  });
  input.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    if (event.key in moves) {
      event.preventDefault();
      activate(moves[event.key]());
    } else if (event.key === "Enter" && active >= 0) {
      event.preventDefault();
      window.location.assign(list.children[active].dataset.page);
    } else if (event.key === "Escape") {
      event.preventDefault();
      close();
    }
  });
  input.addEventListener("blur", close);
  // The box keeps the focus until the choice is made.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) window.location.assign(option.dataset.page);
  });
}

// Codes of countries and languages in words, as far as the browser knows them.
function nameRegions() {
  const names = new Intl.DisplayNames(["en"], { type: "region", fallback: "code" });
  for (const place of document.querySelectorAll("[data-region]")) {
    const code = place.value ?? place.dataset.region;
    if (/^[A-Z]{2}$/.test(code)) place.textContent = names.of(code);
  }
}

function isBare(input) {
  return input.matches("[data-suggest]:not([aria-controls])");
}

// What is left empty is not asked for, and needs no place in the address.
document.addEventListener("formdata", (event) => {
  if (event.target.method !== "get") return;
  for (const [name, value] of [...event.formData]) if (value === "") event.formData.delete(name);
});

document.querySelectorAll("[data-suggest]").forEach(suggestionsFor);
// The page's head is exchanged when a form has been answered; the new box is there at its first touch.
document.addEventListener("focusin", (event) => {
  if (isBare(event.target)) suggestionsFor(event.target);
});
nameRegions();
