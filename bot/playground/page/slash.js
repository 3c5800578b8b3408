// Commands in the message box: the command's name, then a field for each of
// its options, with the values that Discord or the bot offers.

import { h, fill, byID, newID } from "./dom.js";
import { on, emit, commands } from "./world.js";
import { post, interact } from "./api.js";
import { suggest, hide, key } from "./suggest.js";
import { openModal } from "./modal.js";
import { clear, complain, input } from "./box.js";

const option = { integer: 4, boolean: 5, file: 11 };
const box = byID("command");
let active = null; // {command, fields: [{option, input, value}]}

export const inCommand = () => active !== null;

// commandsFor finds the commands for what was typed after the slash.
export function commandsFor(typed) {
  const wanted = typed.toLowerCase();
  return commands().filter((c) => c.type === 1 && c.name.includes(wanted))
    .sort((a, b) => Number(b.name.startsWith(wanted)) - Number(a.name.startsWith(wanted)) || a.name.localeCompare(b.name));
}

// pickCommand shows a command's fields, or sends it when it has none.
export function pickCommand(command, rest) {
  clear();
  const fields = (command.options ?? []).map(field);
  active = { command, fields };
  if (!fields.length) return void sendCommand();
  input.hidden = true;
  fill(box, h("span", { class: "command-name" }, "/" + command.name), ...fields.map((f) => f.element),
    h("button", { type: "button", class: "link", onclick: () => (leaveCommand(), input.focus()) }, "Cancel"));
  box.hidden = false;
  const first = fields[0];
  first.input.value = rest.trim();
  first.input.focus();
  if (rest.trim()) look(first);
}

export function leaveCommand() {
  active = null;
  box.hidden = true;
  input.hidden = false;
  hide();
}

function field(o) {
  const id = newID("option");
  const element = h("input", {
    id, type: o.type === option.file ? "file" : "text", role: o.type === option.file ? null : "combobox", "aria-expanded": "false", "aria-haspopup": "listbox", "aria-autocomplete": "list", "aria-required": o.required ? "true" : null,
    maxlength: o.max_length, inputmode: o.type === option.integer ? "numeric" : null, title: o.description, "aria-description": o.description, enterkeyhint: "send",
    placeholder: o.required ? o.description : "optional",
  });
  const f = { option: o, input: element, value: undefined, element: h("label", { class: "option" + (o.required ? "" : " optional") }, h("span", {}, o.name), element) };
  element.addEventListener("input", () => {
    f.value = undefined;
    complain("");
    element.removeAttribute("aria-invalid");
    look(f);
  });
  element.addEventListener("focus", () => look(f));
  element.addEventListener("blur", hide);
  element.addEventListener("keydown", (event) => {
    if (key(event) || event.isComposing) return;
    if (event.key === "Enter") {
      event.preventDefault();
      sendCommand();
    } else if (event.key === "Escape" || (event.key === "Backspace" && !element.value && f === active.fields[0])) {
      event.preventDefault();
      const text = event.key === "Backspace" ? "/" + active.command.name : "";
      leaveCommand();
      input.value = text;
      input.focus();
      input.dispatchEvent(new Event("input"));
    }
  });
  return f;
}

// offers lists the values that are known here.
function offers(o) {
  if (o.choices?.length) return o.choices.map((c) => ({ label: c.name, value: c.value }));
  return o.type === option.boolean ? [{ label: "True", value: true }, { label: "False", value: false }] : [];
}

let latest = 0;

async function look(f) {
  const { option: o } = f;
  const take = (item) => {
    f.value = item.value;
    f.input.value = item.label;
    const next = active.fields[active.fields.indexOf(f) + 1];
    if (next?.option.required) next.input.focus();
  };
  const turn = ++latest;
  if (!o.autocomplete) {
    const wanted = f.input.value.toLowerCase();
    return suggest(f.input, o.description, offers(o).filter((item) => item.label.toLowerCase().includes(wanted)), take, !o.required && !wanted);
  }
  try {
    const { choices } = await post("complete", { command: active.command.name, options: await values(), focused: o.name });
    if (turn === latest && document.activeElement === f.input) suggest(f.input, o.description, choices.map((c) => ({ label: c.name, value: c.value })), take, true);
  } catch {
    if (turn === latest) hide(); // typing goes on without suggestions
  }
}

// values are the options as the playground takes them: see acts.go.
async function values() {
  const out = {};
  for (const f of active.fields) {
    const text = f.input.value.trim();
    if (f.input.files?.length) out[f.option.name] = { file: await upload(f.input.files[0]) };
    else if (text && f.option.type !== option.file) out[f.option.name] = wire(f.option, f.value ?? read(f.option, text));
  }
  return out;
}

const wire = (o, value) => (o.type === option.integer ? { integer: value } : value);

async function upload(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  return { Name: file.name, ContentType: file.type, Data: btoa(Array.from(bytes, (b) => String.fromCharCode(b)).join("")) };
}

function read(o, text) {
  const known = offers(o).find((item) => item.label.toLowerCase() === text.toLowerCase());
  if (known) return known.value;
  return o.type === option.integer ? Number(text) : text;
}

// sendCommand uses the command with what the fields hold.
export async function sendCommand() {
  const { command, fields } = active;
  const empty = fields.find((f) => f.option.required && !f.input.value.trim());
  if (empty) {
    empty.input.setAttribute("aria-invalid", "true");
    empty.input.focus();
    return complain(`${empty.option.name}: this option is required.`);
  }
  const options = await values();
  const asked = fields.find((f) => f.option.name === "question")?.input.value; // a choice is sent by its id, and read by its title
  leaveCommand();
  input.focus();
  if (command.name === "ask") emit("asked", { text: asked, way: "slash" });
  try {
    const response = await interact("command", { command: command.name, options });
    if (response.modal) openModal(response.interaction, response.modal, input);
  } catch (error) {
    complain(error.message);
  }
}

on("status", () => active && !commandsFor("").some((c) => c.name === active.command.name) && leaveCommand());
