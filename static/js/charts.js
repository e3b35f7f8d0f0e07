// <div class="chart" data-vega-spec="funnel-spec"> is drawn from the JSON script of that id ({{ spec|json_script:"funnel-spec" }}).
// Expressions are interpreted (ast), never evaluated, so the content security policy holds; colours follow the page's theme.
import {script} from "./page.js";

const drawn = new Set();

const token = (name) => {
  const probe = document.createElement("i");
  probe.className = `colour-${name}`;
  document.body.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
};

function config() {
  const ink = token("ink"), quiet = token("quiet"), line = token("line");
  const colours = ["leaf", "daisy", "info", "good", "bad", "quiet", "ink"].map(token);
  return {
    background: "transparent", font: getComputedStyle(document.body).fontFamily,
    axis: {labelColor: quiet, titleColor: quiet, gridColor: line, domainColor: line, tickColor: line, labelFontSize: 12, titleFontSize: 12, titleFontWeight: 500},
    legend: {labelColor: ink, titleColor: quiet, labelFontSize: 12}, header: {labelColor: ink, titleColor: quiet},
    title: {color: ink, fontSize: 13, anchor: "start"}, text: {color: ink}, view: {stroke: null},
    range: {category: colours}, bar: {color: colours[0], cornerRadiusEnd: 3}, line: {color: colours[0]}, area: {color: colours[0]}, point: {color: colours[0]},
  };
}

export async function draw(place) {
  await Promise.all(["vega", "vega-lite", "vega-embed"].map((name) => script(`../vendor/vega/${name}.min.js`)));
  const spec = JSON.parse(document.getElementById(place.dataset.vegaSpec).textContent);
  const {view} = await window.vegaEmbed(place, {width: "container", ...spec}, {
    ast: true, actions: false, defaultStyle: false, tooltip: false, renderer: "canvas", config: config(),
  });
  place.setAttribute("aria-busy", "false");
  place.querySelector("canvas")?.removeAttribute("role"); // the place itself is the image, with its label
  place.vegaView = view;
  drawn.add(place);
}

document.addEventListener("theme:changed", () => {
  for (const place of drawn) {
    place.vegaView?.finalize();
    drawn.delete(place);
    if (place.isConnected) draw(place);
  }
});

// <button data-toggle-table="funnel-table" aria-pressed="false">: the numbers behind the chart.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-toggle-table]");
  if (!button) return;
  const table = document.getElementById(button.dataset.toggleTable);
  table.hidden = !table.hidden;
  button.setAttribute("aria-pressed", !table.hidden);
});
