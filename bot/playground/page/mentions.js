// What stands inside of a line: mentions, with the names that the world of this
// page has for ids, and links to channels.

import { h } from "./dom.js";
import { world, go, person } from "./world.js";

// pill shows a mention the way the client does, with a name in place of the id.
export function pill(kind, id) {
  if (kind === "#") {
    const channel = world.channels.find((c) => c.id === id);
    if (!channel) return h("span", { class: "mention" }, "# unknown");
    return jump("# " + channel.name, id);
  }
  if (kind === "@&") {
    const role = world.roles.find((r) => r.id === id);
    return h("span", { class: "mention" }, "@" + (role ? role.name : "unknown-role"));
  }
  return h("span", { class: "mention" }, "@" + (person(id) ?? "unknown-user"));
}

function jump(text, channel, message) {
  return h("button", { type: "button", class: "mention", onclick: () => go(channel, message) }, text);
}

const inDiscord = /^https:\/\/discord\.com\/channels\/(?:\d{1,20}|@me)\/(\d{1,20})(?:\/(\d{1,20}))?$/;

// inPage returns what a link to a message of Discord points at here.
export function inPage(href) {
  const m = inDiscord.exec(href);
  const channel = m && world.channels.find((c) => c.id === m[1]);
  return channel ? { channel, message: m[2] } : null;
}

// channelLink is the button for such a link, or null.
export function channelLink(href) {
  const target = inPage(href);
  if (!target) return null;
  return jump(`# ${target.channel.name}${target.message ? " › message" : ""}`, target.channel.id, target.message);
}
