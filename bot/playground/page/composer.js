// The message box: text with mentions, replies, and the way into commands.

import { h, fill, icon, avatar, byID, nameOf } from "./dom.js";
import { world, view, on, emit, channel, person } from "./world.js";
import { post } from "./api.js";
import { suggest, hide, key } from "./suggest.js";
import { commandsFor, pickCommand, inCommand, leaveCommand, sendCommand } from "./slash.js";
import { focusLast } from "./messages.js";
import { input, grow, clear, complain, hint } from "./box.js";

const form = byID("composer");
const bar = byID("reply-bar");
let reply = null; // {message, ping}

// replyTo makes the next message a reply.
function replyTo(m) {
  reply = { message: m, ping: true };
  drawReply();
  input.focus();
}

function drawReply() {
  bar.hidden = !reply;
  if (!reply) return;
  const ping = h("button", { type: "button", class: "ping", "aria-pressed": String(reply.ping), title: "Whether the reply mentions its author", onclick: () => {
    reply.ping = !reply.ping;
    drawReply();
    bar.querySelector(".ping").focus();
  } }, reply.ping ? "@ ON" : "@ OFF");
  fill(bar, h("span", {}, "Replying to ", h("strong", {}, nameOf(reply.message.author))), ping,
    h("button", { type: "button", class: "head-button", "aria-label": "Cancel the reply", onclick: endReply }, icon("close")));
}

function endReply() {
  reply = null;
  drawReply();
  input.focus();
}

// encode turns the names that the box shows into what Discord sends.
function encode(text) {
  const names = [...world.people.map((p) => ["@" + p.name, `<@${p.id}>`]), ["@" + world.bot.username, `<@${world.bot.id}>`], ...world.roles.map((r) => ["@" + r.name, `<@&${r.id}>`]),
    ...world.channels.filter((c) => !c.dm).map((c) => ["#" + c.name, `<#${c.id}>`])];
  names.sort((a, b) => b[0].length - a[0].length);
  for (const [name, id] of names) {
    text = text.replace(new RegExp(`(?<![\\w<])${name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?![\\w-])`, "gi"), id);
  }
  return text;
}

// send posts a message as the person this page is.
async function send(text) {
  const content = encode(text.trim());
  if (!content) return;
  const answered = reply;
  const mention = content.includes(`<@${world.bot.id}>`) || answered?.message.author.id === world.bot.id;
  complain("");
  hint("");
  reply = null;
  drawReply();
  try {
    await post("say", { text: content, message: answered?.message.id, silent: answered ? !answered.ping : false });
  } catch (error) {
    reply ??= answered;
    drawReply();
    return complain(error.message);
  }
  emit("asked", { text: content, way: channel().dm ? "dm" : mention ? "mention" : "overheard" });
  return true;
}

// look offers what the text before the caret could become.
function look() {
  grow();
  if (inCommand()) return;
  const before = input.value.slice(0, input.selectionStart);
  let m;
  if ((m = /^\/([^\s/]*)$/.exec(input.value))) {
    const found = commandsFor(m[1]);
    return suggest(input, "Commands", found.map((c) => ({ label: "/" + c.name, note: c.description, before: avatar(world.bot, "small"), after: world.bot.username, command: c })), (item) => pickCommand(item.command, ""));
  }
  if ((m = /^\/(\S+) ([\s\S]*)$/.exec(input.value))) {
    const exact = commandsFor(m[1]).find((c) => c.name === m[1]);
    if (exact) return pickCommand(exact, m[2]);
  }
  if ((m = /(^|\s)([@#])([^\s@#]*)$/.exec(before))) {
    const wanted = m[3].toLowerCase();
    const all = m[2] === "@"
      ? [{ label: world.bot.username, before: avatar(world.bot, "small"), after: "App" }, ...world.people.map((p) => ({ label: p.name, before: avatar({ id: p.id, username: p.name }, "small"), after: p.role }))]
      : world.channels.filter((c) => !c.dm).map((c) => ({ label: c.name, before: icon("hash") }));
    return suggest(input, m[2] === "@" ? "People" : "Channels", all.filter((item) => item.label.toLowerCase().startsWith(wanted)), (item) => {
      const start = before.length - m[3].length;
      input.setRangeText(item.label + " ", start, before.length, "end");
      input.focus();
      look();
    });
  }
  hide();
}

let typed = 0;

input.addEventListener("input", () => {
  complain("");
  look();
  if (!input.value || input.value.startsWith("/") || Date.now() - typed < 8000) return;
  typed = Date.now();
  post("typing", {}).catch(() => {}); // nobody needs to know
});
input.addEventListener("blur", () => setTimeout(() => document.activeElement !== input && !byID("suggest").contains(document.activeElement) && !inCommand() && hide(), 100));
input.addEventListener("keydown", (event) => {
  if (key(event) || event.isComposing) return;
  if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    form.requestSubmit();
  } else if (event.key === "Escape" && reply) {
    endReply();
  } else if (event.key === "ArrowUp" && !input.value) {
    event.preventDefault();
    focusLast();
  }
});
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (inCommand()) return sendCommand();
  const text = input.value;
  clear();
  if (text.trim() && !(await send(text)) && !input.value) {
    input.value = text;
    grow();
  }
});

// Typing anywhere goes into the box, as in Discord.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.key.length !== 1 || event.key === " ") return;
  if (document.querySelector("dialog[open], .menu") || event.target.closest("input, textarea, select, [role=combobox], [contenteditable]")) return;
  if (inCommand()) return;
  input.focus();
});

// The typing line of the channel: who, and until when.
const typists = new Map();
function drawTyping() {
  const now = Date.now();
  for (const [id, t] of typists) if (t.until < now || t.channel !== view.channel) typists.delete(id);
  const names = [...typists.keys()].map((id) => person(id) ?? "Somebody");
  byID("typing").textContent = names.length ? `${names.join(" and ")} ${names.length > 1 ? "are" : "is"} typing…` : "";
}
on("typing", (c) => {
  if (c.user_id === world.me.id || c.channel_id !== view.channel) return;
  typists.set(c.user_id, { channel: c.channel_id, until: Date.now() + 10_000 });
  drawTyping();
  setTimeout(drawTyping, 10_100);
});
on("messages", ({ created }) => {
  if (created) typists.delete(created.author.id);
  drawTyping();
});

function reset() {
  reply = null;
  drawReply();
  leaveCommand();
  complain("");
  drawTyping();
  const place = channel().dm ? "@" + channel().name : "#" + channel().name;
  input.placeholder = "Message " + place;
  input.setAttribute("aria-label", "Message " + place);
  grow();
}
on("say", ({ text }) => send(text));
on("reply", replyTo);
on("view", reset);
on("world", ({ another }) => another && reset());
on("status", () => document.activeElement === input && input.value.startsWith("/") && look());

