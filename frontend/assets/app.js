// What the pages gain by script. Without it they work all the same, by forms and links.

// The browser's time zone, told to the server before the first form is sent.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone && /^[\w+\-/]+$/.test(zone)) {
  document.cookie = `tz=${zone}; Path=/; Max-Age=31536000; SameSite=Lax`;
}

// htmx's answers come from our own server, which escapes what users write; nothing else becomes HTML or script.
window.trustedTypes?.createPolicy("default", {
  createHTML: (html, _type, sink) => (/parseHTMLUnsafe|parseFromString/.test(sink) ? html : null),
});

const find = (selector, from = document) => from.querySelector(selector);
const atEnd = (box) => box.scrollHeight - box.scrollTop - box.clientHeight < 80;
const toEnd = () => {
  const turns = find("#turns");
  if (turns) turns.scrollTop = turns.scrollHeight;
};

// A toast stays ten seconds, longer while it is read.
let fading;
function fade() {
  clearTimeout(fading);
  const toast = find("#toasts > *");
  if (!toast) return;
  fading = setTimeout(() => (toast.matches(":hover, :focus-within") ? fade() : toast.remove()), 10000);
}

function tell(text) {
  const toast = document.createElement("div");
  toast.className = "toast failed";
  toast.append(text);
  find("#toasts")?.replaceChildren(toast);
  fade();
}

function turn(text, mine) {
  const box = document.createElement("div");
  box.className = `turn pending${mine ? " mine" : ""}`;
  const line = document.createElement("p");
  line.textContent = text;
  box.append(line);
  return box;
}

// What is being sent, to give it back should it fail.
const sent = new WeakMap();

document.addEventListener("htmx:before:request", ({ target, detail: { ctx } }) => {
  const field = find("#quick, #message", target);
  if (field) {
    sent.set(ctx, field);
    ctx.typed = field.value;
    field.value = "";
    grow(field);
  }
  if (ctx.request.action === "/chat") {
    const turns = find("#turns");
    find(".hello", turns)?.remove();
    find("#choices").hidden = true; // the form that sends may stand in it, so it has to stay
    turns.append(turn(ctx.request.body.get("message"), true), turn("Working on it…", false));
    toEnd();
  }
  const row = ctx.request.submitter?.closest("li.row");
  row?.classList.add("pending");
  if (row && /complete$/.test(ctx.request.action)) row.classList.add("done");
});

function failed(ctx) {
  answered();
  tell("The server cannot be reached right now. Nothing is lost; try again in a moment.");
}

function giveBack(ctx) {
  const place = ctx.request.submitter?.closest("li.row");
  place?.classList.remove("pending");
  if (/complete$/.test(ctx.request.action)) place?.classList.remove("done");
  const field = sent.get(ctx);
  if (field && !field.value) field.value = ctx.typed;
}

function answered() {
  document.querySelectorAll(".turn.pending").forEach((it) => it.remove());
  if (find("#choices")) find("#choices").hidden = false;
}
document.addEventListener("htmx:before:swap", answered);
document.addEventListener("htmx:response:error", ({ detail: { ctx } }) => {
  giveBack(ctx);
  const told = ctx.text.includes("<hx-partial") || ctx.select === "#main";
  if (!told && ctx.hx.redirect === undefined) failed(ctx);
});
document.addEventListener("htmx:error", ({ detail: { ctx } }) => {
  if (!ctx) return;
  giveBack(ctx);
  failed(ctx);
});

// A row that went away hands the focus to the one that takes its place.
let place = -1;
const rows = () => [...document.querySelectorAll("#list li.row")];
document.addEventListener("submit", ({ submitter }) => {
  place = rows().indexOf(submitter?.closest("li.row"));
});
document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  fade();
  if (ctx.select === "#main") return find("#main").focus({ preventScroll: true });
  const left = rows();
  if (place >= 0 && document.activeElement === document.body && left.length) {
    find(".check", left[Math.min(place, left.length - 1)]).focus();
    place = -1;
  }
});

// The chat stays at its end, unless somebody reads further up.
let stick = true;
document.addEventListener("scroll", ({ target }) => target.id === "turns" && (stick = atEnd(target)), true);
document.addEventListener("htmx:after:settle", ({ target }) => {
  if (target.closest?.("#chat") && stick) toEnd();
});

// Enter sends, Shift+Enter makes a line; the box grows with its text.
function grow(field) {
  if (field.tagName !== "TEXTAREA" || field.id !== "message") return;
  field.rows = Math.min(6, field.value.split("\n").length);
}
document.addEventListener("input", ({ target }) => grow(target));
document.addEventListener("keydown", (event) => {
  const { target, key, shiftKey, isComposing } = event;
  if (target.id === "message" && key === "Enter" && !shiftKey && !isComposing) {
    event.preventDefault();
    if (target.value.trim()) target.form.requestSubmit();
  }
});

document.addEventListener("DOMContentLoaded", () => (toEnd(), fade()));
