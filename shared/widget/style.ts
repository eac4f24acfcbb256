// Styles of the drawings, for any page. Colours work on light and dark backgrounds, and no information is shown by colour
// alone.

/** Each meaning has one colour, in text, bars, squares and lines. */
export const colours = {
  active: "#3b82c4",
  good: "#2e9e5b",
  bad: "#d64545",
  paused: "#b7791f",
  ended: "#7a7a7a",
  track: "#8889",
  unasked: "#8886",
} as const;

export const style = `
.ts-origin { background: #b3261e; border-radius: 6px; color: #fff; font-weight: 600; margin: 0 0 12px; overflow-wrap: anywhere; padding: 8px 12px; }
.ts-table { border-collapse: collapse; width: 100%; font-size: 13px; }
.ts-table th, .ts-table td { padding: 4px 10px 4px 0; text-align: left; vertical-align: top; }
.ts-table th { font-weight: 600; opacity: 0.75; }
.ts-table tbody tr { border-top: 1px solid rgba(128, 128, 128, 0.35); }
.ts-number { font-variant-numeric: tabular-nums; white-space: nowrap; }
.ts-bar { border-radius: 3px; vertical-align: middle; }
.ts-reason td, .ts-note { font-size: 12px; opacity: 0.8; overflow-wrap: anywhere; }
.ts-table tbody tr.ts-reason { border-top: 0; }
.ts-status, .ts-kind { border: 1px solid currentColor; border-radius: 3px; font-size: 11px; padding: 0 4px; white-space: nowrap; }
.ts-RUNNING, .ts-PENDING { color: ${colours.active}; }
.ts-COMPLETED { color: ${colours.good}; }
.ts-FAILED { color: ${colours.bad}; }
.ts-PAUSED { color: ${colours.paused}; }
.ts-CANCELLED { color: ${colours.ended}; }
.ts-quiet { opacity: 0.75; font-size: 12px; }
.ts-legend { white-space: nowrap; }
.ts-figure { margin: 4px 0 12px; overflow-x: auto; }
`;
