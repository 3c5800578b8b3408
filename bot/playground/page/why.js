// The side panel: why the bot says what it says to the latest question.

import { h, fill, byID } from "./dom.js";
import { world, on, emit, channel } from "./world.js";
import { post } from "./api.js";
import { markdown } from "./markdown.js";
import { hint } from "./box.js";

const ways = {
  mention: "a mention of the bot", dm: "a direct message", slash: "/ask", message: "Answer from FAQ",
  overheard: "a message that was not put to the bot",
};
const body = byID("why-text");
const panel = byID("why");
const app = byID("app");
let turn = 0;

// explain shows why the bot answers a question as it does, and how to ask where
// it was not asked.
async function explain({ text, way }) {
  if (!text?.trim()) return;
  const mine = ++turn;
  hint("");
  try {
    const answer = await post("why", { text, way });
    if (mine !== turn) return;
    show(text, way, answer.why);
    if (answer.silent && way === "overheard") hint(`${world.bot.username} answers what is put to it: mention it, reply to it, or use /ask. `, `Ask @${world.bot.username}`, () => ask(text));
  } catch (error) {
    if (mine === turn) fill(body, h("p", { class: "failed" }, error.message));
  }
}

function show(text, way, why) {
  byID("try").hidden = false;
  fill(body, 
    h("blockquote", { class: "question" }, markdown(text)),
    h("p", { class: "why-way" }, "Asked by ", h("strong", {}, ways[way] ?? way), channel().dm ? "" : ` in #${channel().name}`),
    h("div", { class: "why-lines" }, markdown(why)));
}

function drawExamples() {
  fill(byID("examples"), ...world.examples.map((e) => h("li", {}, h("button", { type: "button", class: "example", onclick: () => ask(e.text) },
    h("small", {}, e.kind), h("span", {}, e.text)))));
}

// ask puts an example to the bot, in the open or in the direct message.
export function ask(text) {
  if (narrow()) toggle(false);
  emit("say", { text: channel().dm ? text : `@${world.bot.username} ${text}` });
}

const medium = "(max-width: 1100px)"; // as in layout.css: there the panel covers the chat
const narrow = () => matchMedia(medium).matches;

function toggle(open = !app.classList.contains("with-why")) {
  app.classList.toggle("with-why", open);
  byID("open-why").setAttribute("aria-expanded", String(open));
  panel.inert = !open;
}
byID("open-why").addEventListener("click", () => {
  toggle();
  if (narrow() && app.classList.contains("with-why")) byID("close-why").focus();
});
byID("close-why").addEventListener("click", () => {
  toggle(false);
  byID("open-why").focus();
});
panel.addEventListener("keydown", (event) => event.key === "Escape" && narrow() && byID("close-why").click());
toggle(!narrow());
matchMedia(medium).addEventListener("change", () => toggle(!narrow()));

body.append(h("p", { class: "why-empty" }, "Ask something. Here you then read what the matcher saw in the question, what it compared, and what decided."));
on("asked", explain);
on("view", () => hint(""));
on("world", drawExamples);
on("status", drawExamples);

