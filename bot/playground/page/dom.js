// Elements are built here and in markdown.js, always node by node: nothing on
// this page turns text into HTML, and the page's policy forbids it.

// h makes an element. Keys that begin with "on" are listeners, "data" is the
// dataset, what is undefined, null or false is left out, true is an empty
// attribute. Children that are strings become text.
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key === "data") Object.assign(element.dataset, value);
    else element.setAttribute(key, value === true ? "" : String(value));
  }
  return fill(element, ...children);
}

// fill replaces the children of an element. What is undefined, null or false is
// left out.
export function fill(element, ...children) {
  element.replaceChildren(...children.flat().filter((c) => c !== undefined && c !== null && c !== false));
  return element;
}

const svg = "http://www.w3.org/2000/svg";

// icon draws one of the symbols of index.html. It is decoration: the words
// stand beside it or in the label of the button around it.
export function icon(name) {
  const element = document.createElementNS(svg, "svg");
  const use = document.createElementNS(svg, "use");
  use.setAttribute("href", "#icon-" + name);
  element.setAttribute("class", "icon");
  element.setAttribute("aria-hidden", "true");
  element.append(use);
  return element;
}

export const byID = (id) => document.getElementById(id);

let unique = 0;
export const newID = (prefix) => `${prefix}-${++unique}`;

// The avatar's colour follows from the id, as Discord's default avatars do.
export function avatar(user, size = "") {
  const name = nameOf(user);
  const colour = user.bot ? "bot" : "c" + (BigInt(user.id) % 5n);
  return h("span", { class: `avatar ${colour} ${size}`, "aria-hidden": "true" }, user.bot ? icon("bot") : name.slice(0, 1).toUpperCase());
}

export const nameOf = (user) => user.global_name || user.username || "somebody";

// announce tells a screen reader something that is only seen otherwise.
export function announce(text) {
  byID("announcer").textContent = text;
}
