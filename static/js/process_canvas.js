// The canvas of a process. The server does each change of shape and keeps the draft; diagram-js moves and takes back.
// Keys: Tab from step to step, arrows to the nearest, Shift+arrows move, Enter opens, Del takes away, Ctrl+Z and Ctrl+Y, + − 0.
import {drawingIn, lineId} from "./canvas_diagram.js";
import {confirmed} from "./dialogs.js";
import {announce, contentAdded, csrf, signIn} from "./page.js";
import {toast} from "./toasts.js";

const place = document.getElementById("canvas");
const {state: first, addresses, words} = JSON.parse(document.getElementById("canvas-told").textContent);
const find = (name) => place.querySelector(`[data-${name}]`);
const tool = (name) => place.querySelector(`[data-tool="${name}"]`);
const paper = find("paper"), panel = find("panel"), formPlace = find("form");
const drawing = drawingIn(paper, words);
const {papers, registry, selection, stack, canvas} = drawing;
let revision = first.revision, theirs = null, isFresh = false, wanted = false, busy = Promise.resolve(), connecting = null, retry = 0, opened = "";

// --- what the server says

function learn(state) {
  revision = state.revision;
  papers.cards = {...papers.cards, ...state.cards};
  papers.problems = state.problems;
  list(state.problems);
}

function list(problems) {
  find("problems").replaceChildren(...problems.map((each) => {
    const row = Object.assign(document.createElement("li"), {className: each.is_error ? "is-error" : ""});
    const icon = Object.assign(document.createElement("i"), {className: `ti ti-${each.is_error ? "alert-circle" : "info-circle"}`});
    icon.setAttribute("aria-hidden", "true");
    const said = Object.assign(document.createElement(each.node ? "button" : "span"), {textContent: each.sentence});
    if (each.node) Object.assign(said, {type: "button", className: "canvas-problem", onclick: () => focus(each.node)});
    row.append(icon, said);
    return row;
  }));
  find("fine").hidden = problems.length > 0;
}

const say = (text) => { find("status").textContent = text; };

async function send(address, said) {
  say(words.saving);
  const answer = await fetch(address, {
    method: "POST", credentials: "same-origin", body: said instanceof FormData ? said : JSON.stringify(said),
    headers: {"X-CSRFToken": csrf(), "HX-Request": "true"},
  }).catch(() => null);
  if (answer?.status === 401) return signIn();
  const isJson = answer?.headers.get("Content-Type")?.includes("json");
  const told = isJson ? await answer.json() : null;
  say(answer?.ok ? words.saved : words.unsaved);
  if (answer?.status === 409 && told) conflict(told);
  return {status: answer?.status || 0, told, answer};
}

/** Requests go one after another, each with the revision the one before gave. */
function inTurn(what) {
  busy = busy.then(what, what);
  return busy;
}

// --- keeping what was moved, taken back or done again

function keepSoon() {
  wanted = true;
  return inTurn(async () => {
    if (!wanted || theirs !== null) return;
    wanted = false;
    const draft = papers.draft();
    const {status, told} = await send(addresses.save, {revision, leave: draft.outline === null, ...draft}) || {};
    if (status === 200) {
      learn(told.state);
      return drawing.redraw();
    }
    wanted = true;
    if (status === 422) toast({text: told.sentence, kind: "danger"});
    else if (status !== 409) later();
  });
}

function later() {
  say(words.offline);
  clearTimeout(retry);
  retry = setTimeout(keepSoon, 5000);
}

function conflict({sentence, revision: now}) {
  theirs = now;
  find("sentence").textContent = sentence;
  find("conflict").hidden = false;
  tool("mine").focus();
}

// --- changes of the shape, done by the server

/** Puts the server's draft in the place of ours, as one step that can be taken back. */
function put(state) {
  const before = papers.draft();
  learn(state);
  isFresh = true;
  const {outline, graph, diagram} = state;
  stack.execute("draft.change", {before, after: {outline, graph, diagram}});
  isFresh = false;
  drawing.redraw();
}

async function change(said) {
  if (theirs !== null) return;
  if (wanted) await keepSoon();
  const {status, told} = await inTurn(() => send(addresses.do, {revision, ...said})) || {};
  if (status === 200) {
    put(told.state);
    if (told.focus) focus(told.focus);
    return told.focus;
  }
  if (told?.leaves_outline) {
    say(words.saved);
    if (await confirmed(`${words.leave_title}\n${told.sentence}`, words.leave_yes)) return change({...said, leave: true});
  } else if (status === 422) {
    say(words.saved);
    toast({text: told.sentence, kind: "danger"});
  } else if (status !== 409) toast({text: words.offline, kind: "danger"});
}

