/** The version of this deployment's code, as the API shows it. */
export const VERSION = "0.1.0";
