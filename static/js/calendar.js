// Draws the calendar over the list the server sent. Dragging posts to the same address as the “Move…” form;
// what speaks against the new time comes back as that form, in the dialog. Times are the reader's wall clock throughout.
import {announce, contentOf, obey, post, script, signIn} from "./page.js";
import {show} from "./dialogs.js";
import {toast} from "./toasts.js";

const NAMES = {timeGridDay: "day", timeGridWeek: "week", dayGridMonth: "month"};
const DRAWN = {day: "timeGridDay", week: "timeGridWeek", month: "dayGridMonth"};
const PHONE = matchMedia("(max-width: 767px)");

export async function start(place) {
  const settings = JSON.parse(document.getElementById(place.dataset.calendar).textContent);
  if (PHONE.matches && settings.view !== "timeGridDay") return; // on a phone the list is the better calendar
  await script("../vendor/fullcalendar/core.min.js");
  await Promise.all(["daygrid", "timegrid", "interaction"].map((name) => script(`../vendor/fullcalendar/${name}.min.js`)));
  if (settings.language !== "en") await script(`../vendor/fullcalendar/locale-${settings.language}.min.js`);
  document.querySelector("[data-calendar-list]").hidden = true;
  place.hidden = false;
  draw(place, settings);
}

function draw(place, settings) {
  const calendar = new window.FullCalendar.Calendar(place, {
    initialView: settings.view,
    initialDate: settings.on,
    timeZone: settings.zone,
    now: () => wallNow(settings.zone),
    nowIndicator: true,
    locale: settings.language,
    firstDay: settings.firstDay,
    headerToolbar: false,
    views: {timeGrid: {contentHeight: 640}, dayGridMonth: {contentHeight: 900}},
    slotEventOverlap: false,
    scrollTime: settings.scroll,
    slotDuration: "00:30:00",
    snapDuration: "00:15:00",
    slotLabelFormat: {hour: "2-digit", minute: "2-digit", hour12: false},
    eventTimeFormat: {hour: "2-digit", minute: "2-digit", hour12: false},
    allDayText: settings.words.allDay,
    dayMaxEvents: 4,
    navLinks: true,
    defaultTimedEventDuration: "00:30:00",
    selectable: Boolean(settings.new),
    selectMirror: true,
    unselectAuto: true,
    events: (asked, done, failed) => events(settings, asked).then(done, failed),
    eventSourceFailure: () => toast({text: settings.words.failed, tag: "error", retry: () => calendar.refetchEvents()}),
    eventDidMount: ({event, el}) => { if (event.extendedProps.note) el.title = `${event.title}, ${event.extendedProps.note}`; },
    dayCellDidMount: ({el}) => { if (el.matches(".fc-daygrid-day")) el.removeAttribute("aria-labelledby"); }, // its text says the day already
    moreLinkDidMount: ({el}) => el.setAttribute("role", "button"),
    eventDrop: (change) => move(calendar, change),
    eventResize: (change) => move(calendar, change),
    select: ({startStr, endStr, allDay}) => {
      const said = new URLSearchParams({starts_at: startStr.slice(0, 19), ends_at: endStr.slice(0, 19), ...(allDay ? {all_day: "1"} : {})});
      location.assign(`${settings.new}?${said}`);
    },
    datesSet: ({view}) => {
      follow(calendar, view);
      // A day without meetings scrolls too: its cell takes the focus, so the arrow keys reach the later hours.
      for (const cell of view.calendar.el.querySelectorAll(".fc-timegrid-col[role=gridcell]")) cell.tabIndex = 0;
    },
    navLinkDayClick: (day) => calendar.changeView("timeGridDay", day),
  });
  calendar.render();
  bar(calendar);
  document.addEventListener("calendar:changed", () => calendar.refetchEvents());
}

async function events(settings, {startStr, endStr}) {
  const url = new URL(settings.events, location.href);
  url.searchParams.set("start", startStr.slice(0, 10));
  url.searchParams.set("end", endStr.slice(0, 10));
  const response = await fetch(url, {headers: {"HX-Request": "true"}, credentials: "same-origin"});
  if (response.status === 401) signIn();
  if (!response.ok) throw new Error(String(response.status));
  return response.json();
}

