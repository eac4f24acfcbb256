// Sends the form with the token, shows what the account allows, and lets it be written only after it was found to be enough.

/** A start takes seconds, and on a slow machine a minute. */
const triesMax = 120;
const betweenTriesMilliseconds = 1_000;

const form = document.getElementById("setup-form");
const write = document.getElementById("setup-write");
const said = document.getElementById("setup-said");

if (form instanceof HTMLFormElement && write instanceof HTMLButtonElement && said !== null) {
  const { waiting = "", lost = "", away = "" } = form.dataset;

  /** Until the page comes without this form: then it has the data that were asked for. */
  const awaitStart = async () => {
    for (let tries = 0; tries < triesMax; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, betweenTriesMilliseconds));
      const page = await fetch("/", { cache: "no-store" }).then(
        (response) => response.text(),
        () => undefined,
      );
      if (page !== undefined && !page.includes('id="setup-form"')) return location.reload();
    }
    said.textContent += `\n\n${away}`;
  };

  /** @param {boolean} isWritten */
  const send = async (isWritten) => {
    const fields = Object.fromEntries(new FormData(form));
    write.disabled = true;
    said.hidden = false;
    said.textContent = waiting;
    try {
      const response = await fetch("/setup", {
        method: "POST",
        headers: { "content-type": "application/json", "x-tushare-sync": "page" },
        body: JSON.stringify({ ...fields, write: isWritten }),
      });
      const { outcome, text } = await response.json();
      said.textContent = text;
      write.disabled = outcome !== "done" || isWritten;
      const isDone = outcome === "done" || outcome === "starts again";
      if (isDone && isWritten) form.reset(); // the page keeps no token
      if (outcome === "starts again") void awaitStart();
    } catch {
      said.textContent = lost;
    }
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void send(false);
  });
  form.addEventListener("input", () => {
    write.disabled = true; // another token, or another choice, was not checked
  });
  write.addEventListener("click", () => void send(true));
}
