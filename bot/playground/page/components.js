// Components: the parts of a bot's message beside its text that this bot uses,
// from the JSON that Discord documents (components/reference).

import { h, icon } from "./dom.js";
import { markdown, address } from "./markdown.js";
import { inPage } from "./mentions.js";
import { go, world } from "./world.js";
import { interact } from "./api.js";
import { menu } from "./select.js";
import { openModal } from "./modal.js";

const type = { row: 1, button: 2, stringSelect: 3, roleSelect: 6, channelSelect: 8, text: 10, gallery: 12, file: 13, separator: 14 };

// components shows what a message holds.
export function components(message) {
  const list = message.components ?? [];
  if (!list.length) return null;
  return h("div", { class: "components" }, list.map((c) => show(c, message)));
}

function show(c, message) {
  switch (c.type) {
    case type.row:
      return h("div", { class: "row" }, c.components.map((inner) => show(inner, message)));
    case type.button:
      return button(c, message);
    case type.stringSelect: case type.roleSelect: case type.channelSelect:
      return select(c, message);
    case type.text:
      return h("div", { class: "text-display" }, markdown(c.content));
    case type.separator:
      return h("div", { class: `separator${c.divider === false ? "" : " line"}${c.spacing === 2 ? " large" : ""}`, role: c.divider === false ? null : "separator" });
    case type.gallery:
      return h("div", { class: "gallery n" + Math.min(c.items.length, 4) }, c.items.map((item) => picture(item.media, item.description, message)));
    case type.file:
      return attachment(find(message, c.file.url) ?? { filename: c.file.url });
  }
  return h("p", { class: "unknown" }, `A component of type ${c.type}, which this page does not know.`);
}

const looks = { 1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "secondary", 6: "primary" };

function button(c, message) {
  const label = h("span", {}, c.label);
  if (c.style === 5) {
    const href = address(c.url);
    const inside = href && inPage(href);
    if (inside) return h("button", { type: "button", class: "button secondary", onclick: () => go(inside.channel.id, inside.message) }, label);
    return h("a", { class: "button secondary", href, rel: "noopener noreferrer nofollow", target: "_blank" }, label, icon("link"));
  }
  const element = h("button", {
    type: "button", class: "button " + (looks[c.style] ?? "secondary"), disabled: c.disabled, data: { id: c.custom_id },
    onclick: () => act(element, message, "press", { custom_id: c.custom_id }),
  }, label);
  return element;
}

function select(c, message) {
  const element = menu(c, {
    label: c.placeholder || "Make a selection",
    chosen: (values) => act(element, message, "select", { custom_id: c.custom_id, values }),
  });
  return element;
}

// act uses a component: it is busy until the bot responds, and says so below
// the message when the bot does not.
async function act(element, message, path, body) {
  const article = element.closest(".message");
  article.querySelector(".failed")?.remove();
  if (element.getAttribute("aria-busy") === "true") return;
  element.setAttribute("aria-busy", "true");
  try {
    const response = await interact(path, { message: message.id, ...body });
    if (response.modal) openModal(response.interaction, response.modal, element);
  } catch (error) {
    const failed = error.message === "The application did not respond" ? "This interaction failed" : error.message;
    article.querySelector(".components")?.after(h("p", { class: "failed", role: "alert" }, failed));
  } finally {
    element.removeAttribute("aria-busy");
  }
}

// find is the file of the message that a component names.
function find(message, url = "") {
  return (message?.attachments ?? []).find((a) => a.url === url || a.proxy_url === url || url === "attachment://" + a.filename);
}

// picture shows a file of the stand-in. Pictures from elsewhere are not
// loaded: this page talks to nobody.
function picture(media, description, message) {
  const url = find(message, media?.url)?.url ?? media?.url ?? "";
  const alt = description || find(message, media?.url)?.description || "";
  if (!url.startsWith(world.files)) {
    return h("p", { class: "elsewhere" }, icon("file"), h("span", {}, alt || "A picture"), h("small", {}, "Pictures from elsewhere are not loaded here."));
  }
  const image = () => h("img", { src: url, alt: alt || "A picture without a description", loading: "lazy" });
  return h("button", { type: "button", class: "picture", "aria-haspopup": "dialog", onclick: () => enlarge(image(), alt) },
    image(), alt && h("span", { class: "alt-tag", "aria-hidden": "true" }, "ALT"));
}

function enlarge(image, alt) {
  const dialog = h("dialog", { class: "lightbox", "aria-label": "Picture" },
    h("button", { type: "button", class: "head-button", "aria-label": "Close", onclick: () => dialog.close() }, icon("close")),
    image, alt && h("p", { "aria-hidden": "true" }, alt));
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

// attachments shows the files that no component shows already.
export function attachments(message) {
  const used = JSON.stringify(message.components ?? []);
  const list = (message.attachments ?? []).filter((a) => !used.includes(JSON.stringify(a.url)) && !used.includes("attachment://" + a.filename));
  return list.map((a) => ((a.content_type ?? "").startsWith("image/")
    ? h("div", { class: "gallery n1" }, picture({ url: a.url }, a.description, message))
    : attachment(a)));
}

function attachment(file) {
  const href = (file.url ?? "").startsWith(world.files) ? file.url : null;
  return h("div", { class: "file" }, icon("file"),
    h("a", { href, download: file.filename, target: "_blank", rel: "noopener" }, file.filename),
    file.size && h("small", {}, size(file.size)));
}

const size = (bytes) => (bytes < 1024 ? `${bytes} bytes` : `${(bytes / 1024).toFixed(1)} KB`);

