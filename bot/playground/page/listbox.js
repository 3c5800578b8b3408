// A list of options. The focus stays on another element, the owner, which names
// the current option (the ARIA pattern "combobox").

import { h } from "./dom.js";

// move returns the index after a press of an arrow key in a list; -1 for
// another key.
export function move(key, index, length) {
  switch (key) {
    case "ArrowDown": return index + 1 >= length ? 0 : index + 1;
    case "ArrowUp": return index <= 0 ? length - 1 : index - 1;
    case "Home": return 0;
    case "End": return length - 1;
  }
  return -1;
}

// listbox manages the options of a list with an id. pick is called with the
// index of the option that was pressed. Where nothing else is selected in the
// list, follow makes the current option the selected one.
export function listbox(owner, list, pick, follow = false) {
  const self = {
    current: -1,
    // fill replaces the options by rows of children.
    fill(rows) {
      list.replaceChildren(...rows.map((row, i) => h("li", {
        role: "option", id: `${list.id}-${i}`, "aria-selected": "false",
        onmousemove: () => i !== self.current && self.point(i), onmousedown: (event) => event.preventDefault(), onclick: () => pick(i),
      }, row)));
    },
    // point makes an option the current one; -1 for none.
    point(i) {
      self.current = i;
      [...list.children].forEach((li, n) => {
        li.classList.toggle("current", n === i);
        if (follow) li.setAttribute("aria-selected", String(n === i));
      });
      if (i < 0) owner.removeAttribute("aria-activedescendant");
      else owner.setAttribute("aria-activedescendant", `${list.id}-${i}`);
    },
    // key moves with the arrow keys. It reports whether the key was one.
    key(event) {
      const next = move(event.key, self.current, list.children.length);
      if (next < 0) return false;
      self.point(next);
      list.children[next].scrollIntoView({ block: "nearest" });
      return true;
    },
  };
  return self;
}