async function move(calendar, change) {
  const {event, revert} = change;
  const {moveUrl, kind, version, occurrence} = event.extendedProps;
  const response = await post(moveUrl, kind === "task" ? due(event, version) : times(event, version, occurrence)).catch(() => null);
  if (!response || response.status >= 500) {
    revert();
    return toast({text: document.getElementById("toasts")?.dataset.notSaved || "", tag: "error"});
  }
  if (response.status === 401) return signIn();
  if (!response.ok) revert();
  const text = await response.text();
  if (!obey(response) && response.status === 422 && text) return show(text, {from: change.el});
  if (response.redirected) repeatToasts(text);
  calendar.refetchEvents();
  announce(`${event.title}, ${event.start ? calendar.formatDate(event.start, {dateStyle: "full", timeStyle: event.allDay ? undefined : "short"}) : ""}`);
}

// A task's page answers with a redirect; what it says there is said here.
function repeatToasts(html) {
  for (const note of contentOf(html).page.querySelectorAll(".toast-note")) {
    toast({
      text: note.querySelector("p").textContent, tag: note.className.replace(/.*toast-(?!note)(\w+).*/, "$1"),
      undo_url: note.dataset.tags?.match(/undo:(\/\S+)/)?.[1],
    });
  }
}

function times(event, version, occurrence) {
  const [day, clock] = wall(event.start);
  const said = {occurrence, version, starts_on: day};
  if (event.allDay) {
    const last = event.end ? new Date(event.end.getTime() - 86_400_000) : event.start;
    return {...said, ends_on: wall(last)[0], is_all_day: "on"};
  }
  const [lastDay, lastClock] = wall(event.end ?? new Date(event.start.getTime() + 3_600_000));
  return {...said, starts_time: clock, ends_on: lastDay, ends_time: lastClock};
}

function due(event, version) {
  const [day, clock] = wall(event.start);
  return event.allDay ? {version, due_on: day} : {version, due_on: day, due_time: clock};
}

// FullCalendar keeps the wall clock of a named zone in the UTC fields of its dates.
const wall = (moment) => [moment.toISOString().slice(0, 10), moment.toISOString().slice(11, 16)];

function wallNow(zone) {
  const parts = Object.fromEntries(new Intl.DateTimeFormat("en-CA", {
    timeZone: zone, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit",
  }).formatToParts(new Date()).map(({type, value}) => [type, value]));
  return `${parts.year}-${parts.month}-${parts.day}T${parts.hour}:${parts.minute}:${parts.second}`;
}

// The bar's links stay links; here they turn the drawn calendar instead of fetching a page.
function bar(calendar) {
  document.querySelector("[data-calendar-bar]").addEventListener("click", (click) => {
    const link = click.target.closest("a");
    if (!link || click.ctrlKey || click.metaKey || click.shiftKey) return;
    const go = link.dataset.calendarGo, view = DRAWN[link.dataset.calendarView];
    if (!go && !view) return;
    click.preventDefault();
    if (view) calendar.changeView(view); else if (go === "today") calendar.today(); else calendar[go]();
  });
}

// The address, the title and the links follow what is shown, so that reload and Back come here again.
function follow(calendar, view) {
  const here = new URL(location.href), on = calendar.getDate().toISOString().slice(0, 10), name = NAMES[view.type];
  here.searchParams.set("view", name);
  here.searchParams.set("on", on);
  history.replaceState(history.state, "", here);
  document.querySelector("[data-calendar-title]").textContent = view.title;
  for (const link of document.querySelectorAll("[data-calendar-view]")) {
    const there = new URL(link.href);
    there.searchParams.set("on", on);
    link.href = there;
    if (link.dataset.calendarView === name) link.setAttribute("aria-current", "true"); else link.removeAttribute("aria-current");
  }
  for (const [field, value] of [["view", name], ["on", on]]) {
    const hidden = document.querySelector(`.calendar-person [name=${field}]`);
    if (hidden) hidden.value = value;
  }
}