const chosen = () => selection.get()[0];
/** How the server knows a step or a line. */
const named = (element) => (element?.flow ? {line: element.flow.key} : {key: element?.id || ""});

async function add(kind) {
  const at = chosen();
  if (!at && papers.kept.outline !== null) return hint(words.choose);
  const key = await change({do: "add", kind, ...named(at)});
  if (key) open(key);
}

async function remove() {
  const element = chosen();
  if (!element) return;
  const beside = element.waypoints ? element.source.id : element.incoming[0]?.source.id;
  await change({do: "delete", ...named(element)});
  if (beside && registry.get(beside)) focus(beside);
}

// --- connecting: from the chosen step to the next one that is chosen

function connect(start) {
  connecting = start && !start.waypoints ? start : null;
  tool("connect").setAttribute("aria-pressed", String(Boolean(connecting)));
  hint(connecting ? words.choose_end : start === null ? "" : words.choose_start);
  paper.classList.toggle("is-connecting", Boolean(connecting));
}

function arrive(element) {
  const source = connecting;
  connect(null);
  if (element && !element.waypoints && element !== source) change({do: "connect", source: source.id, target: element.id});
}

function hint(text) {
  find("hint").textContent = text;
  find("hint").hidden = !text;
  if (text) announce(text);
}

// --- the form of a step

async function open(id) {
  await busy;
  const answer = await fetch(`${addresses.part}?${new URLSearchParams(named(registry.get(id)))}`, {headers: {"HX-Request": "true"}}).catch(() => null);
  if (answer?.status === 401) return signIn();
  if (!answer?.ok) return toast({text: answer?.status === 404 ? words.no_form : words.offline});
  opened = id;
  panel.hidden = false;
  canvas.resized();
  canvas.scrollToElement(registry.get(id), 60);
  fill(await answer.text());
}

function fill(html) {
  formPlace.innerHTML = html;
  window.htmx?.process(formPlace);
  contentAdded();
  const fields = [...formPlace.querySelectorAll("[data-form-errors], input:not([type=hidden]), select, textarea")];
  fields.find((field) => field.offsetParent)?.focus();
  panel.scrollIntoView({block: "nearest"});
}

function shut() {
  const key = opened;
  opened = "";
  panel.hidden = true;
  canvas.resized();
  formPlace.replaceChildren();
  if (key) focus(key);
}

formPlace.addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target, said = new FormData(form, event.submitter);
  if (wanted) await keepSoon();
  const {status, told, answer} = await inTurn(() => {
    said.set("revision", revision);
    return send(form.getAttribute("action"), said);
  }) || {};
  if (status === 200 && told) {
    put(told.state);
    return shut();
  }
  say(words.saved);
  if (answer && !told) fill(await answer.text());
  else if (!answer) toast({text: words.offline, kind: "danger"});
});
formPlace.addEventListener("click", (event) => { event.target.closest("[data-close-panel]") && shut(); });

// --- choosing, by mouse, finger and keyboard

function focus(key) {
  const element = registry.get(key) || registry.get(lineId(key));
  if (!element) return;
  selection.select(element);
  canvas.scrollToElement(element, 60);
  registry.getGraphics(element).focus({preventScroll: true});
}

drawing.bus.on("selection.changed", ({newSelection}) => {
  for (const name of ["edit", "delete"]) tool(name).disabled = !newSelection.length;
  if (newSelection.length && !find("hint").hidden && !connecting) hint("");
});
drawing.bus.on("element.click", 2000, (event) => {
  const {element} = event;
  event.stopPropagation();
  if (connecting) return arrive(element.parent && element);
  selection.select(element.parent ? element : []);
  if (element.parent) registry.getGraphics(element).focus({preventScroll: true});
});
drawing.bus.on("element.dblclick", ({element}) => { if (element.parent) open(element.id); });
drawing.bus.on("commandStack.changed", ({trigger}) => {
  tool("undo").disabled = !stack.canUndo();
  tool("redo").disabled = !stack.canRedo();
  if (trigger !== "clear" && !isFresh) keepSoon();
});
const focused = (target) => registry.get(target.closest?.("[data-element-id]")?.dataset.elementId);
paper.addEventListener("focusin", ({target}) => {
  const element = focused(target);
  if (element?.parent && chosen() !== element) selection.select(element);
});

