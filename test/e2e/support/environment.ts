/** What a program is told. */
const REQUIRED = ["E2E_URL", "E2E_PUBLIC_KEY", "E2E_SECRET_KEY", "E2E_ABV_KEY"] as const;

function required(name: (typeof REQUIRED)[number]): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set`);
  return value;
}

export const environment = () => ({
  url: required("E2E_URL"),
  publicKey: required("E2E_PUBLIC_KEY"),
  secretKey: required("E2E_SECRET_KEY"),
  abvKey: required("E2E_ABV_KEY"),
});
