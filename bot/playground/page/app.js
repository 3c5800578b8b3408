// The page: channels, people, the head of the chat. Messages, the message box
// and the side panel have files of their own.

import { h, fill, icon, avatar, byID } from "./dom.js";
import { world, view, on, go, be, connect, channel, unread } from "./world.js";
import { input } from "./box.js";
import "./composer.js";
import { ask } from "./why.js";
import "./messages.js";

const app = byID("app");

function drawPlaces() {
  const inDM = channel().dm;
  byID("place").textContent = inDM ? "Direct Messages" : world.guild.name;
  byID("channels-head").textContent = inDM ? "Direct messages" : "Text channels";
  fill(byID("guild"), h("span", { "aria-hidden": "true" }, initials(world.guild.name)));
  byID("guild").setAttribute("aria-label", `${initials(world.guild.name)}, ${world.guild.name}`);
  mark(byID("guild"), !inDM, (c) => !c.dm);
  mark(byID("home"), inDM, (c) => c.dm);
  fill(byID("channels"), ...world.channels.filter((c) => Boolean(c.dm) === Boolean(inDM)).map((c) => h("li", {}, h("button", {
    type: "button", class: "channel" + (unread(c.id) ? " unread" : ""), "aria-current": c.id === view.channel ? "page" : null,
    "aria-label": `${c.dm ? "Direct message with " : ""}${c.name}${unread(c.id) ? ", unread" : ""}`, data: { channel: c.id },
    onclick: () => {
      go(c.id);
      if (!narrow()) input.focus();
    },
  }, c.dm ? avatar(world.bot, "small") : icon("hash"), h("span", {}, c.name)))));
}

const initials = (name) => name.split(/\s+/).map((w) => w[0]).join("").slice(0, 3).toUpperCase();

function mark(button, current, ours) {
  button.classList.toggle("unread", world.channels.some((c) => ours(c) && unread(c.id)));
  if (current) button.setAttribute("aria-current", "page");
  else button.removeAttribute("aria-current");
}

function drawPeople() {
  app.dataset.me = world.me.key;
  const radios = [...byID("people").querySelectorAll("input")];
  if (radios.length) return radios.forEach((radio) => (radio.checked = radio.value === world.me.key)); // keeps the focus
  fill(byID("people"), h("legend", {}, "You are"), ...world.people.map((p) => {
    const radio = h("input", { type: "radio", name: "person", value: p.key, checked: p.key === world.me.key, onchange: () => be(p.key) });
    return h("label", { class: "persona" }, radio, avatar({ id: p.id, username: p.name }, "small"), h("span", {}, h("span", {}, p.name), h("small", {}, p.role)));
  }));
}

function drawHead() {
  const c = channel();
  document.title = `${c.dm ? "@" : "#"}${c.name} | backfaq playground`;
  fill(byID("chat-icon"), c.dm ? avatar(world.bot, "small") : icon("hash"));
  byID("chat-name").textContent = c.name;
  byID("chat-topic").textContent = c.topic || "";
  fill(byID("welcome"), 
    c.dm ? avatar(world.bot, "large") : h("span", { class: "welcome-icon", "aria-hidden": "true" }, icon("hash")),
    h("h2", {}, c.dm ? c.name : `Welcome to #${c.name}!`),
    h("p", {}, c.welcome),
    c.ask && h("ul", { class: "examples", "aria-label": "Example questions" }, world.examples.map((e) => h("li", {}, h("button", { type: "button", class: "example", onclick: () => ask(e.text) }, h("small", {}, e.kind), h("span", {}, e.text))))));
}

function drawStatus() {
  const online = byID("online");
  online.textContent = world.lost ? "Playground stopped" : world.online ? "" : "Bot is starting…";
  online.hidden = !online.textContent;
  const banner = byID("faq-error");
  banner.hidden = !world.faq?.problem;
  const problem = world.faq?.problem ?? "";
  if (!banner.hidden && banner.dataset.problem !== problem) {
    fill(banner, h("strong", {}, "Your FAQ file has a mistake. The bot goes on with the last good version."), h("pre", { tabindex: "0" }, problem));
  }
  banner.dataset.problem = problem;
  byID("why-note").textContent = world.faq?.name ? `Answers come from ${world.faq.name}: ${world.faq.entries} entries.` : "";
}

const narrow = () => matchMedia("(max-width: 760px)").matches;

function places(open) {
  app.classList.toggle("with-places", open);
  byID("open-places").setAttribute("aria-expanded", String(open));
}
byID("open-places").addEventListener("click", () => {
  places(!app.classList.contains("with-places"));
  if (app.classList.contains("with-places")) byID("channels").querySelector("[aria-current]")?.focus();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && narrow() && app.classList.contains("with-places")) places(false), byID("open-places").focus();
});
document.querySelector(".chat").addEventListener("pointerdown", (event) => event.target.closest("#open-places") || places(false), true);

byID("guild").addEventListener("click", () => go(world.channels.find((c) => !c.dm).id));
byID("home").addEventListener("click", () => go(world.channels.find((c) => c.dm).id));

function drawTheme() {
  byID("theme").setAttribute("aria-label", dark() ? "Light theme" : "Dark theme");
  byID("theme").title = byID("theme").getAttribute("aria-label");
}
const dark = () => (document.documentElement.dataset.theme ?? (matchMedia("(prefers-color-scheme: light)").matches ? "light" : "dark")) === "dark";
byID("theme").addEventListener("click", () => {
  document.documentElement.dataset.theme = dark() ? "light" : "dark";
  localStorage.setItem("theme", document.documentElement.dataset.theme);
  drawTheme();
});

// Alt and an arrow key go to the next channel, as in Discord.
document.addEventListener("keydown", (event) => {
  if (!event.altKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
  event.preventDefault();
  const list = world.channels;
  const i = list.findIndex((c) => c.id === view.channel) + (event.key === "ArrowDown" ? 1 : -1);
  go(list[(i + list.length) % list.length].id);
});

on("world", () => [drawPlaces, drawPeople, drawHead, drawStatus].forEach((draw) => draw()));
on("view", () => {
  drawPlaces();
  drawHead();
  places(false);
});
on("messages", drawPlaces);
on("status", () => [drawHead, drawStatus].forEach((draw) => draw()));

drawTheme();
connect();
