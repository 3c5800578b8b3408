// The menu that opens on a message.

import { h, icon } from "./dom.js";
import { move } from "./listbox.js";

let open = null;

// popupMenu shows entries below an element, or at a point. An entry is
// {label, icon, run} or {head}.
export function popupMenu(entries, { anchor, x, y, label }) {
  open?.close();
  const back = anchor ?? document.activeElement;
  const list = h("div", { class: "menu", role: "menu", "aria-label": label, tabindex: "-1" }, entries.map((e) => (e.head
    ? h("div", { class: "menu-head", role: "presentation" }, e.head)
    : h("button", { type: "button", role: "menuitem", tabindex: "-1", class: e.danger ? "danger" : null, onclick: () => (close(), e.run()) }, h("span", {}, e.label), e.icon && icon(e.icon)))));
  const items = [...list.querySelectorAll("button")];
  function close() {
    if (open !== handle) return;
    open = null;
    list.remove();
    document.removeEventListener("pointerdown", outside, true);
    window.removeEventListener("resize", close);
    anchor?.setAttribute("aria-expanded", "false");
    if (list.contains(document.activeElement) || document.activeElement === document.body) back?.focus?.();
  }
  const handle = { close };
  const outside = (event) => list.contains(event.target) || anchor?.contains(event.target) || close();
  list.addEventListener("keydown", (event) => {
    const next = move(event.key, items.indexOf(document.activeElement), items.length);
    if (next >= 0) items[next].focus();
    else if (event.key === "Escape" || event.key === "Tab") back?.focus?.(), close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  document.body.append(list);
  const box = anchor?.getBoundingClientRect() ?? { left: x, right: x, top: y, bottom: y };
  const left = anchor ? box.right - list.offsetWidth : x;
  const top = box.bottom + 4 + list.offsetHeight > window.innerHeight ? box.top - list.offsetHeight - 4 : box.bottom + 4;
  list.style.left = Math.max(8, Math.min(left, window.innerWidth - list.offsetWidth - 8)) + "px";
  list.style.top = Math.max(8, top) + "px";
  open = handle;
  anchor?.setAttribute("aria-expanded", "true");
  document.addEventListener("pointerdown", outside, true);
  window.addEventListener("resize", close);
  items[0]?.focus();
}
