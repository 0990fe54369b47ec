import { isIP } from 'node:net';
import { removeFix, setFix } from '../settings/commands';
import type { Finding } from '../settings/finding';
import { objectName } from '../settings/kinds';
import type { ParsedGrafana } from './settings-schema';

/** Checks Grafana settings that depend on each other. Never names the value of a secret. */
export function grafanaFindings(parsed: ParsedGrafana): Finding[] {
  if (!parsed.grafana.enabled) return [];
  return [...oauth(parsed), ...database(parsed), ...several(parsed), ...page(parsed)];
}

function oauth({ grafana, grafanaOauthClientSecret }: ParsedGrafana): Finding[] {
  const at = ['grafanaOauthClientSecret'];
  const group = ['grafana', 'oauth'];
  if (grafana.oauth === undefined) {
    if (grafanaOauthClientSecret === undefined) return [];
    const what = 'is set, but grafana.oauth is not: it would have no effect';
    return [{ at, from: [at, group], what, fix: removeFix(at) }];
  }
  const findings: Finding[] = [];
  if (grafanaOauthClientSecret === undefined) {
    const what = 'is missing but required by grafana.oauth';
    findings.push({ at, from: [at, group], what, fix: setFix(at, '--secret') });
  }
  if (grafana.externalUrl === undefined) {
    const url = ['grafana', 'externalUrl'];
    const what =
      'is missing but required by grafana.oauth: the provider redirects to it after a login';
    const fix = setFix(url, 'https://grafana.audifi.io');
    findings.push({ at: url, from: [url, group], what, fix });
  }
  return findings;
}

/**
 * An ingress or a gateway, but not both, and an `externalUrl` with a host name and no path. If
 * Grafana served below a path, it would redirect all other requests there, even those for metrics.
 */
function page({ grafana: { ingress, gateway, externalUrl } }: ParsedGrafana): Finding[] {
  const ways = Object.entries({ ingress, gateway }).flatMap(([way, set]) =>
    set === undefined ? [] : [['grafana', way]],
  );
  const [first, second] = ways;
  if (first === undefined) return [];
  const findings: Finding[] = [];
  if (second !== undefined) {
    const what = 'cannot be combined with grafana.ingress: use one of them to publish Grafana';
    findings.push({ at: second, from: ways, what, fix: removeFix(second) });
  }
  const problem = pageProblem(externalUrl, first.join('.'));
  if (problem !== undefined) {
    const at = ['grafana', 'externalUrl'];
    const fix = setFix(at, 'https://grafana.audifi.io');
    findings.push({ at, from: [at, first], what: problem, fix });
  }
  return findings;
}

/** Why Grafana cannot be published at this URL; undefined if it can. */
function pageProblem(url: string | undefined, way: string): string | undefined {
  if (url === undefined) return `is missing: ${way} publishes Grafana at its host name`;
  if (!isPublishable(url)) {
    return `must have a host name for ${way}: no IP address, no "_", no "." at its end`;
  }
  return new URL(url).pathname === '/'
    ? undefined
    : `must have no path for ${way}: Grafana serves its pages at "/", and requests are not rewritten`;
}

/** Whether a rule of an Ingress or a Gateway can have the host of the URL. */
function isPublishable(url: string): boolean {
  const { hostname } = new URL(url);
  return isIP(hostname) === 0 && objectName.safeParse(hostname).success;
}

/** Without a database, each instance would have users, sessions and dashboards of its own. */
function several({ grafana }: ParsedGrafana): Finding[] {
  if (grafana.replicas === 1 || grafana.database !== undefined) return [];
  const at = ['grafana', 'database'];
  const what =
    `is missing: ${grafana.replicas} instances (grafana.replicas) need one database for their users, ` +
    'sessions and dashboards';
  const fix = setFix([...at, 'host'], 'postgres.internal');
  return [{ at, from: [at, ['grafana', 'replicas']], what, fix }];
}

/** The database outlives the stack, so its passwords must be set and not generated. */
function database(parsed: ParsedGrafana): Finding[] {
  const group = ['grafana', 'database'];
  if (parsed.grafana.database === undefined) {
    const why = {
      grafanaDatabasePassword: 'it would have no effect',
      grafanaSecretKey: 'for its own database, Grafana keeps the generated key in the state',
    } as const;
    return (Object.keys(why) as (keyof typeof why)[])
      .filter((key) => parsed[key] !== undefined)
      .map((key) => ({
        ...{ at: [key], from: [[key], group], fix: removeFix([key]) },
        what: `is set, but grafana.database is not: ${why[key]}`,
      }));
  }
  const password = ['grafanaDatabasePassword'];
  const findings: Finding[] = [];
  if (parsed.grafanaDatabasePassword === undefined) {
    const what = 'is missing but required by grafana.database';
    const fix = setFix(password, '--secret');
    findings.push({ at: password, from: [password, group], what, fix });
  }
  if (parsed.grafanaAdminPassword === undefined) {
    const at = ['grafanaAdminPassword'];
    const what =
      'is missing: the user admin in grafana.database outlives the stack, but a random ' +
      'password does not';
    findings.push({ at, from: [at, group], what, fix: setFix(at, '--secret') });
  }
  return findings;
}
