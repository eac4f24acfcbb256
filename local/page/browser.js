// The page's script, served unchanged: updates the document from events, asks before it sends a command, and redraws
// the chart when the choice changes. All text comes from the server.

import { take } from "./take.js";

/** Width of one week of the coverage, and of the weekday labels, in pixels. */
const weekPixels = 15;
const coverageMarginPixels = 34;

const redrawMilliseconds = 5_000;

/**
 * @template {Element} Kind
 * @param {string} id
 * @param {new () => Kind} kind
 * @returns {Kind}
 */
function element(id, kind) {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`the page has no ${kind.name} ${id}`);
  return found;
}

const state = element("state", HTMLElement);
const outcome = element("outcome", HTMLElement);
const question = element("question", HTMLDialogElement);
const startForm = element("start-form", HTMLFormElement);
const chartForm = element("chart-form", HTMLFormElement);
const chart = element("chart", HTMLElement);

/** Announces the text once to screen readers.
 * @param {string} text */
function announce(text) {
  element("change", HTMLElement).textContent = text;
}

/** @param {string} text @param {boolean} isTrouble */
function showOutcome(text, isTrouble) {
  outcome.textContent = text;
  outcome.hidden = text === "";
  outcome.classList.toggle("trouble", isTrouble);
  announce(text);
}

/** @param {Element} into @param {string} html */
function show(into, html) {
  const template = document.createElement("template");
  template.innerHTML = html; // from our own server, which escapes all data
  take(into, template.content);
}

function listen() {
  const room = element("fragment-coverage", HTMLElement).clientWidth - coverageMarginPixels;
  const events = new EventSource(`/events?weeks=${Math.floor(room / weekPixels)}`);
  events.addEventListener("fragment", (event) => {
    const { name, html } = JSON.parse(event.data);
    show(element(`fragment-${name}`, HTMLElement), html);
    if (name === "now") redrawNowAndThen();
  });
  events.addEventListener("state", (event) => {
    const { text, isLive } = JSON.parse(event.data);
    setState(text, isLive);
  });
  events.addEventListener("change", (event) => announce(JSON.parse(event.data).text));
  events.addEventListener("error", () => setState(document.body.dataset.lost ?? "", false));
}

/** @param {string} text @param {boolean} isLive */
function setState(text, isLive) {
  if (state.textContent !== text) state.textContent = text;
  state.classList.toggle("live", isLive);
}

/**
 * @param {object} command
 * @returns {Promise<{ text: string, done: boolean }>}
 */
async function send(command) {
  try {
    const response = await fetch("/command", {
      method: "POST",
      headers: { "content-type": "application/json", "x-tushare-sync": "page" },
      body: JSON.stringify(command),
    });
    const { text } = await response.json();
    return { text, done: response.ok };
  } catch {
    return { text: document.body.dataset.lost ?? "", done: false };
  }
}

/** Resolves the open question. @type {(isYes: boolean) => void} */
let answer = () => {};

// The event comes shortly after the dialog has closed: the next question may already be open.
question.addEventListener("close", () => {
  if (!question.open) answer(question.returnValue === "yes");
});

/** @param {string} text @returns {Promise<boolean>} */
function ask(text) {
  answer(false);
  showOutcome("", false); // what came of an earlier command is not about this question
  element("question-text", HTMLElement).textContent = text;
  question.returnValue = "no"; // Escape counts as no
  if (!question.open) question.showModal();
  return new Promise((resolve) => {
    answer = resolve;
  });
}

document.addEventListener("click", async (event) => {
  const button = event.target instanceof Element ? event.target.closest("button[data-command]") : null;
  if (!(button instanceof HTMLButtonElement)) return;
  const command = JSON.parse(button.dataset.command ?? "{}");
  await whileWaiting(button, async () => {
    if (button.dataset.confirm === "plan") await planAndStart(command);
    else if (await ask(button.dataset.confirm ?? "")) await carryOut(command);
  });
});

/**
 * Shows that a button or link waits; a second click does nothing. A disabled button would lose the focus.
 * @param {Element | null} button @param {() => Promise<void>} work
 */
async function whileWaiting(button, work) {
  if (!button || button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  try {
    await work();
  } finally {
    button.removeAttribute("aria-busy");
  }
}

/** Says what came of a command where it is seen. @param {object} command */
async function carryOut(command) {
  const { text, done } = await send(command);
  if (names.open) names.close();
  showOutcome(text, !done);
}

/** Asks with the price first. @param {object} command */
async function planAndStart(command) {
  const plan = await send({ plan: command });
  if (plan.done && !(await ask(plan.text))) return;
  if (plan.done) return await carryOut(command);
  if (names.open) names.close();
  showOutcome(plan.text, true);
}

const names = element("names", HTMLDialogElement);

// A link with another key pressed opens the same names as a page of their own.
document.addEventListener("click", async (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey || !(event.target instanceof Element)) return;
  const address = event.target.closest("a[data-names]")?.getAttribute("href");
  if (!address) return;
  event.preventDefault();
  await whileWaiting(event.target.closest("a"), () => openNames(address));
});

