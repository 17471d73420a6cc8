import { expect, test } from "vitest";
import { deliveriesQuestion, formatDeliveries, parseDeliveries } from "./deliveriesState";

test("a URL is the whole list", () => {
  for (const query of ["", "period=all&show=sentBack", "from=2026-11-01&to=2026-11-26&fulfillment_partner=Juice&language=", "show=before&source_type=Dubs", "show=kept&inspection=Findings"]) {
    expect(formatDeliveries(parseDeliveries(query)), query).toBe(query);
  }
  expect(parseDeliveries("show=some&period=soon&colour=red&inspection=Dirty")).toEqual({ period: "last30", span: {}, show: "all", verdict: undefined, of: {} });
});

test("what is asked is the period, which of them, and of whom", () => {
  expect(deliveriesQuestion(parseDeliveries("show=kept&language=Korean"), "2026-11-26")).toEqual({ from: "2026-10-28", to: "2026-11-26", sent_back: "No", language: "Korean" });
  expect(deliveriesQuestion(parseDeliveries("period=all&show=sentBack&inspection=Findings"), "2026-11-26")).toEqual({ sent_back: "Yes", inspection: "Findings" });
  expect(deliveriesQuestion(parseDeliveries("period=all"), "2026-11-26")).toEqual({});
});
