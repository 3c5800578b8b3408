// Select menus, in messages and in forms: a button that opens a list. One
// choice is taken at once; several are taken when the list closes, as in
// Discord.

import { h, fill, icon, newID } from "./dom.js";
import { listbox } from "./listbox.js";
import { world } from "./world.js";

// choices is what a menu offers, by its type.
function choices(c) {
  switch (c.type) {
    case 6: return world.roles.map((r) => ({ value: r.id, label: "@" + r.name })).sort((a, b) => a.label.localeCompare(b.label));
    case 8:
      return world.channels
        .filter((ch) => !ch.dm && (!c.channel_types?.length || c.channel_types.includes(ch.type)))
        .map((ch) => ({ value: ch.id, label: ch.name, icon: "hash" }));
  }
  return (c.options ?? []).map((o) => ({ value: o.value, label: o.label, note: o.description }));
}

// chosenAtFirst is what the bot says is chosen already.
function chosenAtFirst(c) {
  if (c.type === 3) return (c.options ?? []).filter((o) => o.default).map((o) => o.value);
  return (c.default_values ?? []).map((d) => d.id);
}

// menu makes the element. chosen is called with the values; read returns them,
// for forms.
export function menu(c, { label, chosen = () => {}, describedby }) {
  const offered = choices(c);
  const least = c.required === false ? 0 : c.min_values ?? 1;
  const most = Math.min(c.max_values ?? 1, offered.length || 1);
  const several = most > 1;
  let values = chosenAtFirst(c).filter((v) => offered.some((o) => o.value === v));
  let before = values;

  const listID = newID("list");
  const shown = h("span", { class: "select-shown" });
  const opener = h("button", {
    type: "button", class: "select-button", role: "combobox", "aria-haspopup": "listbox", "aria-expanded": "false",
    "aria-controls": listID, "aria-label": label, "aria-describedby": describedby, disabled: c.disabled, data: { id: c.custom_id },
  }, shown, icon("down"));
  const clear = h("button", { type: "button", class: "select-clear", "aria-label": "Clear the selection", hidden: true }, icon("close"));
  const list = h("ul", { class: "select-list", role: "listbox", id: listID, "aria-label": label, "aria-multiselectable": several ? "true" : null, hidden: true });
  const element = h("div", { class: "select" }, opener, clear, list);
  const options = listbox(opener, list, pick);

  const named = (value) => offered.find((o) => o.value === value);
  function draw() {
    fill(shown, ...(values.length
      ? values.map((v) => h("span", { class: several ? "chip" : "" }, named(v).icon && icon(named(v).icon), named(v).label))
      : [h("span", { class: "placeholder" }, c.placeholder || "Make a selection")]));
    opener.setAttribute("aria-label", `${label}: ${values.map((v) => named(v).label).join(", ") || "nothing chosen"}`);
    clear.hidden = least > 0 || !values.length || c.disabled;
    options.fill(offered.map((o) => [
      o.icon && icon(o.icon), h("span", { class: "option-text" }, h("span", {}, o.label), o.note && h("small", {}, o.note)),
      h("span", { class: "tick", "aria-hidden": "true" }, values.includes(o.value) ? icon("check") : null)]));
    offered.forEach((o, i) => list.children[i].setAttribute("aria-selected", String(values.includes(o.value))));
    if (!offered.length) list.append(h("li", { class: "none", role: "option", "aria-disabled": "true", "aria-selected": "false" }, "Nothing to choose from"));
  }
  function open() {
    if (!list.hidden || opener.disabled) return;
    before = values;
    list.hidden = false;
    opener.setAttribute("aria-expanded", "true");
    draw();
    options.point(Math.max(0, offered.findIndex((o) => values.includes(o.value))));
    const room = window.innerHeight - opener.getBoundingClientRect().bottom;
    list.classList.toggle("up", room < Math.min(list.scrollHeight, 300) + 16 && opener.getBoundingClientRect().top > room);
    list.children[options.current]?.scrollIntoView({ block: "nearest" });
    document.addEventListener("pointerdown", outside, true);
  }
  function close(keep = true) {
    if (list.hidden) return;
    list.hidden = true;
    opener.setAttribute("aria-expanded", "false");
    options.point(-1);
    document.removeEventListener("pointerdown", outside, true);
    if (!keep || values.length < least) values = before;
    draw();
    if (several && String(values) !== String(before)) chosen(values);
  }
  function pick(i) {
    const { value } = offered[i];
    if (!several) {
      values = [value];
      close();
      chosen(values);
    } else {
      if (values.includes(value)) values = values.filter((v) => v !== value);
      else if (values.length < most) values = [...values, value];
      draw();
      options.point(i);
    }
    opener.focus();
  }
  const outside = (event) => element.contains(event.target) || close();

  opener.addEventListener("click", () => (list.hidden ? open() : close()));
  element.addEventListener("focusout", (event) => element.contains(event.relatedTarget) || close());
  clear.addEventListener("click", () => {
    values = [];
    draw();
    opener.focus();
    chosen(values);
  });
  opener.addEventListener("keydown", (event) => {
    if (list.hidden) {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") open(), event.preventDefault();
      return;
    }
    if (offered.length && options.key(event)) return event.preventDefault();
    if (event.key === "Enter" || event.key === " ") offered.length && pick(options.current);
    else if (event.key === "Escape") close(false), event.stopPropagation();
    else if (event.key === "Tab") return close();
    else if (event.key.length === 1) {
      const found = offered.findIndex((o, i) => i > options.current && o.label.toLowerCase().startsWith(event.key.toLowerCase()));
      if (found >= 0) options.point(found);
    } else return;
    event.preventDefault();
  });
  element.read = () => values;
  draw();
  return element;
}
