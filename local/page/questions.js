// Saves the statement of the SQL box under a name, and deletes saved ones, after a question of the page's own.

import { take } from "./take.js";

const form = document.getElementById("sql-form");
const select = document.getElementById("sql-example");
const own = document.getElementById("sql-own");
const keep = document.getElementById("question-keep");
const drop = document.getElementById("question-drop");
const dialog = document.getElementById("question-ask");
const title = document.getElementById("question-ask-title");
const label = document.getElementById("question-ask-name");
const yes = document.getElementById("question-ask-yes");
const said = document.getElementById("sql-said");

if (
  form instanceof HTMLFormElement &&
  select instanceof HTMLSelectElement &&
  own instanceof HTMLOptGroupElement &&
  keep instanceof HTMLButtonElement &&
  drop instanceof HTMLButtonElement &&
  dialog instanceof HTMLDialogElement &&
  title !== null &&
  label !== null &&
  yes !== null &&
  said !== null
) {
  const name = label.querySelector("input");
  const chosen = () => select.selectedOptions[0]?.dataset.name;
  const refresh = () => {
    own.hidden = own.childElementCount === 0;
    drop.hidden = chosen() === undefined;
  };

  /** @param {boolean} isSaving @param {string} text */
  const ask = (isSaving, text) => {
    title.textContent = text;
    label.hidden = !isSaving;
    yes.textContent = (isSaving ? keep : drop).dataset.act ?? "";
    if (name !== null) {
      name.disabled = !isSaving; // a hidden field that is required would hold the dialog
      name.value = chosen() ?? "";
    }
    dialog.dataset.act = isSaving ? "save" : "remove";
    dialog.returnValue = "no"; // Escape counts as no
    dialog.showModal();
    (isSaving && name !== null ? name : yes).focus();
    name?.select();
  };

  /** @param {object} change */
  const send = async (change) => {
    try {
      const response = await fetch("/questions", {
        method: "POST",
        headers: { "content-type": "application/json", "x-tushare-sync": "page" },
        body: JSON.stringify(change),
      });
      const { text, refusal, html, name: saved } = await response.json();
      said.textContent = refusal ?? text;
      said.classList.toggle("trouble", refusal !== undefined || !response.ok);
      if (html !== undefined) show(html, saved);
    } catch {
      said.textContent = document.body.dataset.lost ?? "";
      said.classList.add("trouble");
    }
  };

  /** @param {string} html from our own server, which escapes all data @param {string | undefined} saved the name to select */
  const show = (html, saved) => {
    const template = document.createElement("template");
    template.innerHTML = html;
    take(own, template.content);
    const option = [...own.querySelectorAll("option")].find(({ dataset }) => dataset.name === saved);
    if (option === undefined) select.selectedIndex = 0;
    else option.selected = true;
    refresh();
  };

  keep.addEventListener("click", () => ask(true, keep.dataset.ask ?? ""));
  drop.addEventListener("click", () =>
    ask(
      false,
      (drop.dataset.ask ?? "").replace("{name}", () => chosen() ?? ""),
    ),
  );
  document.getElementById("question-ask-no")?.addEventListener("click", () => dialog.close("no"));
  dialog.addEventListener("close", () => {
    if (dialog.returnValue !== "yes") return;
    const isSaving = dialog.dataset.act === "save";
    void send(
      isSaving
        ? { save: { name: name?.value, sql: new FormData(form).get("sql") } }
        : { remove: chosen() ?? "" },
    );
  });
  select.addEventListener("change", refresh);
  refresh();
}
