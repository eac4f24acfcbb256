// The picture of the cards is drawn from what is sent: nothing of a message is lost on the way. With WRITE_PICTURES=1 it is written to
// docs/alarm-cards.png.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { anAlarm, chatNames } from "../docs/alarm-cards-document.ts";
import { readAlarm } from "../shared/adapters/chat-robot.ts";
import { cardFor, robotKinds } from "../shared/words/chat-card.ts";
import { drawCards, readCard } from "./support/alarm-picture.ts";
import { missingChromium, openChromium } from "./support/chromium.ts";

const states = ["ALARM", "OK"] as const;
const messageIn = (language: "en" | "zh", state: (typeof states)[number]) =>
  readAlarm("", anAlarm(language, state));

describe.each(robotKinds)("%s", (kind) => {
  test.each(["en", "zh"] as const)("shows all of an alarm and of its end, in %s", (language) => {
    for (const state of states) {
      const message = messageIn(language, state);
      const { parts, colour } = readCard(kind, cardFor(kind, message));
      const shown = parts.map(({ text }) => text.replaceAll(/[()[\]]/g, "")).join("\n");
      const wanted = [
        message.title,
        ...message.lines.filter((line) => line !== ""),
        message.command?.text ?? "",
      ];
      for (const text of wanted) expect(shown).toContain(text.replaceAll(/[()[\]]/g, ""));
      expect(parts.find(({ as }) => as === "link" || as === "button")).toMatchObject({
        url: message.link?.url,
      });
      expect(colour).not.toBe("grey");
    }
  });
});

test.skipIf(missingChromium !== undefined)("no card is wider than its chat", async () => {
  const rows = robotKinds.map((kind) => ({
    ...{ name: chatNames[kind], kind },
    cards: states.map((state) => readCard(kind, cardFor(kind, messageIn("en", state)))),
  }));
  const browser = await openChromium();
  try {
    const page = await browser.newPage({ viewport: { width: 932, height: 800 } });
    await page.setContent(drawCards(rows));
    expect(await page.locator("article").count()).toBe(2 * robotKinds.length);
    const wide =
      "[...document.querySelectorAll('article, article *')].filter((one) => one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 0).length";
    expect(await page.evaluate(wide)).toBe(0);
    const path = join(import.meta.dirname, "..", "docs", "alarm-cards.png");
    if (process.env.WRITE_PICTURES) await page.screenshot({ path, fullPage: true });
    expect(existsSync(path)).toBe(true);
  } finally {
    await browser.close();
  }
  expect(readFileSync(join(import.meta.dirname, "..", "docs", "alarm-cards.md"), "utf8")).toContain(
    "(alarm-cards.png)",
  );
});
