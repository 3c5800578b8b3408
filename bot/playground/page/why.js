// The side panel: why the bot says what it says to the latest question.

import { h, byID } from "./dom.js";
import { world, on, channel } from "./world.js";
import { post } from "./api.js";
import { markdown } from "./markdown.js";
import { send } from "./composer.js";

const ways = {
  mention: "a mention of the bot", dm: "a direct message", slash: "/ask", message: "Answer from FAQ",
  overheard: "a message that was not put to the bot",
};
const body = byID("why-text");
const panel = byID("why");
const app = byID("app");
let turn = 0;

// asked explains a question.
export async function asked({ text, way }) {
  if (!text?.trim()) return;
  const mine = ++turn;
  try {
    const answer = await post("why", { text, way });
    if (mine === turn) show(text, way, answer.why);
  } catch (error) {
    if (mine === turn) body.replaceChildren(h("p", { class: "failed" }, error.message));
  }
}

function show(text, way, why) {
  byID("try").hidden = false;
  body.replaceChildren(
    h("blockquote", { class: "question" }, markdown(text)),
    h("p", { class: "why-way" }, "Asked by ", h("strong", {}, ways[way] ?? way), channel().dm ? "" : ` in #${channel().name}`),
    h("div", { class: "why-lines" }, markdown(why)));
}

function drawExamples() {
  byID("examples").replaceChildren(...world.examples.map((e) => h("li", {}, h("button", { type: "button", class: "example", onclick: () => ask(e.text) },
    h("small", {}, e.kind), h("span", {}, e.text)))));
}

// ask puts an example to the bot, in the open or in the direct message.
export function ask(text) {
  if (narrow()) toggle(false);
  send(channel().dm ? text : `@${world.bot.username} ${text}`);
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
on("world", drawExamples);
on("status", drawExamples);

