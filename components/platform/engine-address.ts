/** A Docker engine that a setting or variable chooses. */
export interface ChosenEngine {
  /** E.g. `unix:///var/run/docker.sock`. */
  readonly address: string;
  /** What chooses it, e.g. `DOCKER_HOST`. */
  readonly by: string;
  /** Command that chooses the engine of this machine instead. */
  readonly instead: string;
}

/**
 * The error for an engine on another machine; undefined for one on this machine. Pure.
 *
 * The stack publishes its ports on the loopback interface of the engine's machine, and everything
 * that checks ports or waits for a service asks the loopback interface of this one.
 */
export function remoteEngine({ address, by, instead }: ChosenEngine): string | undefined {
  const place = otherMachine(address);
  if (place === undefined) return undefined;
  return (
    `the Docker engine at ${place} (${by}) is on another machine. The stack would publish its ports ` +
    'on 127.0.0.1 of that machine, where this one cannot reach them. Nothing was changed.\n' +
    '  To use the engine of this machine:\n' +
    `    ${instead}\n` +
    '  To run the stack on the other machine, run this command there. In CI, a service container ' +
    '(tcp://docker:2375) is another machine too: use a runner that has a Docker engine itself.'
  );
}

/** Scheme and host of an address on another machine. Docker reports a malformed address. */
function otherMachine(address: string): string | undefined {
  if (/^(\/|unix:|npipe:|fd:)/.test(address)) return undefined;
  // As the docker CLI does.
  const full = address.includes('//') ? address : `tcp://${address}`;
  // URL normalises the host (127.1, capitals) only for schemes that it knows.
  const text = full.replace(/^\w+:/, 'http:');
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || isLoopback(url.hostname)) return undefined;
  return `${full.slice(0, full.indexOf(':'))}://${url.host}`;
}

/** 0.0.0.0 and :: connect to this machine too. */
const isLoopback = (host: string): boolean =>
  /^(localhost|.+\.localhost|127\.\d+\.\d+\.\d+|0\.0\.0\.0|\[::1?\]|\[::ffff:7f[0-9a-f:]+\])$/.test(
    host,
  );
