// The drawing itself: diagram-js with our plain cards. What is shown is a draft {outline, graph, diagram} of plain values.
import {AttachSupport, BaseRenderer, Diagram, Modeling, Move, MoveCanvas, RuleProvider, Rules, Selection, ZoomScroll} from "../vendor/diagram/diagram.js";

const LETTERS = 17, LINES = 3, SVG = "http://www.w3.org/2000/svg";
/** The element of a line: a step and a line may have the same key. */
export const lineId = (key) => `line ${key}`;

function svg(name, attributes = {}, text = "") {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text) element.textContent = text;
  return element;
}

/** A name in at most three lines; the same as processes/queries/drawing.py does. */
function wrapped(name, letters = LETTERS) {
  const lines = [];
  for (const word of name.split(/\s+/).filter(Boolean)) {
    if (lines.length && lines.at(-1).length + word.length < letters) lines[lines.length - 1] += ` ${word}`;
    else lines.push(word.length <= letters + 2 ? word : `${word.slice(0, letters + 1)}…`);
  }
  return lines.length > LINES ? [...lines.slice(0, LINES - 1), `${lines[LINES - 1]}…`] : lines;
}

/** A line at right angles between two shapes; the same as processes/canvas/places.py does. */
export function between(source, target) {
  const begin = {x: source.x + source.width, y: source.y + source.height / 2};
  const end = {x: target.x, y: target.y + target.height / 2};
  if (end.x < begin.x) {
    const from = {x: source.x + source.width / 2, y: source.y + source.height};
    const to = {x: target.x + target.width / 2, y: target.y + target.height};
    const low = Math.max(from.y, to.y) + 20;
    return [from, {x: from.x, y: low}, {x: to.x, y: low}, to];
  }
  if (begin.y === end.y) return [begin, end];
  const turn = (begin.x + end.x) / 2;
  return [begin, {x: turn, y: begin.y}, {x: turn, y: end.y}, end];
}

class Cards extends BaseRenderer {
  static $inject = ["eventBus", "papers"];
  constructor(eventBus, papers) {
    super(eventBus, 1500);
    this.papers = papers;
  }
  canRender() { return true; }

  drawShape(visual, shape) {
    const card = {shape: "card", title: "", ...this.papers.cards[shape.id]};
    if (card.shape === "card" && shape.width < 60) card.shape = "round";
    const problems = this.papers.problemsOf(shape.id);
    const css = problems.some((each) => each.is_error) ? "has-error" : problems.length ? "has-warning" : "";
    const group = svg("g", {class: `shape shape-${card.shape} ${css}`});
    const size = {x: 0, y: 0, width: shape.width, height: shape.height};
    const rounding = {sharp: 4, card: 8, frame: 8}[card.shape] ?? 18;
    const rect = svg("rect", {...size, rx: rounding, ...(card.shape === "sharp" ? {class: "turned"} : {})});
    group.append(rect, ...this.words(shape, card));
    if (problems.length) group.append(...this.badge(shape));
    visual.append(group);
    this.name(visual, this.papers.spoken(shape.id));
    return rect;
  }

  words(shape, card) {
    const name = shape.node.name || (card.shape === "card" ? card.title : "");
    if (card.shape === "frame") return [svg("text", {x: 8, y: 18}, name)];
    const lines = wrapped(name, card.shape === "card" ? Math.min(LETTERS, Math.floor(shape.width / 7)) : LETTERS);
    const first = card.shape === "card" ? shape.height / 2 - (lines.length - 1) * 8 + 5 : shape.height + 16;
    const quiet = shape.node.name ? {} : {class: "is-quiet"};
    return lines.map((line, at) => svg("text", {x: shape.width / 2, y: first + 16 * at, ...quiet}, line));
  }

  badge(shape) {
    const place = {x: shape.width - 2, y: 2};
    return [svg("circle", {class: "badge", cx: place.x, cy: place.y, r: 9}), svg("text", {class: "badge-mark", x: place.x, y: place.y + 4}, "!")];
  }

  drawConnection(visual, connection) {
    const points = connection.waypoints.map(({x, y}) => `${x},${y}`).join(" ");
    const line = svg("polyline", {class: "canvas-line", points, "marker-end": "url(#canvas-end)"});
    visual.append(line);
    const said = this.papers.wordsOf(connection.flow);
    if (said) {
      const [one, other] = [connection.waypoints.at(-2), connection.waypoints.at(-1)];
      visual.append(svg("text", {class: "canvas-line-words", x: (one.x + other.x) / 2, y: (one.y + other.y) / 2 - 5}, said));
    }
    this.name(visual, this.papers.spoken(connection.id));
    return line;
  }