const STEP = 10;
const WAYS = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]};
const middle = ({x, y, width, height}) => [x + width / 2, y + height / 2];

function nearest(element, [dx, dy]) {
  const [x, y] = middle(element);
  const ahead = registry.filter((each) => each.parent && !each.waypoints && each !== element).map((each) => {
    const [there, down] = middle(each);
    const along = (there - x) * dx + (down - y) * dy, aside = Math.abs((there - x) * dy) + Math.abs((down - y) * dx);
    return {each, along, cost: along + 2 * aside};
  });
  return ahead.filter(({along}) => along > 1).sort((one, other) => one.cost - other.cost)[0]?.each;
}

paper.addEventListener("keydown", (event) => {
  const element = focused(event.target);
  if ("+-0=".includes(event.key) && !event.ctrlKey && !event.metaKey) return press(event, () => zoom({"-": -1, 0: 0}[event.key] ?? 1));
  if (!element?.parent || event.ctrlKey || event.metaKey || event.altKey) return;
  const way = WAYS[event.key];
  if (event.key === "Enter" || event.key === " ") return press(event, () => (connecting ? arrive(element) : open(element.id)));
  if (event.key === "Delete" || event.key === "Backspace") return press(event, remove);
  if (event.key === "c" || event.key === "C") return press(event, () => connect(element));
  if (!way || element.waypoints) return;
  if (!event.shiftKey) return press(event, () => { const next = nearest(element, way); if (next) focus(next.id); });
  press(event, () => { if (!element.host) drawing.modeling.moveElements([element], {x: way[0] * STEP, y: way[1] * STEP}); });
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && connecting) return press(event, () => connect(null));
  if (event.key === "Escape" && opened && panel.contains(event.target)) return press(event, shut);
  if (!(event.ctrlKey || event.metaKey) || event.target.closest?.("input, select, textarea, dialog")) return;
  const key = event.key.toLowerCase();
  if (key === "z") press(event, () => (event.shiftKey ? stack.redo() : stack.undo()));
  if (key === "y") press(event, () => stack.redo());
});
function press(event, what) {
  event.preventDefault();
  event.stopPropagation();
  what();
}

// --- the toolbar

function zoom(way) {
  if (way === 0) return fit();
  canvas.zoom(Math.min(4, Math.max(.2, canvas.zoom() * (way > 0 ? 1.25 : .8))), "auto");
}

/** All of it, but never larger than life; on a small screen readable rather than whole. */
function fit() {
  const least = matchMedia("(max-width: 600px)").matches ? .6 : .35, edge = 50;
  const boxes = registry.filter((each) => each.parent && !each.waypoints);
  const [x, y] = ["x", "y"].map((name) => Math.min(...boxes.map((each) => each[name])) - edge);
  const wide = Math.max(...boxes.map((each) => each.x + each.width)) + edge - x;
  const high = Math.max(...boxes.map((each) => each.y + each.height)) + edge - y;
  const {outer} = canvas.viewbox();
  const scale = Math.min(1, Math.max(least, Math.min(outer.width / wide, outer.height / high)));
  const [width, height] = [outer.width / scale, outer.height / scale];
  canvas.viewbox({x: x - Math.max(0, (width - wide) / 2), y: y - Math.max(0, (height - high) / 2), width, height});
}

const TOOLS = {
  undo: () => stack.undo(), redo: () => stack.redo(), delete: remove, in: () => zoom(1), out: () => zoom(-1), fit,
  edit: () => chosen() && open(chosen().id),
  connect: () => connect(connecting ? null : chosen()),
  arrange: async () => { await change({do: "arrange"}); fit(); },
  mine: () => {
    [revision, theirs] = [theirs, null];
    find("conflict").hidden = true;
    keepSoon();
  },
  theirs: () => { wanted = false; theirs = null; location.reload(); },
};
place.addEventListener("click", (event) => {
  const pressed = event.target.closest("[data-tool]"), kind = event.target.closest("[data-add]");
  if (pressed) TOOLS[pressed.dataset.tool]();
  if (kind) add(kind.dataset.add);
});
addEventListener("beforeunload", (event) => { if (wanted || theirs !== null) event.preventDefault(); });

learn(first);
papers.show({outline: first.outline, graph: first.graph, diagram: first.diagram});
fit();
place.dataset.ready = "yes";
