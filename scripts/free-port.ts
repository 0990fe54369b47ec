import { createServer } from 'node:net';

/**
 * Below Linux's ephemeral ports, so that no outgoing connection or other listener gets the port
 * before its user listens there. Also below the node ports of Kubernetes.
 */
const [first, count] = [15_000, 15_000];
/** Ports that this process was given before. Their users may not listen yet. */
const given = new Set<number>();

/** A free port of the loopback interface. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 1_000; attempt++) {
    const port = first + Math.floor(Math.random() * count);
    if (given.has(port)) continue;
    given.add(port);
    if (await isFree(port)) return port;
  }
  throw new Error(`Found no free port from ${first} to ${first + count - 1} on 127.0.0.1.`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
