// The page as first loaded: landmarks, headings, forms, the dialog and the data of that moment. Changes come by events.
import { jobs, jobTypes, optionsOf } from "../../shared/catalogue/jobs.ts";
import type { Origin } from "../../shared/catalogue/origin.ts";
import { adjustments } from "../../shared/reads/daily.ts";
import { html, type Markup } from "../../shared/widget/html.ts";
import { renderOrigin } from "../../shared/widget/origin.ts";
import type { Language } from "../../shared/words/language.ts";
import { markOfOrigin } from "../../shared/words/origin.ts";
import { translate } from "../../shared/words/translate.ts";
import type { FragmentName } from "./fragments.ts";
import type { Saved } from "./questions.ts";
import { type Range, ranges } from "./range.ts";
import { setupBox } from "./setup.ts";
import { sqlForm } from "./sql.ts";
import { verifyForm } from "./verifications.ts";
import type { PageWords } from "./words.ts";

/** The data of the moment, as markup; absent while the database does not answer. */
export type Content = {
  readonly fragments: Readonly<Record<FragmentName, string>>;
  readonly chart: { readonly code: string; readonly html: string };
};

export function renderDocument(words: PageWords, origin: Origin, saved: Saved, content?: Content): string {
  const live = (name: FragmentName) =>
    html`<div id="fragment-${name}">${content && { markup: content.fragments[name] }}</div>`;
  const { sections } = words;
  const language: Language = words.language === "en" ? "en" : "zh";
  const mark = markOfOrigin(origin);
  const warning = renderOrigin(origin, language);
  return html`<!doctype html>
<html lang="${words.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${mark === undefined ? "" : `${translate(mark, language)} · `}tushare-sync</title>
<link rel="icon" href="/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/page.css">
<script type="module" src="/browser.js"></script>
<script type="module" src="/setup.js"></script>
<script type="module" src="/sql.js"></script>
<script type="module" src="/questions.js"></script>
</head>
<body data-lost="${words.lost}">
<a class="skip" href="#tasks">${words.skip}</a>
${warning.markup === "" ? undefined : html`<aside class="origin" aria-label="${words.origin}">${warning}</aside>`}
<header>
<h1>tushare-sync</h1>
<p class="about">${words.about}</p>
<p id="state" class="state" role="status">${words.waiting}</p>
</header>
${setupBox(words, origin)}
<main>
<p id="outcome" class="outcome" hidden></p>
<p id="change" class="unseen" role="status" aria-live="polite"></p>
${section("now", sections.now, live("now"), "wide bare")}
${section("tasks", sections.tasks, live("tasks"), "wide")}
${section("prices", sections.prices, prices(words, content), "most")}
${section("start", sections.start, start(words, language), "least")}
${section("sql", sections.sql, sqlForm(words, saved), "wide")}
${section("coverage", sections.coverage, html`${live("coverage")}<p><a href="/datasets" data-names="">${words.datasetTable.title}</a></p>`, "most")}
${section("rates", sections.rates, live("rates"), "least")}
${section("failures", sections.failures, live("failures"), "wide")}
${section("verifications", sections.verifications, html`${live("verifications")}${verifyForm(words)}`, "wide")}
</main>
<dialog id="question" aria-labelledby="question-text">
<form method="dialog">
<p id="question-text"></p>
<div class="answers"><button value="no" class="plain">${words.no}</button><button value="yes" class="main" autofocus>${words.yes}</button></div>
</form>
</dialog>
<dialog id="names" aria-label="${words.names}">
<div id="names-content" class="scroll" aria-live="polite"></div>
<form method="dialog" class="answers"><button class="main" autofocus>${words.closeNames}</button></form>
</dialog>
</body>
</html>
`.markup;
}

function section(id: string, name: string, content: Markup, classes: string): Markup {
  return html`<section id="${id}" class="${classes}" aria-labelledby="${id}-name" tabindex="-1">
<h2 id="${id}-name">${name}</h2>
${content}
</section>`;
}

function start(words: PageWords, language: Language): Markup {
  const firstHistory = jobTypes.find((job) => jobs[job].mode === "history"); // the job a person usually starts
  const options = jobTypes.map(
    (job) =>
      html`<option value="${job}" data-takes="${optionsOf(job).join(" ")}" data-about="${translate(jobs[job].about, language)}"${job === firstHistory ? html` selected` : undefined}>${job}</option>`,
  );
  return html`<form id="start-form">
<label>${words.job}<select name="job" aria-describedby="job-about">${options}</select></label>
<p id="job-about" class="ts-quiet">${firstHistory && translate(jobs[firstHistory].about, language)}</p>
<fieldset class="bare">
<div class="pair"><label>${words.from}<input type="date" name="from"></label><label>${words.to}<input type="date" name="to"></label></div>
<label>${words.codes}<input type="text" name="codes" autocomplete="off" spellcheck="false" aria-describedby="codes-hint"></label>
<p id="codes-hint" class="ts-quiet">${words.codesHint}</p>
</fieldset>
<label class="check"><input type="checkbox" name="refresh">${words.refresh}</label>
<button class="main">${words.startButton}</button>
</form>`;
}

function prices(words: PageWords, content: Content | undefined): Markup {
  const choice = (name: string, value: string, text: string, isChosen: boolean) =>
    html`<label><input type="radio" name="${name}" value="${value}"${isChosen ? html` checked` : undefined}><span>${text}</span></label>`;
  return html`<form id="chart-form" role="search">
<label class="code">${words.code}<input type="text" name="code" list="codes" placeholder="${content?.chart.code}" autocomplete="off" spellcheck="false"></label>
<label class="code">${words.compare}<input type="text" name="compare" list="codes" autocomplete="off" spellcheck="false"></label>
<datalist id="codes"></datalist>
<fieldset class="choice"><legend>${words.adjustment}</legend>${adjustments.map((name) => choice("adjust", name, name === "none" ? words.adjustments.none : name, name === "none"))}</fieldset>
<fieldset class="choice"><legend>${words.range}</legend>${(Object.keys(ranges) as Range[]).map((name) => choice("range", name, words.ranges[name], name === "1y"))}</fieldset>
<div class="pair"><label>${words.from}<input type="date" name="from" aria-describedby="drag-hint"></label><label>${words.to}<input type="date" name="to" aria-describedby="drag-hint"></label></div>
<p id="drag-hint" class="ts-quiet">${words.dragHint}</p>
</form>
<div id="chart" aria-live="off" data-code="${content?.chart.code}">${content && { markup: content.chart.html }}</div>`;
}
