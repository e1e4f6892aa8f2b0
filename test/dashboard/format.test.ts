import { describe, expect, it } from "vitest";

import {
  count,
  duration,
  money,
  number,
  percent,
  UNKNOWN,
} from "../../src/dashboard/format/number.ts";
import { age, exactInstant, instant, minute, shortDay } from "../../src/dashboard/format/time.ts";

describe("numbers for people", () => {
  it.each([
    [count, 0, "0", "0"],
    [count, 9_999, "9,999", "9,999"],
    [count, 12_345, "12.3 k", "12,345"],
    [count, 4_567_890, "4.57 M", "4,567,890"],
    [count, 7_000_000_000, "7 G", "7,000,000,000"],
    [number, 0.123456, "0.123", "0.123456"],
    [number, -3, "-3", "-3"],
    [number, 12_345.6, "12.3 k", "12,345.6"],
    [percent, 0.5, "50 %", "50 %"],
    [percent, 0.00123, "0.123 %", "0.123 %"],
    [percent, 0, "0 %", "0 %"],
    [duration, 0.25, "0.25 ms", "0.25 ms"],
    [duration, 4.26, "4.3 ms", "4.26 ms"],
    [duration, 850, "850 ms", "850 ms"],
    [duration, 1_234, "1.23 s", "1,234 ms"],
    [duration, 12_345, "12.3 s", "12,345 ms"],
    [duration, 125_000, "2 min 5 s", "125,000 ms"],
    [duration, 7_500_000, "2 h 5 min", "7,500,000 ms"],
    [money, 0, "$0", "0 USD"],
    [money, 0.00012345, "$0.000123", "0.00012345 USD"],
    [money, 0.5, "$0.50", "0.5 USD"],
    [money, 12.3456, "$12.35", "12.3456 USD"],
    [money, 1_234.5, "$1,235", "1,234.5 USD"],
    [money, 123_456, "$123 k", "123,456 USD"],
    [money, -2, "−$2.00", "-2 USD"],
  ])("%o of %d is %s, exactly %s", (format, value, text, exact) => {
    expect(format(value)).toEqual({ text, exact });
  });

  it.each([count, number, percent, duration, money])("never make unknown a number", (format) => {
    expect(format(null)).toEqual({ text: UNKNOWN, exact: "unknown" });
    expect(format(undefined)).toEqual({ text: UNKNOWN, exact: "unknown" });
  });
});

describe("instants", () => {
  const AT = "2026-11-22T23:30:05Z";

  it("are told in the project's time zone", () => {
    expect(instant(AT, "UTC")).toBe("22 Nov 2026, 23:30");
    expect(instant(AT, "Europe/Paris")).toBe("23 Nov 2026, 00:30");
    expect(shortDay(AT, "America/New_York")).toBe("22 Nov");
    expect(minute(AT, "Asia/Kolkata")).toBe("05:00");
    expect(exactInstant(AT, "UTC")).toBe("22 Nov 2026, 23:30:05 UTC");
  });

  it.each([
    [20_000, "just now"],
    [60_000, "1 minute ago"],
    [3 * 3_600_000, "3 hours ago"],
    [26 * 3_600_000, "yesterday"],
    [15 * 86_400_000, "2 weeks ago"],
    [400 * 86_400_000, "last year"],
    [-2 * 86_400_000, "in 2 days"],
  ])("%d ms before now are %s", (ms, text) => {
    const now = Date.parse(AT);
    expect(age(now - ms, now)).toBe(text);
  });
});
