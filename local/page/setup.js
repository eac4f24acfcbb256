// Sends the form with the token, shows what the account allows, and lets it be written only after it was found to be enough.

const form = document.getElementById("setup-form");
const write = document.getElementById("setup-write");
const said = document.getElementById("setup-said");

if (form instanceof HTMLFormElement && write instanceof HTMLButtonElement && said !== null) {
  const { waiting = "", lost = "" } = form.dataset;

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
      if (outcome === "done" && isWritten) form.reset(); // the page keeps no token
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