/** @param {string} address */
async function openNames(address) {
  try {
    const response = await fetch(address);
    if (!response.ok) throw new Error(String(response.status));
    showOutcome("", false);
    show(element("names-content", HTMLElement), await response.text());
    if (!names.open) names.showModal();
  } catch {
    setState(document.body.dataset.lost ?? "", false);
  }
}

function describeJob() {
  const job = startForm.elements.namedItem("job");
  if (!(job instanceof HTMLSelectElement)) return;
  const { about = "", takes = "" } = job.selectedOptions[0]?.dataset ?? {};
  element("job-about", HTMLElement).textContent = about;
  for (const field of startForm.elements) {
    if (!(field instanceof HTMLInputElement)) continue;
    field.disabled = !takes.split(" ").includes(field.name); // disabled fields are not sent
  }
}

/** The form as a run command, without empty fields. */
function readStart() {
  const given = new FormData(startForm); // disabled fields are not in it
  const codes = String(given.get("codes") ?? "")
    .toUpperCase()
    .split(/[\s,;，；、]+/)
    .filter((code) => code !== "");
  return {
    job: given.get("job"),
    ...(given.get("from") && { from: given.get("from") }),
    ...(given.get("to") && { to: given.get("to") }),
    ...(codes.length > 0 && { codes }),
    ...(given.has("refresh") && { refresh: true }),
  };
}

startForm.addEventListener("change", describeJob);
startForm.addEventListener("submit", async (event) => {
  event.preventDefault();
  await whileWaiting(event.submitter, () => planAndStart(readStart()));
});

const verifyForm = element("verify-form", HTMLFormElement);

/** A list takes no days. */
function describeDataset() {
  const dataset = verifyForm.elements.namedItem("dataset");
  const isList =
    dataset instanceof HTMLSelectElement && dataset.selectedOptions[0]?.dataset.list !== undefined;
  for (const field of verifyForm.elements) {
    if (field instanceof HTMLInputElement && field.type === "date") field.disabled = isList;
  }
}

/** The form as a command, without empty fields. */
function readVerify() {
  const given = new FormData(verifyForm); // disabled fields are not in it
  return {
    verify: given.get("dataset"),
    ...(given.get("from") && { from: given.get("from") }),
    ...(given.get("to") && { to: given.get("to") }),
    ...(given.has("repair") && { repair: true }),
    ...(given.has("upstream") && { upstream: true }),
  };
}

verifyForm.addEventListener("change", describeDataset);
verifyForm.addEventListener("submit", async (event) => {
  event.preventDefault();
  const command = readVerify();
  await whileWaiting(event.submitter, () => (command.upstream ? planAndStart(command) : carryOut(command)));
});

let drawing = 0;
let drawnAt = 0;
/** What was typed and confirmed, by field: a code, a name, initials; a redrawing leaves alone what is being typed. */
const typed = { code: "", compare: "" };

/** @param {"code" | "compare" | "from" | "to"} name */
function field(name) {
  const input = chartForm.elements.namedItem(name);
  if (!(input instanceof HTMLInputElement)) throw new Error(`the chart has no field ${name}`);
  return input;
}

/** Draws the first match of what is typed. */
function choose() {
  typed.code = field("code").value.trim();
  typed.compare = field("compare").value.trim();
  void drawChart();
}

/** Shows the code that was found in place of what was typed. @param {"code" | "compare"} name @param {string} found */
function showFound(name, found) {
  const input = field(name);
  if (typed[name] !== "" && found !== "" && input.value.trim() === typed[name]) {
    input.value = typed[name] = found;
  }
}

async function drawChart() {
  const chosen = new FormData(chartForm);
  const query = new URLSearchParams({
    ...typed,
    adjust: String(chosen.get("adjust") ?? "none"),
    range: String(chosen.get("range") ?? "1y"),
    ...(chosen.get("from") && { from: String(chosen.get("from")) }),
    ...(chosen.get("to") && { to: String(chosen.get("to")) }),
    width: String(chart.clientWidth),
  });
  drawing += 1;
  const mine = drawing;
  drawnAt = performance.now();
  chart.setAttribute("aria-busy", "true");
  try {
    const { code, compared, html } = await (await fetch(`/chart?${query}`)).json();
    if (mine !== drawing) return; // the choice has changed since
    if (code !== chart.dataset.code) isPointed = false;
    chart.dataset.code = code;
    if (typed.code === "") field("code").placeholder = code;
    showFound("code", code);
    showFound("compare", compared);
    show(chart, html);
    if (isPointed) point();
  } catch {
    setState(document.body.dataset.lost ?? "", false);
  } finally {
    if (mine === drawing) chart.removeAttribute("aria-busy");
  }
}

/** While a task runs, new prices of the chosen code may have arrived. */
function redrawNowAndThen() {
  if (document.hidden || performance.now() < drawnAt + redrawMilliseconds) return;
  void drawChart();
}

let isPointed = false;

