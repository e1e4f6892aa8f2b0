const MINUTE_MS = 60_000;

/**
 * Calls `tick` at every full minute, as Cloudflare's cron does, never twice at a time.
 *
 * @returns stops it, once a tick that is under way has ended
 */
export function everyMinute(
  tick: (at: Date) => Promise<void>,
  failed: (error: unknown) => void,
): () => Promise<void> {
  let timer: NodeJS.Timeout;
  let stopped = false;
  let under = Promise.resolve();

  const wait = (): void => {
    timer = setTimeout(run, MINUTE_MS - (Date.now() % MINUTE_MS));
  };
  const run = (): void => {
    under = tick(new Date())
      .catch(failed)
      .then(() => {
        if (!stopped) wait();
      });
  };
  wait();

  return () => {
    stopped = true;
    clearTimeout(timer);
    return under;
  };
}
