// Who may call a server of the local stack: programs on this machine, and the server's own pages.
import type { IncomingHttpHeaders } from "node:http";

/**
 * Why a request is refused, or undefined. A web page must not call the server through the user's browser (Origin), also
 * under a name of its own that resolves to this machine (Host).
 */
export function whyNotFromHere({
  host = "",
  origin,
}: Pick<IncomingHttpHeaders, "host" | "origin">): string | undefined {
  const own = `http://${host}`;
  if (!URL.canParse(own) || !isLoopback(new URL(own).hostname)) {
    return `Host is '${host}', expected localhost or 127.0.0.1`;
  }
  if (origin !== undefined && origin !== own) {
    return `Origin is '${origin}', expected none or '${own}'`;
  }
  return undefined;
}

export function isLoopback(hostname: string): boolean {
  return /^(127(\.\d{1,3}){3}|\[::1\]|::1|localhost|.+\.localhost)$/.test(hostname);
}
