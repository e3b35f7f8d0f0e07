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

eachNew("[data-board]", (board) => part(() => import("./board.js")).then((module) => module.start(board)));
eachNew("table[data-edits]", (table) => part(() => import("./cells.js")).then((module) => module.start(table)));
eachNew("form[data-inline]", (form) => part(() => import("./inline.js")).then((module) => module.start(form)));
eachNew("[data-vega-spec]", (place) => part(() => import("./charts.js")).then((module) => module.draw(place)));
eachNew("[data-composer]", (composer) => part(() => import("./composer.js")).then((module) => module.start(composer)));
eachNew("textarea[data-mentions]", () => part(() => import("./composer.js")));
eachNew("[data-calendar]", (place) => part(() => import("./calendar.js")).then((module) => module.start(place)));
eachNew("form[data-selection]", (form) => part(() => import("./selection.js")).then((module) => module.start(form)));
eachNew("form[data-merge]", (form) => part(() => import("./merging.js")).then((module) => module.start(form)));
eachNew("[data-pick-all]", () => part(() => import("./picks.js")));
eachNew(".where-form", () => part(() => import("./lists.js")));
eachNew("[data-columns]", (list) => part(() => import("./lists.js")).then((module) => module.start(list)));
eachNew("table.list:has(a[data-sort-more])", (table) => part(() => import("./lists.js")).then((module) => module.startSorting(table)));
eachNew("form[data-fold]", () => part(() => import("./folds.js")));
