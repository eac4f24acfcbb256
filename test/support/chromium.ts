// Debian's Chromium, for tests that need a browser.
import { existsSync } from "node:fs";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";

const executablePath = process.env.TEST_CHROMIUM ?? "/usr/bin/chromium";

/** Why there is no browser, as a sentence. */
export const missingChromium = existsSync(executablePath)
  ? undefined
  : `no Chromium at ${executablePath}: install it, or name one in TEST_CHROMIUM`;

/** It may connect to nothing outside this machine. */
const quiet = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export async function openChromium(): Promise<Browser> {
  return await chromium.launch({ executablePath, args: quiet });
}

export const desktop = { viewport: { width: 1200, height: 900 }, locale: "en-US" } as const;
export const phone = {
  viewport: { width: 360, height: 740 },
  locale: "en-US",
  hasTouch: true,
  isMobile: true,
  userAgent:
    "Mozilla/5.0 (Linux; Android 14; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36",
} as const;

/** The loaded page of an address, in its own profile; its errors and warnings go to `complaints`. */
export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions,
  complaints: string[] = [],
): Promise<Page> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  await page.addInitScript(watchShifts);
  await page.goto(url);
  await page.locator("#state.live").waitFor();
  return page;
}

/** Collects what moved without an act of the user (https://web.dev/articles/cls). */
const watchShifts = `window.shifts = [];
new PerformanceObserver((list) => {
  for (const { value, hadRecentInput } of list.getEntries()) if (!hadRecentInput) window.shifts.push(value);
}).observe({ type: "layout-shift", buffered: true })`;

/** The sum of all layout shifts since the page began to load, which is at least Chromium's own CLS. */
export async function layoutShift(page: Page): Promise<number> {
  return await page.evaluate<number>("window.shifts.reduce((sum, value) => sum + value, 0)");
}

/** Presses Tab until a control of that name has the focus. */
export async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 80; presses += 1) {
    await page.keyboard.press("Tab");
    const focused = await page.evaluate(
      'document.activeElement.getAttribute("aria-label") ?? document.activeElement.textContent',
    );
    if (focused === name) return;
  }
  throw new Error(`the Tab key never came to '${name}'`);
}

/** Text of drawings, which axe leaves out, whose contrast with its ground is below 4.5 (https://www.w3.org/TR/WCAG22/#contrast-minimum). */
export async function faintLabels(page: Page): Promise<string[]> {
  return await page.evaluate<string[]>(`(() => {
    const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const rgba = (colour) => {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
      return [...canvas.getImageData(0, 0, 1, 1).data];
    };
    const over = ([r, g, b, a], ground) => [r, g, b].map((part, at) => (part * a + ground[at] * (255 - a)) / 255);
    const groundOf = (element) => {
      for (let at = element; at; at = at.parentElement) {
        const colour = rgba(getComputedStyle(at).backgroundColor);
        if (colour[3] === 255) return colour;
      }
      return [255, 255, 255];
    };
    const light = (colour) => {
      const [r, g, b] = colour.map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const faint = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const element = node.parentElement;
      if (node.data.trim() === "" || !element.checkVisibility()) continue;
      if (!element.namespaceURI.includes("svg") || element.closest("title")) continue;
      const ink = rgba(getComputedStyle(element).fill);
      for (let at = element; at; at = at.parentElement) ink[3] *= Number(getComputedStyle(at).opacity);
      const ground = groundOf(element).slice(0, 3);
      const [a, b] = [light(over(ink, ground)), light(ground)].sort((x, y) => y - x);
      const contrast = (a + 0.05) / (b + 0.05);
      if (contrast < 4.5) faint.push(contrast.toFixed(2) + " " + node.data.trim().slice(0, 40));
    }
    return faint;
  })()`);
}
