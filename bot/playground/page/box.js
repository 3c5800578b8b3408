// The message box and the two lines below it. What is sent from it is decided
// in composer.js and slash.js.

import { h, byID, fill } from "./dom.js";
import { hide } from "./suggest.js";

export const input = byID("composer-input");

// grow makes the box as tall as its text.
export function grow() {
  input.style.height = "auto";
  input.style.height = Math.min(input.scrollHeight, window.innerHeight / 2) + "px";
}

// clear empties the box.
export function clear() {
  input.value = "";
  hide();
  grow();
}

// complain says below the box why something did not work.
export function complain(text) {
  byID("composer-error").textContent = text;
}

// hint says below the box what to do instead, with a button that does it; ""
// takes the hint away.
export function hint(text, action, run) {
  fill(byID("hint"), text, text && h("button", { type: "button", class: "link", onclick: run }, action));
}
