import type { Person, Role } from "../model.ts";

/**
 * What a person may be in a project. Who is named in full goes before their whole domain, so that
 * one of a domain can be given less.
 *
 * @param email as Cloudflare Access says it
 * @returns undefined for somebody whom the project does not know
 */
export function roleOfPerson(people: readonly Person[], email: string): Role | undefined {
  const address = email.toLowerCase();
  const domain = address.slice(address.lastIndexOf("@"));
  const roleOf = (wanted: string): Role | undefined =>
    people.find(({ who }) => who.toLowerCase() === wanted)?.role;
  return roleOf(address) ?? roleOf(domain);
}