  name(visual, words) {
    const element = visual.parentNode;
    element.setAttribute("tabindex", "0");
    element.setAttribute("role", "button");
    element.setAttribute("aria-label", words);
  }

  getShapePath({x, y, width, height}) { return [["M", x, y], ["h", width], ["v", height], ["h", -width], ["z"]].flat().join(" "); }
  getConnectionPath({waypoints}) { return waypoints.map(({x, y}, at) => `${at ? "L" : "M"} ${x} ${y}`).join(" "); }
}

/** The draft that is shown, and how one is put in the place of another so that what stays remains the same element. */
class Papers {
  static $inject = ["canvas", "elementFactory", "elementRegistry", "config.words"];
  constructor(canvas, elementFactory, elementRegistry, words) {
    Object.assign(this, {canvas, factory: elementFactory, registry: elementRegistry, words});
    this.known = new Map();
    this.cards = {};
    this.problems = [];
    this.kept = {outline: null, graph: {nodes: [], flows: []}, diagram: {shapes: {}, lines: {}}};
  }

  problemsOf(id) { return this.problems.filter((each) => each.node === id); }

  wordsOf(flow) {
    return flow.name || (flow.is_else ? this.words.otherwise : "") || (flow.outcome ? this.words[flow.outcome] : "");
  }

  spoken(id) {
    const element = this.registry.get(id) || this.known.get(id);
    if (element?.flow) {
      const title = (key) => this.cards[key]?.title || "";
      const line = this.words.line.replace("%(source)s", title(element.flow.source)).replace("%(target)s", title(element.flow.target));
      return [line, this.wordsOf(element.flow)].filter(Boolean).join(": ");
    }
    const {title = "", sentence = ""} = this.cards[id] || {};
    const wrong = this.problemsOf(id).map((each) => `${each.is_error ? this.words.problem : this.words.look} ${each.sentence}`);
    return [title, sentence === title ? "" : sentence, ...wrong].filter(Boolean).join(". ");
  }

  /** The draft as it stands now, with the places of the drawing. */
  draft() {
    const shapes = {}, lines = {};
    for (const {key} of this.kept.graph.nodes) {
      const {x, y, width, height} = this.registry.get(key);
      shapes[key] = [x, y, width, height];
    }
    for (const {key} of this.kept.graph.flows) lines[key] = this.registry.get(lineId(key)).waypoints.map(({x, y}) => [x, y]);
    return {outline: this.kept.outline, graph: this.kept.graph, diagram: {shapes, lines}};
  }

  show(draft) {
    const wanted = new Set([...draft.graph.nodes.map(({key}) => key), ...draft.graph.flows.map(({key}) => lineId(key))]);
    const gone = this.registry.filter((each) => each.parent && !wanted.has(each.id));
    gone.filter((each) => each.waypoints).forEach((each) => this.drop(each));
    gone.filter((each) => !each.waypoints).sort((one, other) => depth(other) - depth(one)).forEach((each) => this.drop(each));
    this.kept = draft;
    const changed = this.inOrder(draft.graph.nodes).map((node) => this.place(node, draft.diagram.shapes[node.key]));
    for (const node of draft.graph.nodes) {
      this.registry.get(node.key).host = node.attached_to ? this.registry.get(node.attached_to) : null;
    }
    return changed.concat(draft.graph.flows.map((flow) => this.lead(flow, draft.diagram.lines[flow.key])));
  }

  inOrder(nodes) {
    const byKey = new Map(nodes.map((node) => [node.key, node]));
    const deep = (node) => (node?.scope ? 1 + deep(byKey.get(node.scope)) : 0);
    return nodes.map((node) => [deep(node), node]).sort(([one], [other]) => one - other).map(([, node]) => node);
  }

  drop(element) {
    if (element.waypoints) {
      element.source = element.target = null;
      this.canvas.removeConnection(element);
    } else {
      element.host = null;
      this.canvas.removeShape(element);
    }
  }

