// What the page asks of the stand-in. Everything that happens because of it
// comes back as events: see world.js.

import { on, view } from "./world.js";

// post sends one act of the person this page is. An error has a sentence for
// people.
export async function post(path, body) {
  let response;
  try {
    response = await fetch("/api/" + path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ as: view.as, channel: view.channel, ...body }),
    });
  } catch {
    throw new Error("The playground is not running any more. Start it again in your terminal.");
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.error || `The playground answered with ${response.status}.`);
  return answer;
}

// Responses may come before the page knows which act they belong to, so the
// latest are kept.
const responses = new Map(); // interaction id → the first response
const waiting = new Map(); // interaction id → function

on("response", (change) => {
  if (responses.has(change.interaction_id)) return;
  responses.set(change.interaction_id, change.response);
  if (responses.size > 100) responses.delete(responses.keys().next().value);
  waiting.get(change.interaction_id)?.(change.response);
});

// Discord drops an interaction that is not answered within three seconds.
const patience = 3300;

// interact does something that the bot is to respond to, and waits for its
// first response.
export async function interact(path, body) {
  const { interaction } = await post(path, body);
  const response = responses.get(interaction) ?? (await new Promise((resolve) => {
    const late = setTimeout(resolve, patience, { step: "failed" });
    waiting.set(interaction, (r) => {
      clearTimeout(late);
      resolve(r);
    });
  }));
  waiting.delete(interaction);
  if (response.step === "failed") throw new Error("The application did not respond");
  return { interaction, ...response };
}
