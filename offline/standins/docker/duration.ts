const unitNanoseconds: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 6e10,
  h: 3.6e12,
};

/** Parses a duration in Go's notation, such as `1m30s`. */
export function nanoseconds(duration = '0s'): number {
  let total = 0;
  for (const [, amount, unit = ''] of duration.matchAll(/([\d.]+)([a-zµ]+)/g)) {
    total += Number(amount) * (unitNanoseconds[unit] ?? NaN);
  }
  if (Number.isNaN(total)) throw new Error(`${duration} is not a duration like 30s or 1m30s`);
  return total;
}

/** Formats a duration in Go's notation: `90s` becomes `1m30s`. */
export function goDuration(total = 0): string {
  if (total === 0) return '0s';
  if (total < 1e9) return total < 1e6 ? `${total / 1e3}µs` : `${total / 1e6}ms`;
  const hours = Math.floor(total / 3.6e12);
  const minutes = Math.floor((total % 3.6e12) / 6e10);
  const seconds = (total % 6e10) / 1e9;
  return `${hours > 0 ? `${hours}h` : ''}${hours > 0 || minutes > 0 ? `${minutes}m` : ''}${seconds}s`;
}
