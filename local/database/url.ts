// The address of a database, as its clients give it.

/**
 * Adds settings of a session, as `-c name=value`, after those that the address has: the later ones hold. The client takes
 * `options` of an address in place of its own, so they have to be there.
 */
export function withSettings(url: string, settings: string): string {
  const address = new URL(url);
  const given = address.searchParams.get("options");
  address.searchParams.set("options", given === null ? settings : `${given} ${settings}`);
  return address.href;
}

/** Settings of everything that only reads, so that also a server without a user for that keeps it from writing. */
export const readOnly = "-c default_transaction_read_only=on";
