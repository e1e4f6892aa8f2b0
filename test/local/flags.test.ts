import { describe, expect, it } from "vitest";

import { Complaint, readFlags } from "../../local/host/flags.ts";

const KNOWN = { port: { min: 0, max: 10 }, state: "text", json: "boolean" } as const;
const read = (...args: string[]) => readFlags(args, KNOWN, "usage: x");

describe("readFlags", () => {
  it("reads values after a space or an equals sign, and switches", () => {
    expect(read("--port", "7", "--state=a=b", "--json")).toEqual({
      port: 7,
      state: "a=b",
      json: true,
    });
    expect(read()).toEqual({});
  });

  it("refuses with the usage and exit code 2, and says what is wrong", () => {
    const cases: [string[], string][] = [
      [["--prot", "1"], "unknown argument --prot"],
      [["stray"], "unknown argument stray"],
      [["--constructor"], "unknown argument --constructor"],
      [["--port"], "--port needs a value"],
      [["--port", "11"], "--port is 11; it must be an integer from 0 to 10"],
      [["--port", "1.5"], "--port is 1.5"],
      [["--json=yes"], "--json takes no value"],
    ];
    for (const [args, why] of cases) {
      expect(() => read(...args)).toThrow(
        expect.objectContaining({
          exitCode: 2,
          message: expect.stringMatching(/usage: x$/) as string,
        }),
      );
      expect(() => read(...args)).toThrow(why);
      expect(() => read(...args)).toThrow(Complaint);
    }
  });
});
