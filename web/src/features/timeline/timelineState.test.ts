import { expect, test } from "vitest";
import { formatTimeline, parseTimeline } from "./timelineState";

test("the URL holds what differs from the beginning, and nothing else", () => {
  const begins = parseTimeline("", "source_type");
  expect(formatTimeline(begins, "source_type")).toBe("");
  const other = { group: "none", order: "due", zoom: "month", table: true } as const;
  expect(formatTimeline(other, "source_type")).toBe("group=none&order=due&zoom=month&view=table");
  expect(parseTimeline(formatTimeline(other, "source_type"), "source_type")).toEqual(other);
  expect(parseTimeline("group=nonsense&zoom=7", "package")).toEqual(parseTimeline("", "package"));
});
