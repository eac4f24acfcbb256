// Sends the statement of the SQL box, and shows its rows, or saves them as a file.

import { take } from "./take.js";

const form = document.getElementById("sql-form");
const example = document.getElementById("sql-example");
const save = document.getElementById("sql-save");
const said = document.getElementById("sql-said");
const result = document.getElementById("sql-result");

if (
  form instanceof HTMLFormElement &&
  example instanceof HTMLSelectElement &&
  save instanceof HTMLButtonElement &&
  said !== null &&
  result !== null
) {
  const statement = form.elements.namedItem("sql");
  /** @type {NodeListOf<HTMLButtonElement>} */
  const buttons = form.querySelectorAll(".answers button");

  /** @param {string} text @param {boolean} isTrouble */
  const say = (text, isTrouble) => {
    said.textContent = text;
    said.classList.toggle("trouble", isTrouble);
  };

  /** @param {boolean} isFile */
  const ask = async (isFile) => {
    say(form.dataset.waiting ?? "", false);
    for (const button of buttons) button.disabled = true;
    try {
      const response = await fetch("/sql", {
        method: "POST",
        headers: { "content-type": "application/json", "x-tushare-sync": "page" },
        body: JSON.stringify({ sql: new FormData(form).get("sql"), csv: isFile, width: result.clientWidth }),
      });
      const { text, refusal, html, csv } = await response.json();
      say(refusal ?? text, refusal !== undefined || !response.ok);
      if (csv !== undefined) keep(csv);
      else show(html ?? "");
    } catch {
      say(document.body.dataset.lost ?? "", true);
    } finally {
      for (const button of buttons) button.disabled = false;
    }
  };

  /** @param {string} html from our own server, which escapes all data */
  const show = (html) => {
    const template = document.createElement("template");
    template.innerHTML = html;
    take(result, template.content);
  };

  /** @param {string} csv */
  const keep = (csv) => {
    const link = document.createElement("a");
    // The mark tells Excel that it is UTF-8.
    link.href = URL.createObjectURL(new Blob(["\ufeff", csv], { type: "text/csv;charset=utf-8" }));
    link.download = "result.csv";
    link.click();
    URL.revokeObjectURL(link.href);
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void ask(false);
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
  save.addEventListener("click", () => void ask(true));
  example.addEventListener("change", () => {
    if (statement instanceof HTMLTextAreaElement && example.value !== "") statement.value = example.value;
  });
}
