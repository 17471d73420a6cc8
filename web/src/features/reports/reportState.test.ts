import { expect, test } from "vitest";
import { behindQuestion, formatReport, parseReport, questionOf } from "./reportState";

test("a URL is the whole report", () => {
  for (const query of ["", "period=all", "from=2026-10-01&to=2026-10-31&group=fulfillment_partner", "group=none", "group=language&figure=on_time_rate&number=remainder&of=Korean", "figure=blocker_time&number=waiting", "group=language&figure=on_time_rate&number=unknown&of="]) {
    expect(formatReport(parseReport(query)), query).toBe(query);
  }
  expect(parseReport("period=next&group=colour&figure=on_time_rate&from=soon")).toEqual({ period: "last90", span: {}, group: "month", behind: undefined });
});

test("what is asked is the period, and the group of it where a number is one's", () => {
  const today = "2026-11-26";
  expect(questionOf(parseReport("period=thisMonth"), today)).toEqual({ from: "2026-11-01", to: "2026-11-30" });
  const ask = (query: string) => {
    const state = parseReport(query);
    return state.behind === undefined ? undefined : behindQuestion(state, state.behind, today);
  };
  expect(ask("period=all&group=fulfillment_partner&figure=on_time_rate&number=numerator&of=Juice")).toEqual({ number: "numerator", fulfillment_partner: "Juice" });
  expect(ask("period=all&group=fulfillment_partner&figure=on_time_rate&number=unknown&of=")).toEqual({ number: "unknown", fulfillment_partner: "" });
  expect(ask("period=thisYear&figure=on_time_rate&number=denominator&of=2026-02")).toEqual({ number: "denominator", from: "2026-02-01", to: "2026-02-28" });
  expect(ask("period=all&figure=on_time_rate&number=denominator")).toEqual({ number: "denominator" });
});
