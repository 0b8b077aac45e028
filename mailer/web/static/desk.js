// The live parts; without this file everything still works, by its buttons.
"use strict";

const status = document.getElementById("status");
const say = (words) => { if (status) status.textContent = words; };
const query = (selector) => [...document.querySelectorAll(selector)];

// --- what changed on disk or in the outbox shows in the page, the scroll and the typed words kept ---

let asking = null;

async function refresh(url = location.pathname + location.search) {
  if (asking) asking.abort();
  asking = new AbortController();
  const savesBefore = saves;
  let answer, text;
  try {
    answer = await fetch(url, { headers: { accept: "text/html" }, signal: asking.signal });
    text = await answer.text();
  } catch (error) {
    if (error.name !== "AbortError") say("The desk does not answer. Is mailer still running in the terminal?");
    return;
  }
  const page = new DOMParser().parseFromString(text, "text/html");
  if (page.body.dataset.page !== document.body.dataset.page) {
    if (answer.ok) location.reload();
    else say(page.querySelector("main p")?.textContent ?? "The page cannot be shown as it is now.");
    return;
  }
  say("");
  document.title = page.title;
  const isUntouched = !isDirty && !saving && saves === savesBefore;
  if (isUntouched) takeFields(page);
  query("[data-live][id]").forEach((old) => swap(old, page.getElementById(old.id), isUntouched));
  begin();
}

// Fields and version go together: an old word under a new version would be written over what another program saved.
function takeFields(page) {
  const fresh = form?.id && page.getElementById(form.id);
  if (!fresh) return;
  const olds = [...form.elements], news = [...fresh.elements];
  if (olds.length !== news.length || olds.some((field, i) => field.name !== news[i].name)) { form.replaceChildren(...fresh.childNodes); return; }
  olds.forEach((field, i) => {
    if (field.type === "checkbox") field.checked = news[i].checked;
    else if ("value" in field && field.value !== news[i].value) field.value = news[i].value;
  });
}

function swap(old, fresh, isUntouched) {
  if (!fresh || old.isEqualNode(fresh)) return;
  if (old.tagName === "INPUT") { if (isUntouched) old.value = fresh.value; return; }
  if (old.contains(document.activeElement) && /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName)) return;
  const focused = old.contains(document.activeElement) ? document.activeElement.id || document.activeElement.getAttribute("href") : null;
  if (swapFrames(old, fresh)) return;
  old.replaceWith(fresh);
  if (focused) [...fresh.querySelectorAll("a,button")].find((e) => e.id === focused || e.getAttribute("href") === focused)?.focus();
}

// The new letter is drawn behind the old one and takes its place when it is there: nothing flickers.
function swapFrames(old, fresh) {
  const olds = [...old.querySelectorAll("iframe")], news = [...fresh.querySelectorAll("iframe")];
  const bare = (node) => { const copy = node.cloneNode(true); copy.querySelectorAll("iframe").forEach((f) => { f.removeAttribute("src"); f.removeAttribute("height"); }); return copy; };
  if (!olds.length || olds.length !== news.length || !bare(old).isEqualNode(bare(fresh))) return false;
  olds.forEach((frame, i) => {
    frame.height = news[i].height;
    if (frame.getAttribute("src") === news[i].getAttribute("src")) return;
    const next = news[i].cloneNode();
    next.classList.add("arriving");
    next.addEventListener("load", () => { frame.remove(); next.removeAttribute("class"); document.dispatchEvent(new Event("letter-shown")); }, { once: true });
    frame.after(next);
  });
  return true;
}

if (document.querySelector("[data-live]")) {
  const source = new EventSource(`/events?seen=${document.body.dataset.seen}`);
  source.addEventListener("changed", () => refresh());
  addEventListener("pagehide", () => source.close());
}

// --- what is typed is kept as it is typed ---

let isDirty = false, isRefused = false, timer = null, saving = false, saves = 0;
const form = document.querySelector("form[data-autosave]");

let before = Promise.resolve();
const save = () => { clearTimeout(timer); timer = null; before = before.then(post); return before; };

async function post() {
  const saved = document.getElementById("saved");
  saving = true;
  isDirty = false;
  saves += 1;
  try {
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { accept: "application/json" } });
    const told = await answer.json();
    saved.textContent = told.said;
    if (answer.ok) { if (told.version) query("input[name=version]").forEach((field) => { field.value = told.version; }); }
    else isDirty = true;
    isRefused = answer.status === 422;
    if (answer.status === 409) { saved.textContent += " Press Save to see both."; }
  } catch {
    isDirty = true;
    saved.textContent = "Not saved: the desk does not answer. Your words are still here.";
  }
  saving = false;
}

if (form) {
  form.addEventListener("input", (event) => {
    if (event.target.type === "file") return;
    isDirty = true;
    document.getElementById("saved").textContent = "";
    clearTimeout(timer);
    timer = setTimeout(save, 350);
  });
  form.addEventListener("submit", () => { isDirty = false; clearTimeout(timer); timer = null; });
  // What waits to be kept goes first; a kind "file" without its file is refused until the file comes with this form.
  document.addEventListener("submit", async (event) => {
    if (event.target === form || event.target.method !== "post") return;
    if (timer) { event.preventDefault(); await save(); event.target.requestSubmit(event.submitter); return; }
    if (isRefused && event.target.querySelector("[type=file]")) isDirty = false;
  });
  addEventListener("beforeunload", (event) => { if (isDirty) event.preventDefault(); });
}

// --- switches and tabs change the letter only, so that nothing typed is lost ---

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("#switches a, #tabs a");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  const url = new URL(link.href);
  history.replaceState(null, "", url.pathname + url.search + location.hash);
  if (form) form.action = url.pathname + url.search;
  refresh(url.pathname + url.search);
});

// --- the minute in which a note can be taken back ---

let lookAgain = null;

function begin() {
  query("[data-due]").forEach((bar) => {
    const words = document.getElementById("left"), due = Number(bar.dataset.due) * 1000 , skew = Number(bar.dataset.now) * 1000 - Date.now();
    const tick = () => {
      if (!bar.isConnected) return;
      const left = Math.max(0, (due - Date.now() - skew) / 1000);
      bar.value = bar.max - left;
      if (words) words.textContent = left > 0 ? `${Math.ceil(left)} seconds` : "a moment";
      if (left > 0) setTimeout(tick, 250); else setTimeout(() => refresh(), 1000);
    };
    if (!bar.dataset.ticks) { bar.dataset.ticks = "yes"; tick(); }
  });
  const again = document.querySelector("[data-again]");
  clearTimeout(lookAgain);
  if (again) lookAgain = setTimeout(() => refresh(), Number(again.dataset.again) * 1000);
}
begin();

// --- keys ---

const places = { d: "/", i: "/interviews", o: "/outbox", n: "/capture", w: "#write", l: "#look", c: "#checks" };
addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, [contenteditable], dialog")) return;
  if (event.key === "?") { document.getElementById("keys")?.showModal(); event.preventDefault(); return; }
  const place = places[event.key];
  if (!place || (place[0] === "#" && !document.querySelector(place))) return;
  location.assign(place);
  if (place === "#write") document.querySelector("#write textarea, #write input:not([type=hidden])")?.focus();
});
