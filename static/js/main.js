// Starts what every page needs; boards, charts and calendars are fetched only where they are shown.
import {eachNew, part} from "./page.js";
import "./shell.js";
import "./toasts.js";
import "./dialogs.js";
import "./palette.js";
import "./shortcuts.js";
import "./forms.js";
import "./rows.js";
import "./quick_add.js";
import "./notifications.js";

// What came in so far; once all of it listens, <html data-ready> says so.
const coming = [];
const bring = (selector, load, begin = () => {}) => eachNew(selector, (element) => {
  coming.push(part(load).then((module) => begin(module, element)).catch(reportError));
});

bring("[data-board]", () => import("./board.js"), (module, board) => module.start(board));
bring("table[data-edits]", () => import("./cells.js"), (module, table) => module.start(table));
bring("form[data-inline]", () => import("./inline.js"), (module, form) => module.start(form));
bring("[data-vega-spec]", () => import("./charts.js"), (module, place) => module.draw(place));
bring("[data-composer]", () => import("./composer.js"), (module, composer) => module.start(composer));
bring("textarea[data-mentions]", () => import("./composer.js"));
bring("[data-calendar]", () => import("./calendar.js"), (module, place) => module.start(place));
bring("form[data-selection]", () => import("./selection.js"), (module, form) => module.start(form));
bring("form[data-merge]", () => import("./merging.js"), (module, form) => module.start(form));
bring("[data-pick-all]", () => import("./picks.js"));
bring(".where-form", () => import("./lists.js"));
bring("[data-columns]", () => import("./lists.js"), (module, list) => module.start(list));
bring("table.list:has(a[data-sort-more])", () => import("./lists.js"), (module, table) => module.startSorting(table));
bring("form[data-lines]", () => import("./line_editor.js"), (module, form) => module.start(form));
bring("form[data-fold]", () => import("./folds.js"));
Promise.all(coming).then(() => { document.documentElement.dataset.ready = ""; });
