/**
 * Durations and sizes as written in settings. Durations have the syntax of Prometheus
 * (https://prometheus.io/docs/prometheus/latest/querying/basics/#float-literals-and-time-durations).
 * Sizes are always powers of two, as in Prometheus: `10G`, `10GB` and `10GiB` are the same. In a
 * quantity of Kubernetes, `10G` is less (see `bytesOf`).
 */
const durationPattern = /^(\d+y)?(\d+w)?(\d+d)?(\d+h)?(\d+m)?(\d+s)?(\d+ms)?$/;
const secondsPer = { y: 31_536_000, w: 604_800, d: 86_400, h: 3_600, m: 60, s: 1, ms: 0.001 };

/** Seconds of a duration such as `15s`, `1m30s` or `15d`; undefined if it is invalid or zero. */
export const durationSeconds = (text: string): number | undefined =>
  secondsFromZero(text) || undefined;

/** As `durationSeconds`, but 0 for a duration of zero. */
export function secondsFromZero(text: string): number | undefined {
  if (text === '' || !durationPattern.test(text)) return undefined;
  let seconds = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+)(ms|[ywdhms])/g)) {
    seconds += Number(amount) * secondsPer[unit as keyof typeof secondsPer];
  }
  return Number.isFinite(seconds) ? seconds : undefined;
}

const mebibytesPer = { M: 1, G: 1024, T: 1024 * 1024 };

/** MiB of a size such as `512MiB`, `10GB` or `1Ti`; undefined if it is invalid. */
export function sizeMiB(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?) ?([MGT])i?B?$/.exec(text);
  if (match === null) return undefined;
  const mebibytes = Math.floor(
    Number(match[1]) * mebibytesPer[match[2] as keyof typeof mebibytesPer],
  );
  return mebibytes >= 1 && Number.isSafeInteger(mebibytes) ? mebibytes : undefined;
}

/** GOMEMLIMIT below a memory limit, so that Go frees memory before the kernel kills the process. */
export const goMemoryLimit = (memoryMiB: number): string => `${Math.floor(memoryMiB * 0.9)}MiB`;

/** `host:port`, with brackets around an IPv6 address. */
export const hostPort = (host: string, port: number): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;

/** TCP port of an http or https URL. */
export function portOf(url: string): number {
  const { protocol, port } = new URL(url);
  return port === '' ? (protocol === 'http:' ? 80 : 443) : Number(port);
}

const quantityFactors: Readonly<Record<string, number>> = {
  ...{ '': 1, m: 1e-3, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18 },
  ...{ Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50, Ei: 2 ** 60 },
};

/**
 * Bytes of a quantity such as `50Gi`, `500M`, `1e9` or `1073741824`; NaN if it is invalid.
 *
 * Upstream: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */
export function bytesOf(quantity: string): number {
  const [, number = '', unit = ''] =
    /^(\d+(?:\.\d*)?(?:[eE]\d+)?)([KMGTPE]i|[mkMGTPE])?$/.exec(quantity) ?? [];
  return number === '' ? NaN : Math.ceil(Number(number) * (quantityFactors[unit] ?? NaN));
}

/**
 * The text that the Docker provider reads back for a number of cores (`1` becomes `1.0`, `10`
 * becomes `10.`). With any other notation, every `up` would replace the container. Undefined: the
 * provider reads back another number.
 */
export function dockerCpus(cpus: number): string | undefined {
  const nine = cpus.toFixed(9);
  const zeros = nine.split('0').length - 1;
  const text = zeros === 9 ? cpus.toFixed(1) : nine.replace(/0+$/, '');
  return Number(text) === cpus ? text : undefined;
}
