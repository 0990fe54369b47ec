import { bare, hostOf, isLoopback, loopback } from './kinds-hosts';

/** Names of settings with a host, an address or a URL that a container connects to. */
const connected = /^(?:host|hosts|addresses|endpoint|url|urls|tokenUrl|prometheusUrl|otlpUrl)$/;

/** Sections with such settings. */
const sections = [
  ...(['targets', 'uptime', 'loki', 'longTerm', 'jaeger', 'postgres', 'redis'] as const),
  ...(['grafana', 'forwarding'] as const),
] as const;

/**
 * The warning for addresses at which a container would reach only itself; undefined if there are
 * none. Pure. They are not refused, because a service may share the network of another one.
 */
export function loopbackWarning(
  settings: Readonly<Record<(typeof sections)[number], unknown>>,
): string | undefined {
  const found = sections.flatMap((name) => placesOf(settings[name], name, false));
  return found.length === 0 ? undefined : `${found.join(', ')}: ${loopback}`;
}

/** @param connects whether a text at this path is one of those settings */
function placesOf(value: unknown, path: string, connects: boolean): readonly string[] {
  if (typeof value === 'string') return connects && isOwn(value) ? [path] : [];
  if (Array.isArray(value)) {
    return value.flatMap((item, i) => placesOf(item, `${path}[${i}]`, connects));
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    placesOf(inner, `${path}.${key}`, connected.test(key)),
  );
}

/** Whether a URL, `host:port` or a host is a loopback address. */
function isOwn(text: string): boolean {
  const host = hostOf(text) ?? /^(.+):\d{1,5}$/.exec(text)?.[1] ?? text;
  return isLoopback(bare(host)) || isLoopback(text);
}
