// The list above the message box: commands, people to mention, values of an
// option.

import { h, byID, announce } from "./dom.js";
import { listbox } from "./listbox.js";

const box = byID("suggest");
let state = null; // {input, items, pick, options}

// suggest shows items, {label, note, before}, for an input. pick is called with
// the chosen one. Where anything may be typed, free, no line is current until
// an arrow key makes it so.
export function suggest(input, title, items, pick, free = false) {
  if (!items.length) return hide();
  if (state && state.input !== input) hide();
  if (!state) announce(`${items.length} ${items.length === 1 ? "suggestion" : "suggestions"}`);
  const current = free ? -1 : Math.min(state?.options.current ?? 0, items.length - 1);
  const list = h("ul", { role: "listbox", id: "suggest-list", "aria-label": title });
  const options = listbox(input, list, choose, true);
  options.fill(items.map((item) => [item.before, h("span", { class: "suggest-text" }, h("span", {}, item.label), item.note && h("small", {}, item.note)), item.after && h("small", { class: "suggest-after" }, item.after)]));
  state = { input, items, pick, options };
  box.replaceChildren(h("div", { class: "suggest-title", "aria-hidden": "true" }, title), list);
  box.hidden = false;
  input.setAttribute("aria-expanded", "true");
  input.setAttribute("aria-controls", "suggest-list");
  options.point(current);
}

export function hide() {
  if (!state) return;
  state.input.setAttribute("aria-expanded", "false");
  state.input.removeAttribute("aria-controls");
  state.input.removeAttribute("aria-activedescendant");
  state = null;
  box.hidden = true;
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
  const { current } = state.options;
  if (event.key === "Tab" && !event.shiftKey) choose(Math.max(0, current));
  else if (event.key === "Enter" && !event.shiftKey && current >= 0) choose(current);
  else if (event.key === "Escape") hide();
  else if (event.key === "Home" || event.key === "End" || !state.options.key(event)) return false; // those move the caret
  event.preventDefault();
  event.stopPropagation();
  return true;
}
