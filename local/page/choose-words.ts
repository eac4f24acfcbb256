// The language of the page.
import { chinese } from "./chinese.ts";
import { english } from "./english.ts";
import type { PageWords } from "./words.ts";

/** By the first of the browser's languages that is supported; otherwise English. */
export function wordsFor(acceptLanguage: string | undefined): PageWords {
  const wanted = (acceptLanguage ?? "")
    .split(",")
    .map((entry) => {
      const [tag = "", quality = "q=1"] = entry.trim().toLowerCase().split(";");
      return { tag, quality: Number(quality.trim().replace(/^q=/, "")) || 0 };
    })
    .filter(({ tag }) => /^(zh|en)\b/.test(tag))
    .sort((a, b) => b.quality - a.quality);
  return wanted[0]?.tag.startsWith("zh") ? chinese : english;
}
