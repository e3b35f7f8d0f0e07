// Starts what every page needs; boards, charts and calendars are fetched only where they are shown.
import {eachNew} from "./page.js";
import "./shell.js";
import "./toasts.js";
import "./dialogs.js";
import "./palette.js";
import "./shortcuts.js";
import "./forms.js";
import "./rows.js";
import "./quick_add.js";
import "./notifications.js";

eachNew("[data-board]", (board) => import("./board.js").then((module) => module.start(board)));
eachNew("form[data-inline]", (form) => import("./inline.js").then((module) => module.start(form)));
eachNew("[data-vega-spec]", (place) => import("./charts.js").then((module) => module.draw(place)));
eachNew("[data-composer]", (composer) => import("./composer.js").then((module) => module.start(composer)));
eachNew("textarea[data-mentions]", () => import("./composer.js"));
eachNew("[data-calendar]", (place) => import("./calendar.js").then((module) => module.start(place)));
eachNew("[data-pick-all]", () => import("./picks.js"));
