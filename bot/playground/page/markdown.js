// Discord's Markdown, made into nodes. Text only ever becomes text nodes, and
// links only lead to http and https, so that nothing a person or a bot writes
// can run: see testdata/markdown.txt for what was tried.

import { h } from "./dom.js";
import { pill, channelLink } from "./mentions.js";

// How deep marks may be nested. Deeper ones stay as they were typed.
const maxDepth = 8;

// markdown returns the nodes for a text.
export function markdown(text) {
  const out = document.createDocumentFragment();
  blocks(String(text).slice(0, 6000).replaceAll("\r\n", "\n"), out, 0);
  return out;
}

const fence = /```(?:[\w+-]{1,20}\n)?\n?([\s\S]+?)\n?```\n?/g;
const heading = /^(#{1,3}) +(\S.*)$/;
const item = /^( *)([-*]|(\d{1,9})\.) +(.*)$/;

// blocks takes the code blocks out first: nothing inside them has a meaning.
function blocks(text, out, depth) {
  let from = 0;
  for (const m of text.matchAll(fence)) {
    lines(text.slice(from, m.index).replace(/\n$/, ""), out, depth);
    out.append(h("pre", { class: "md-block", tabindex: "0" }, h("code", {}, m[1])));
    from = m.index + m[0].length;
  }
  lines(text.slice(from), out, depth);
}

// lines goes line by line: the start of a line says what it is.
function lines(text, out, depth) {
  if (text === "") return;
  const all = text.split("\n");
  // The largest heading of a text stands below those of the page.
  const largest = Math.min(...all.map((l) => heading.exec(l)?.[1].length ?? 3));
  let plain = [];
  const flush = () => {
    const gap = plain.length > 0 && plain.at(-1) === "";
    if (gap) plain.pop();
    if (plain.length) inline(plain.join("\n"), line(out, "div", "md-text"), depth);
    if (gap && all.length) line(out, "div", "md-gap");
    plain = [];
  };
  while (all.length) {
    let m;
    const first = all.shift();
    if ((m = heading.exec(first))) {
      flush();
      inline(m[2], line(out, "div", "md-h" + m[1].length, { role: "heading", "aria-level": 3 + m[1].length - largest }), depth);
    } else if ((m = /^-# +(\S.*)$/.exec(first))) {
      flush();
      inline(m[1], line(out, "div", "md-small"), depth);
    } else if (depth === 0 && first.startsWith(">>> ")) {
      flush();
      blocks([first.slice(4), ...all.splice(0)].join("\n"), line(out, "blockquote"), 1);
    } else if (depth === 0 && first.startsWith("> ")) {
      flush();
      const quoted = [first, ...take(all, (l) => /^>( |$)/.test(l))].map((l) => l.slice(2));
      blocks(quoted.join("\n"), line(out, "blockquote"), 1);
    } else if (item.test(first)) {
      flush();
      items([first, ...take(all, (l) => item.test(l) || /^ {2,}\S/.test(l))], out, depth);
    } else {
      plain.push(first);
    }
  }
  flush();
}

function at(pattern, text, index) {
  pattern.lastIndex = index;
  return pattern.exec(text);
}

// take removes and returns the lines up to the first that does not belong.
function take(all, belongs) {
  const end = all.findIndex((l) => !belongs(l));
  return all.splice(0, end < 0 ? all.length : end);
}

function line(out, tag, name, attributes = {}) {
  const element = h(tag, { class: name, ...attributes });
  out.append(element);
  return element;
}

// items nests lists by how far their lines are indented.
function items(all, out, depth) {
  const stack = []; // the lists that are open, with their indents
  for (const text of all) {
    const m = item.exec(text);
    if (!m) {
      inline("\n" + text.trim(), stack.at(-1).list.lastElementChild, depth);
      continue;
    }
    const indent = m[1].length;
    while (stack.length > 1 && indent < stack.at(-1).indent) stack.pop();
    const kind = m[3] ? "ol" : "ul";
    const deeper = !stack.length || (indent > stack.at(-1).indent && stack.length < maxDepth);
    if (!deeper && stack.at(-1).kind !== kind) stack.pop();
    if (deeper || stack.at(-1)?.kind !== kind) {
      const list = line(stack.at(-1)?.list.lastElementChild ?? out, kind, undefined, { start: m[3] });
      stack.push({ indent, kind, list });
    }
    inline(m[4], line(stack.at(-1).list, "li"), depth);
  }
}

// The marks of a line, in the order they are tried. Each has a first character,
// a pattern, and what it becomes; null leaves the text as it is.
const marks = [
  ["\\", /\\([^\w\s])/y, (m) => m[1]],
  ["`", /(`{1,2})([\s\S]*?[^`])\1(?!`)/y, (m) => h("code", { class: "md-code" }, m[2].trim() || m[2])],
  ["*", /\*\*([\s\S]+?)\*\*(?!\*)/y, (m, d) => wrap("strong", m[1], d)],
  ["_", /__([\s\S]+?)__(?!_)/y, (m, d) => wrap("u", m[1], d)],
  ["*", /\*(?=\S)((?:\*\*|[^*])+?)(?<!\s)\*(?!\*)/y, (m, d) => wrap("em", m[1], d)],
  ["_", /_((?:__|\\[\s\S]|[^\\_])+?)_(?!\w)/y, (m, d) => wrap("em", m[1], d)],
  ["~", /~~([\s\S]+?)~~(?!~)/y, (m, d) => wrap("s", m[1], d)],
  ["|", /\|\|([\s\S]+?)\|\|/y, (m, d) => spoiler(m[1], d)],
  ["[", /\[((?:\\.|[^[\]\\\n])+)\]\(\s*<?([^\s<>()]*(?:\([^\s<>()]*\)[^\s<>()]*)*)>?(?:\s+"([^"]*)")?\s*\)/y, (m, d) => link(m[2], m[1], d, m[3])],
  ["<", /<(https?:\/\/[^\s<>]+)>/y, (m) => link(m[1])],
  ["<", /<(@[!&]?|#)(\d{1,20})>/y, (m) => pill(m[1], m[2])],
  ["<", /<\/([^<>:]{1,80}):\d{1,20}>/y, (m) => h("span", { class: "mention" }, "/" + m[1])],
  ["<", /<a?(:\w{1,40}:)\d{1,20}>/y, (m) => m[1]],
  ["<", /<t:(-?\d{1,13})(?::([tTdDfFR]))?>/y, (m) => moment(Number(m[1]), m[2])],
  ["@", /@(?:everyone|here)\b/y, (m) => h("span", { class: "mention" }, m[0])],
  ["h", /https?:\/\/[^\s<]+[^\s<.,:;"')\]]/y, (m) => link(m[0])],
];
const opens = new Set(marks.map((m) => m[0]));

function inline(text, out, depth) {
  let plain = "";
  for (let i = 0; i < text.length; ) {
    let node = null;
    let length = 0;
    if (depth < maxDepth && opens.has(text[i]) && !(text[i] === "h" && /\w/.test(text[i - 1] ?? ""))) {
      for (const [first, pattern, make] of marks) {
        const m = first === text[i] && at(pattern, text, i);
        if (m && (node = make(m, depth + 1)) !== null) {
          length = m[0].length;
          break;
        }
      }
    }
    if (node === null) {
      plain += text[i++];
      continue;
    }
    out.append(plain, node);
    plain = "";
    i += length;
  }
  out.append(plain);
  return out;
}

function wrap(tag, text, depth) {
  return inline(text, h(tag), depth);
}

// A spoiler is hidden from eyes and screen readers alike until it is opened.
function spoiler(text, depth) {
  const hidden = inline(text, h("span", { hidden: true }), depth);
  const cover = h("button", { type: "button", class: "spoiler", "aria-label": "Spoiler: press to show" });
  const box = h("span", { class: "spoiler-box" }, cover, hidden);
  cover.addEventListener("click", () => {
    hidden.hidden = false;
    cover.remove();
  });
  return box;
}

// address returns the address if it is one that may be followed.
export function address(text) {
  try {
    const url = new URL(text);
    return url.protocol === "https:" || url.protocol === "http:" ? url.href : null;
  } catch {
    return null;
  }
}

function link(to, text, depth, title) {
  const href = address(to);
  // Words that are an address themselves would hide where the link leads, and
  // what can be pressed itself cannot stand in a link.
  if (!href || /:\/\/|<#|\|\|/.test(text)) return null;
  const inside = channelLink(href);
  if (inside && !text) return inside;
  const element = inside ?? h("a", { href, rel: "noopener noreferrer nofollow", target: "_blank", title });
  if (text) element.replaceChildren(), inline(text, element, depth);
  else element.textContent = href;
  return element;
}

const styles = {
  t: { timeStyle: "short" }, T: { timeStyle: "medium" }, d: { dateStyle: "short" }, D: { dateStyle: "long" },
  f: { dateStyle: "long", timeStyle: "short" }, F: { dateStyle: "full", timeStyle: "short" },
};

function moment(seconds, style = "f") {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return null;
  const text = style === "R" ? relative(seconds - Date.now() / 1000) : new Intl.DateTimeFormat("en", styles[style]).format(date);
  return h("time", { class: "md-time", datetime: date.toISOString(), title: new Intl.DateTimeFormat("en", styles.F).format(date) }, text);
}

const units = [["year", 31536000], ["month", 2592000], ["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];

function relative(seconds) {
  const [unit, size] = units.find(([, size]) => Math.abs(seconds) >= size) ?? units.at(-1);
  return new Intl.RelativeTimeFormat("en", { numeric: "auto" }).format(Math.trunc(seconds / size), unit);
}
