// The messages of a channel.

import { h, fill, icon, avatar, byID, nameOf } from "./dom.js";
import { markdown } from "./markdown.js";
import { components, attachments } from "./components.js";
import { world, view, on, emit, messages, message, commands, person } from "./world.js";
import { post, interact } from "./api.js";
import { popupMenu } from "./menu.js";
import { openModal } from "./modal.js";
import { complain } from "./box.js";

const ephemeralFlag = 64;
const together = 7 * 60 * 1000; // messages of one author this close share a head

const clock = new Intl.DateTimeFormat("en", { timeStyle: "short" });
const day = new Intl.DateTimeFormat("en", { dateStyle: "long" });
const full = new Intl.DateTimeFormat("en", { dateStyle: "full", timeStyle: "short" });

const list = byID("messages");
const scroller = byID("scroller");
const drawn = new Map(); // message id → {signature, element}

// draw makes the list what it should be, and leaves alone what has not changed,
// so that an open menu stays open.
function draw() {
  const focused = document.activeElement?.closest?.(".message");
  const focusedPart = focused && document.activeElement.dataset.id;
  const wanted = [];
  let previous = null;
  for (const m of messages()) {
    if (!previous || day.format(new Date(m.timestamp)) !== day.format(new Date(previous.timestamp))) {
      wanted.push(h("li", { class: "divider" }, h("span", {}, day.format(new Date(m.timestamp)))));
      previous = null;
    }
    const compact = joins(m, previous);
    const signature = JSON.stringify([m, compact]);
    let entry = drawn.get(m.id);
    if (entry?.signature !== signature) drawn.set(m.id, (entry = { signature, element: show(m, compact) }));
    wanted.push(entry.element);
    previous = m;
  }
  const keep = new Set(messages().map((m) => m.id));
  for (const id of drawn.keys()) if (!keep.has(id)) drawn.delete(id);
  reconcile(wanted);
  if (!focused || !list.querySelector(".message[tabindex='0']")) rove([...list.querySelectorAll(".message")].at(-1));
  if (focused && !focused.isConnected) {
    const again = byID(focused.id);
    ((focusedPart && [...(again?.querySelectorAll("[data-id]") ?? [])].find((e) => e.dataset.id === focusedPart)) || again || byID("composer-input")).focus();
  }
  if (atEnd) bottom();
}

function reconcile(wanted) {
  const stay = new Set(wanted);
  for (const old of [...list.children]) if (!stay.has(old)) old.remove();
  wanted.forEach((element, i) => {
    if (list.children[i] !== element) list.insertBefore(element, list.children[i] ?? null);
  });
}

// Who reads the end of a channel stays there when something grows: a message
// comes, a picture loads, the box below gets taller.
let atEnd = true;
scroller.addEventListener("scroll", () => (atEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 80));
const growth = new ResizeObserver(() => atEnd && bottom());
growth.observe(scroller);
growth.observe(list);

function bottom() {
  atEnd = true;
  scroller.scrollTop = scroller.scrollHeight;
}

function joins(m, before) {
  return Boolean(before) && before.author.id === m.author.id && !m.referenced_message && !m.interaction_metadata &&
    Boolean(before.flags & ephemeralFlag) === Boolean(m.flags & ephemeralFlag) &&
    new Date(m.timestamp) - new Date(before.timestamp) < together;
}

function show(m, compact) {
  const when = new Date(m.timestamp);
  const name = nameOf(m.author);
  const ephemeral = Boolean(m.flags & ephemeralFlag);
  const mine = m.author.id === world.me.id;
  const mentioned = m.mentions?.some((u) => u.id === world.me.id);
  const article = h("article", {
    class: ["message", compact && "compact", ephemeral && "ephemeral", mentioned && !ephemeral && "mentioned"].filter(Boolean).join(" "),
    id: "m" + m.id, tabindex: "-1", "aria-label": `${name}, ${clock.format(when)}${ephemeral ? ", only you can see this" : ""}`, "aria-describedby": "m" + m.id + "-text",
  },
    context(m),
    compact ? h("time", { class: "side-time", datetime: when.toISOString() }, clock.format(when)) : avatar(m.author),
    !compact && h("header", {},
      h("span", { class: "author" }, name),
      m.author.bot && h("span", { class: "tag" }, "APP"),
      h("time", { datetime: when.toISOString(), title: full.format(when) }, clock.format(when))),
    h("div", { class: "content", id: "m" + m.id + "-text" },
      m.content && markdown(m.content),
      attachments(m),
      components(m),
      m.edited_timestamp && h("span", { class: "edited" }, "(edited)")),
    ephemeral && h("footer", {}, icon("eye"), h("span", {}, "Only you can see this"), h("span", { "aria-hidden": "true" }, "•"),
      h("button", { type: "button", class: "link", onclick: () => remove(m) }, "Dismiss message")));
  article.addEventListener("pointerenter", () => tools(article, m, mine));
  article.addEventListener("focusin", () => (rove(article), tools(article, m, mine)));
  article.addEventListener("keydown", (event) => keys(event, article, m));
  article.addEventListener("contextmenu", (event) => {
    if (event.target.closest("a, button, input, textarea") || String(getSelection())) return;
    event.preventDefault();
    popupMenu(entries(m, mine), { x: event.clientX, y: event.clientY, label: "Message" });
  });
  return h("li", {}, article);
}

