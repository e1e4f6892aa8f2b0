/** What Vite takes over from the environment: names that begin with VITE_. */
interface ImportMeta {
  readonly env: Readonly<Record<string, string | undefined>>;
}
