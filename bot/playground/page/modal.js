// Forms that the bot opens over the page.

import { h, icon, avatar, newID } from "./dom.js";
import { markdown } from "./markdown.js";
import { world } from "./world.js";
import { interact } from "./api.js";
import { menu } from "./select.js";

// openModal shows the form that an interaction was answered with. The focus
// goes back to opener when it closes.
export function openModal(interaction, modal, opener) {
  const fields = []; // {component, read, error}
  const failed = h("p", { class: "failed", role: "alert" });
  const submit = h("button", { type: "submit", class: "button primary" }, h("span", {}, "Submit"));
  const titleID = newID("title");
  const close = h("button", { type: "button", class: "head-button", "aria-label": "Close", onclick: () => dialog.close() }, icon("close"));
  const form = h("form", { novalidate: true, autocomplete: "off", onsubmit: send },
    h("header", {}, avatar(world.bot, "small"), h("h2", { id: titleID }, modal.title), close),
    h("div", { class: "modal-body" },
      h("p", { class: "modal-note" }, `This form goes to ${world.bot.username}. Do not put passwords or other secrets into it.`),
      modal.components.map((c) => part(c, fields)), failed),
    h("footer", {}, h("button", { type: "button", class: "button plain", onclick: () => dialog.close() }, h("span", {}, "Cancel")), submit));
  const dialog = h("dialog", { class: "modal", "aria-labelledby": titleID }, form);

  async function send(event) {
    event.preventDefault();
    const wrong = fields.filter((f) => !f.check());
    if (wrong.length) return wrong[0].focus();
    submit.setAttribute("aria-busy", "true");
    try {
      await interact("modal", { interaction, fields: Object.fromEntries(fields.map((f) => [f.id, f.read()])) });
      dialog.close();
    } catch (error) {
      failed.textContent = error.message === "The application did not respond" ? "Something went wrong. Try again." : error.message;
    } finally {
      submit.removeAttribute("aria-busy");
    }
  }
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (opener?.isConnected) opener.focus();
    else document.getElementById("composer-input").focus();
  });
  document.body.append(dialog);
  dialog.showModal();
  (fields[0]?.focus ?? (() => submit.focus()))();
}

// part shows a component of a form: text, or a field in its label.
function part(c, fields) {
  switch (c.type) {
    case 10: return h("div", { class: "text-display" }, markdown(c.content));
    case 18: return field(c.component, c.label, c.description, fields);
  }
  return h("p", { class: "unknown" }, `A field of type ${c.type}, which this page does not know.`);
}

function field(c, label, description, fields) {
  const id = newID("field");
  const note = description && h("small", { id: id + "-note" }, description);
  const problem = h("small", { class: "field-error", id: id + "-error", role: "alert" });
  const needed = c.required !== false;
  const describedby = [note && id + "-note", id + "-error"].filter(Boolean).join(" ");
  const name = (target) => h(target ? "label" : "span", { class: "field-label", for: target }, label, needed && h("span", { class: "needed", title: "Required" }, " *"));
  let input;
  let read;
  let words; // what is wrong with what was entered; "" if nothing is
  if (c.type === 4) {
    const attributes = { id, maxlength: c.max_length ?? 4000, placeholder: c.placeholder, "aria-required": needed ? "true" : null, "aria-describedby": describedby };
    input = c.style === 2 ? h("textarea", { rows: "4", ...attributes }) : h("input", { type: "text", ...attributes });
    input.value = c.value ?? "";
    read = () => input.value;
    words = () => {
      const n = [...input.value].length;
      if (needed && !input.value.trim()) return "This field is required.";
      return n && n < (c.min_length ?? 0) ? `Write at least ${c.min_length} characters.` : "";
    };
  } else {
    const element = menu(c, { label, describedby });
    read = () => element.read();
    words = () => (needed && !read().length ? "Choose at least one." : "");
    input = element;
  }
  const entry = input.querySelector("button") ?? input;
  fields.push({
    id: c.custom_id, read,
    focus: () => entry.focus(),
    check: () => {
      problem.textContent = words();
      entry.setAttribute("aria-invalid", String(problem.textContent !== ""));
      return problem.textContent === "";
    },
  });
  return h("div", { class: "field" }, name(c.type === 4 ? id : null), note, input, problem);
}