// context is the line above a message: what it replies to, or which command it
// answers.
function context(m) {
  const target = m.referenced_message;
  if (target) {
    const text = (target.content || plainText(target.components)).replace(/<@!?(\d+)>/g, (_, id) => "@" + (person(id) ?? "unknown-user")).replace(/[*_#>`~|]|^-# /gm, "").replace(/\s+/g, " ").trim();
    return h("button", { type: "button", class: "context", "aria-label": `Reply to ${nameOf(target.author)}: go to that message`, onclick: () => focusMessage(target.id) },
      avatar(target.author, "tiny"), h("strong", {}, "@" + nameOf(target.author)), h("span", {}, text || "Press to see the message"));
  }
  if (m.type === 19) return h("p", { class: "context" }, h("em", {}, "Original message was deleted"));
  const call = m.interaction_metadata;
  if (call?.type === 2 && call.name) {
    return h("p", { class: "context" }, avatar(call.user, "tiny"), h("strong", {}, nameOf(call.user)), " used ",
      h("span", { class: "mention" }, (commands().some((c) => c.type === 3 && call.name === c.name) ? "" : "/") + call.name));
  }
  return null;
}

const plainText = (list = []) => list.map((c) => c.content ?? plainText(c.components)).join(" ");

// Discord's hover actions. There is one bar, which moves to the message that
// the pointer or the focus is on.
const bar = h("div", { class: "tools", role: "toolbar", "aria-label": "Message actions" });

function tools(article, m, mine) {
  if (bar.parentElement === article || document.querySelector(".menu")) return;
  const ephemeral = m.flags & ephemeralFlag;
  const apps = h("button", { type: "button", "aria-label": "Apps", title: "Apps", "aria-haspopup": "menu", "aria-expanded": "false", onclick: () => popupMenu(appEntries(m), { anchor: apps, label: "Apps" }) }, icon("apps"));
  const more = h("button", { type: "button", "aria-label": "More", title: "More", "aria-haspopup": "menu", "aria-expanded": "false", onclick: () => popupMenu(entries(m, mine), { anchor: more, label: "More" }) }, icon("more"));
  fill(bar,
    !ephemeral && h("button", { type: "button", "aria-label": "Reply", title: "Reply", onclick: () => emit("reply", m) }, icon("reply")),
    !ephemeral && appEntries(m).length > 0 && apps,
    more);
  article.append(bar);
}

function appEntries(m) {
  const offered = commands().filter((c) => c.type === 3);
  return offered.length ? [{ head: world.bot.username }, ...offered.map((c) => ({ label: c.name, run: () => use(c, m) }))] : [];
}

function entries(m, mine) {
  const ephemeral = m.flags & ephemeralFlag;
  return [
    !ephemeral && { label: "Reply", icon: "reply", run: () => emit("reply", m) },
    ...(ephemeral ? [] : appEntries(m)).filter((e) => !e.head).map((e) => ({ ...e, icon: "apps", label: "Apps: " + e.label })),
    { label: "Copy text", icon: "file", run: () => navigator.clipboard?.writeText(m.content || plainText(m.components)) },
    (mine || ephemeral) && { label: ephemeral ? "Dismiss message" : "Delete message", icon: "close", danger: !ephemeral, run: () => remove(m) },
  ].filter(Boolean);
}

async function use(command, m) {
  try {
    if (command.name === "Answer from FAQ") emit("asked", { text: m.content, way: "message" });
    const response = await interact("command", { command: command.name, message: m.id });
    if (response.modal) openModal(response.interaction, response.modal, byID("m" + m.id));
  } catch (error) {
    complain(error.message);
  }
}

async function remove(m) {
  try {
    await post("delete", { message: m.id });
    byID("composer-input").focus();
  } catch (error) {
    complain(error.message);
  }
}

// One message at a time can be reached with Tab; the arrow keys go to the
// others.
function rove(article) {
  if (!article) return;
  for (const other of list.querySelectorAll(".message[tabindex='0']")) if (other !== article) other.tabIndex = -1;
  article.tabIndex = 0;
}

function keys(event, article, m) {
  if (event.target !== article || event.ctrlKey || event.metaKey || event.altKey) return;
  const all = [...list.querySelectorAll(".message")];
  const i = all.indexOf(article);
  const next = { ArrowUp: all[i - 1], ArrowDown: all[i + 1] ?? byID("composer-input"), Home: all[0], End: all.at(-1), Escape: byID("composer-input") }[event.key];
  if (next) next.focus();
  else if (event.key === "r" && !(m.flags & ephemeralFlag)) emit("reply", m);
  else return;
  event.preventDefault();
  event.stopPropagation();
}

// focusMessage goes to a message of this channel and shows where it is.
function focusMessage(id) {
  const article = byID("m" + id);
  if (!article) return;
  article.scrollIntoView({ block: "center" });
  article.focus({ preventScroll: true });
  article.classList.add("flash");
  setTimeout(() => article.classList.remove("flash"), 1500);
}

export function focusLast() {
  [...list.querySelectorAll(".message")].at(-1)?.focus();
}

on("messages", ({ channel: id, created }) => {
  if (id !== view.channel) return;
  draw();
  if (created?.author.id === world.me.id) bottom();
});
on("world", ({ another }) => {
  if (another) drawn.clear();
  draw();
  bottom();
});
on("view", ({ message: id }) => {
  draw();
  bottom();
  if (id && message(id)) focusMessage(id);
});
on("status", () => bar.remove());

