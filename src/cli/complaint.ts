/** What the program ends with: 0 all well, 1 there are differences, 2 a command line that makes no sense, 3 a failure. */
export const EXIT = { ok: 0, different: 1, usage: 2, failed: 3 } as const;

/** A failure that is said in one sentence. */
export class Complaint extends Error {
  override readonly name = "Complaint";
  readonly exitCode: number;

  constructor(sentence: string, exitCode: number = EXIT.failed) {
    super(sentence);
    this.exitCode = exitCode;
  }
}

/** What to say of an error: a complaint, or a file that the system does not give. @returns undefined for a bug */
export function complaintOf(error: unknown): Complaint | undefined {
  if (error instanceof Complaint) return error;
  const isOfSystem = error instanceof Error && "syscall" in error && "path" in error;
  return isOfSystem ? new Complaint(error.message) : undefined;
}