/** Moves the crosshair to the slider's day, and says its figures. */
function point() {
  const slider = document.getElementById("crosshair-day");
  if (!(slider instanceof HTMLInputElement)) return;
  const { readings = "", first = "", slot = "" } = slider.dataset;
  const text = readings.split("\n")[slider.valueAsNumber] ?? "";
  const x = String(Number(first) + slider.valueAsNumber * Number(slot));
  const crosshair = document.getElementById("crosshair");
  crosshair?.setAttribute("x1", x);
  crosshair?.setAttribute("x2", x);
  crosshair?.setAttribute("visibility", "visible");
  slider.setAttribute("aria-valuetext", text);
  element("reading", HTMLElement).textContent = text;
  isPointed = true;
}

chart.addEventListener("input", point);
chart.addEventListener("pointermove", (event) => {
  const slider = sliderOf(event);
  if (slider === undefined) return;
  slider.valueAsNumber = barAt(slider, event.offsetX);
  point();
  if (dragged !== undefined) showSelection(slider, dragged, slider.valueAsNumber);
});

/** Where a drag of the mouse over the chart began, as the number of a bar. @type {number | undefined} */
let dragged;

/** @param {Event} event */
function sliderOf({ target }) {
  return target instanceof HTMLInputElement && target.id === "crosshair-day" ? target : undefined;
}

/** @param {HTMLInputElement} slider @param {number} x */
function barAt(slider, x) {
  const last = Number(slider.max);
  return Math.max(0, Math.min(last, Math.floor((x / slider.clientWidth) * (last + 1))));
}

/** @param {HTMLInputElement} slider @param {number | undefined} from @param {number} to */
function showSelection(slider, from, to) {
  const selection = document.getElementById("selection");
  const { first = "", slot = "" } = slider.dataset;
  const [left, right] = [Math.min(from ?? to, to), Math.max(from ?? to, to)];
  selection?.setAttribute("x", String(Number(first) + (left - 0.5) * Number(slot)));
  selection?.setAttribute("width", String((right - left + 1) * Number(slot)));
  selection?.setAttribute("visibility", from === undefined ? "hidden" : "visible");
}

// A finger moves the crosshair, and types days instead.
chart.addEventListener("pointerdown", (event) => {
  const slider = sliderOf(event);
  if (slider === undefined || event.pointerType === "touch" || event.button !== 0) return;
  dragged = barAt(slider, event.offsetX);
  slider.setPointerCapture(event.pointerId);
});
chart.addEventListener("pointerup", (event) => {
  const slider = sliderOf(event);
  const from = dragged;
  dragged = undefined;
  if (slider === undefined || from === undefined) return;
  const to = barAt(slider, event.offsetX);
  showSelection(slider, undefined, to);
  if (from !== to) chooseDays(slider, Math.min(from, to), Math.max(from, to));
});
chart.addEventListener("pointercancel", () => {
  dragged = undefined;
});

/** Takes the days of some bars, which each reading begins with, into the fields. @param {HTMLInputElement} slider @param {number} from @param {number} to */
function chooseDays(slider, from, to) {
  const readings = (slider.dataset.readings ?? "").split("\n");
  const daysOf = (/** @type {number} */ at) =>
    /^([\d-]{10})(?: – ([\d-]{10}))?/.exec(readings[at] ?? "")?.slice(1) ?? [];
  const [first, last] = [daysOf(from)[0], daysOf(to)[1] ?? daysOf(to)[0]];
  if (first === undefined || last === undefined) return;
  setDays(first, last);
  void drawChart();
}

/** Days in the fields and a chosen range exclude each other. @param {string} from @param {string} to */
function setDays(from, to) {
  field("from").value = from;
  field("to").value = to;
  for (const radio of chartForm.querySelectorAll("[name=range]")) {
    if (radio instanceof HTMLInputElement && (from || to)) radio.checked = false;
  }
}

/** @param {string} text */
async function suggest(text) {
  if (text === "") return;
  const found = await (await fetch(`/codes?q=${encodeURIComponent(text)}`)).json();
  const options = found.map((/** @type {{ ts_code: string, name: string }} */ { ts_code, name }) => {
    const option = document.createElement("option");
    option.value = ts_code;
    option.label = `${ts_code} ${name}`;
    return option;
  });
  element("codes", HTMLDataListElement).replaceChildren(...options);
}

chartForm.addEventListener("submit", (event) => {
  event.preventDefault();
  choose();
});
chartForm.addEventListener("change", ({ target }) => {
  const name = target instanceof HTMLInputElement ? target.name : "";
  if (name === "range") setDays("", "");
  if (name === "from" || name === "to") setDays(field("from").value, field("to").value);
  choose();
});
chartForm.addEventListener("input", (event) => {
  if (event.target instanceof HTMLInputElement && event.target.type === "text")
    void suggest(event.target.value).catch(() => {});
});

/** Of the drawing that came with the page, which was made for a likely width. */
let lastWidth = Number(chart.querySelector("svg")?.getAttribute("width") ?? chart.clientWidth);
new ResizeObserver(() => {
  if (Math.abs(chart.clientWidth - lastWidth) < 10) return;
  lastWidth = chart.clientWidth;
  void drawChart();
}).observe(chart);

describeJob();
describeDataset();
listen();
if (!chart.dataset.code) void drawChart();