  place(node, [x, y, width, height]) {
    const parent = node.scope ? this.registry.get(node.scope) : this.canvas.getRootElement();
    let shape = this.registry.get(node.key);
    if (shape && shape.parent !== parent) {
      this.drop(shape);
      shape = null;
    }
    const made = shape || this.known.get(node.key) || this.factory.createShape({id: node.key, x, y, width, height});
    Object.assign(made, {x, y, width, height, node});
    this.known.set(node.key, made);
    if (!shape) this.canvas.addShape(made, parent);
    return made;
  }

  lead(flow, points) {
    const waypoints = points.map(([x, y]) => ({x, y}));
    const [source, target] = [this.registry.get(flow.source), this.registry.get(flow.target)];
    const id = lineId(flow.key), line = this.registry.get(id);
    const made = line || this.known.get(id) || this.factory.createConnection({id, waypoints});
    Object.assign(made, {waypoints, flow, source, target});
    this.known.set(id, made);
    if (!line) this.canvas.addConnection(made, source.parent);
    return made;
  }
}

const depth = (element) => (element.parent ? 1 + depth(element.parent) : 0);

/** One change of the whole draft, which the command stack can take back. */
class DraftHandler {
  static $inject = ["papers"];
  constructor(papers) { this.papers = papers; }
  execute({after}) { return this.papers.show(after); }
  revert({before}) { return this.papers.show(before); }
}

/** Shapes are moved within their frame; what watches a step moves with it. */
class Allowed extends RuleProvider {
  static $inject = ["eventBus"];
  constructor(eventBus) {
    super(eventBus);
    eventBus.on("shape.move.end", 2000, ({context}) => { context.target = null; });
  }
  init() {
    this.addRule("elements.move", ({shapes}) => shapes.every((shape) => !shape.host));
  }
}

class Layouter {
  layoutConnection(connection) { return between(connection.source, connection.target); }
}

class Commands {
  static $inject = ["commandStack"];
  constructor(commandStack) { commandStack.registerHandler("draft.change", DraftHandler); }
}

const ours = {
  __init__: ["cards", "allowed", "commands"],
  __depends__: [Modeling, Rules],
  cards: ["type", Cards], papers: ["type", Papers], allowed: ["type", Allowed], commands: ["type", Commands], layouter: ["type", Layouter],
};

/** A drawing in `container`; `words` are what it says. */
export function drawingIn(container, words) {
  const diagram = new Diagram({
    canvas: {container, autoFocus: false}, words,
    modules: [Modeling, Selection, Move, AttachSupport, MoveCanvas, ZoomScroll, ours],
  });
  const [canvas, papers] = [diagram.get("canvas"), diagram.get("papers")];
  const root = canvas.getContainer().querySelector("svg");
  const ends = svg("defs");
  const marker = svg("marker", {id: "canvas-end", viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto"});
  marker.append(svg("path", {d: "M0 0 8 4 0 8Z"}));
  ends.append(marker);
  root.prepend(ends);
  root.setAttribute("role", "group");
  root.setAttribute("aria-label", container.dataset.label);
  touches(container, canvas);
  return {
    papers, root, canvas, registry: diagram.get("elementRegistry"), selection: diagram.get("selection"),
    stack: diagram.get("commandStack"), modeling: diagram.get("modeling"), bus: diagram.get("eventBus"),
    redraw: () => diagram.get("eventBus").fire("elements.changed", {elements: diagram.get("elementRegistry").filter((each) => each.parent)}),
  };
}

/** One finger moves the paper, two make it larger or smaller. */
function touches(container, canvas) {
  let before = null;
  const read = ({touches: [one, other = one]}) => ({
    x: (one.clientX + other.clientX) / 2, y: (one.clientY + other.clientY) / 2,
    apart: Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY),
  });
  container.addEventListener("touchstart", (event) => { before = read(event); }, {passive: true});
  container.addEventListener("touchend", (event) => { before = event.touches.length ? read(event) : null; }, {passive: true});
  container.addEventListener("touchmove", (event) => {
    const now = read(event);
    if (!before) return;
    event.preventDefault();
    if (before.apart && now.apart) {
      const box = container.getBoundingClientRect();
      const wanted = Math.min(4, Math.max(.2, canvas.zoom() * now.apart / before.apart));
      canvas.zoom(wanted, {x: now.x - box.left, y: now.y - box.top});
    }
    canvas.scroll({dx: now.x - before.x, dy: now.y - before.y});
    before = now;
  }, {passive: false});
}
