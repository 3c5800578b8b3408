// What this page knows: the world as one person sees it, sent whole when the
// page connects and kept up to date by events from then on.

import { nameOf } from "./dom.js";

export const world = {
  me: null, people: [], bot: null, online: false, guild: null, channels: [], roles: [],
  messages: new Map(), // channel id → messages, oldest first
  offers: {}, // channel id → the commands that the person is offered there
  files: "", // where attachments are
  examples: [], faq: {}, lost: false,
};

// view is where the person stands.
export const view = { as: sessionStorage.getItem("as") || "", channel: "" };

// The latest message that each person saw in each channel.
const read = new Map();
const last = (id) => messages(id).at(-1);
const see = () => last(view.channel) && read.set(view.as + view.channel, last(view.channel).id);

// unread reports whether somebody else wrote in a channel since the person
// looked at it.
export const unread = (id) => id !== view.channel && Boolean(last(id)) && last(id).author.id !== world.me.id && read.get(view.as + id) !== last(id).id;

const bus = new EventTarget();

// The bus. What happens in the world: "world" (all is new), "messages",
// "typing", "response", "view" (another channel), "status" (bot, commands or
// FAQ). What one part of the page asks of another: "say" {text}, "reply" (to a
// message), "asked" {text, way} (something was put to the bot).
export const on = (kind, listener) => bus.addEventListener(kind, (event) => listener(event.detail));
export const emit = (kind, detail) => bus.dispatchEvent(new CustomEvent(kind, { detail }));

export const channel = (id = view.channel) => world.channels.find((c) => c.id === id);
export const commands = () => world.offers[view.channel] ?? [];
export const messages = (id = view.channel) => world.messages.get(id) ?? [];
export const message = (id) => messages().find((m) => m.id === id);

// go shows a channel, and a message in it if one is named.
export function go(id, messageID) {
  if (!channel(id)) return;
  const same = view.channel === id;
  view.channel = id;
  see();
  emit("view", { message: messageID, same });
}

// be makes the page another person's.
export function be(key) {
  view.as = key;
  sessionStorage.setItem("as", key);
  connect();
}

let source = null;

export function connect() {
  source?.close();
  source = new EventSource("/api/events?as=" + encodeURIComponent(view.as));
  source.addEventListener("world", (event) => whole(JSON.parse(event.data)));
  source.addEventListener("change", (event) => change(JSON.parse(event.data)));
  source.addEventListener("faq", (event) => {
    Object.assign(world, JSON.parse(event.data));
    emit("status");
  });
  source.onerror = () => {
    world.online = false;
    world.lost = true;
    emit("status");
  };
}

function whole(snapshot) {
  const another = world.me?.key !== snapshot.me.key;
  Object.assign(world, snapshot, { messages: new Map(Object.entries(snapshot.messages)), lost: false });
  view.as = snapshot.me.key;
  if (!channel()) view.channel = world.channels[0].id;
  see();
  emit("world", { another });
}

function change(c) {
  switch (c.type) {
    case "message_create": {
      const list = world.messages.get(c.channel_id) ?? [];
      if (list.some((m) => m.id === c.message_id)) return;
      world.messages.set(c.channel_id, [...list, c.message]);
      see();
      return emit("messages", { channel: c.channel_id, created: c.message });
    }
    case "message_update":
      world.messages.set(c.channel_id, messages(c.channel_id).map((m) => (m.id === c.message_id ? c.message : m)));
      return emit("messages", { channel: c.channel_id });
    case "message_delete":
      world.messages.set(c.channel_id, messages(c.channel_id).filter((m) => m.id !== c.message_id));
      return emit("messages", { channel: c.channel_id });
    case "typing":
      return emit("typing", c);
    case "response":
      return emit("response", c);
    case "status":
      Object.assign(world, c.status);
      return emit("status");
  }
}

// person finds the name of a user by id.
export function person(id) {
  return id === world.bot.id ? nameOf(world.bot) : world.people.find((p) => p.id === id)?.name;
}
