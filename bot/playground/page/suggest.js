// The list above the composer: commands, people to mention, values of an
// option. The focus stays in the input, which names the current line.

import { h, byID, move, announce } from "./dom.js";

const box = byID("suggest");
let state = null; // {input, items, current, pick}

// suggest shows items, {label, note, before}, for an input. pick is called with
// the chosen one. Where anything may be typed, free, no line is current until
// an arrow key makes it so.
export function suggest(input, title, items, pick, free = false) {
  if (!items.length) return hide();
  if (state && state.input !== input) hide();
  const current = free ? -1 : state ? Math.min(state.current, items.length - 1) : 0;
  if (!state) announce(`${items.length} ${items.length === 1 ? "suggestion" : "suggestions"}`);
  state = { input, items, current, pick };
  box.replaceChildren(h("div", { class: "suggest-title", "aria-hidden": "true" }, title),
    h("ul", { role: "listbox", id: "suggest-list", "aria-label": title }, items.map((item, i) => h("li", {
      role: "option", id: "suggest-" + i, "aria-selected": String(i === current),
      onmousemove: () => point(i), onmousedown: (event) => event.preventDefault(), onclick: () => choose(i),
    }, item.before, h("span", { class: "suggest-text" }, h("span", {}, item.label), item.note && h("small", {}, item.note)), item.after && h("small", { class: "suggest-after" }, item.after)))));
  box.hidden = false;
  input.setAttribute("aria-expanded", "true");
  input.setAttribute("aria-controls", "suggest-list");
  point(current);
}

export function hide() {
  if (!state) return;
  state.input.setAttribute("aria-expanded", "false");
  state.input.removeAttribute("aria-controls");
  state.input.removeAttribute("aria-activedescendant");
  state = null;
  box.hidden = true;
}

function point(i) {
  state.current = i;
  box.querySelectorAll("[role=option]").forEach((li, n) => li.setAttribute("aria-selected", String(n === i)));
  if (i < 0) state.input.removeAttribute("aria-activedescendant");
  else state.input.setAttribute("aria-activedescendant", "suggest-" + i);
}

function choose(i) {
  const { items, pick } = state;
  hide();
  pick(items[i]);
}

// key handles a key of the input while the list is shown. Enter takes the
// current line, Tab that or the first.
export function key(event) {
  if (!state || event.isComposing) return false;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    point(move(event.key, state.current, state.items.length));
    byID("suggest-" + state.current).scrollIntoView({ block: "nearest" });
  } else if (event.key === "Tab" && !event.shiftKey) choose(Math.max(0, state.current));
  else if (event.key === "Enter" && !event.shiftKey && state.current >= 0) choose(state.current);
  else if (event.key === "Escape") hide();
  else return false;
  event.preventDefault();
  event.stopPropagation();
  return true;
}
