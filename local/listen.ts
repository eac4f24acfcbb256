// Makes a server listen on loopback, where no other machine can reach it. Another address is only for a server that asks
// for a password.
import type { Server } from "node:net";

export const loopback = "127.0.0.1";

/** Prefers a port; any free one when it is 0 or taken. Resolves with the port. @throws the system's Error */
export async function listen(server: Server, preferredPort: number, host = loopback): Promise<number> {
  try {
    return await listenAt(server, preferredPort, host);
  } catch (error) {
    if (preferredPort === 0 || !isTaken(error)) throw error;
    return await listenAt(server, 0, host);
  }
}

/** Exactly this port, or any free one for 0. @throws the system's Error when it is taken */
export function listenAt(server: Server, port: number, host = loopback): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      const address = server.address();
      if (address === null || typeof address === "string") reject(new Error("no TCP port to listen on"));
      else resolve(address.port);
    });
  });
}

/** EACCES: the user may not open this port. */
function isTaken(error: unknown): boolean {
  return (
    error instanceof Error && "code" in error && (error.code === "EADDRINUSE" || error.code === "EACCES")
  );
}
