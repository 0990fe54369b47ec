import { removeFix, setFix } from '../settings/commands';
import type { Finding } from '../settings/finding';
import type { ParsedGrafana } from './settings-schema';

/** What no single key about Grafana can tell. Never names the value of a secret. */
export function grafanaFindings(parsed: ParsedGrafana): Finding[] {
  if (!parsed.grafana.enabled) return [];
  return [...oauth(parsed), ...database(parsed)];
}

function oauth({ grafana, grafanaOauthClientSecret }: ParsedGrafana): Finding[] {
  const at = ['grafanaOauthClientSecret'];
  const group = ['grafana', 'oauth'];
  if (grafana.oauth === undefined) {
    if (grafanaOauthClientSecret === undefined) return [];
    const what = 'is set, and grafana.oauth is not: nobody would use it';
    return [{ at, from: [at, group], what, fix: removeFix(at) }];
  }
  const findings: Finding[] = [];
  if (grafanaOauthClientSecret === undefined) {
    const what = 'is missing, and grafana.oauth asks for it';
    findings.push({ at, from: [at, group], what, fix: setFix(at, '--secret') });
  }
  if (grafana.externalUrl === undefined) {
    const url = ['grafana', 'externalUrl'];
    const what = 'is missing: a login by grafana.oauth comes back there';
    const fix = setFix(url, 'https://grafana.audifi.io');
    findings.push({ at: url, from: [url, group], what, fix });
  }
  return findings;
}

/** What is in the database outlives the stack, and so have the keys to it. */
function database(parsed: ParsedGrafana): Finding[] {
  const group = ['grafana', 'database'];
  const password = ['grafanaDatabasePassword'];
  if (parsed.grafana.database === undefined) {
    if (parsed.grafanaDatabasePassword === undefined) return [];
    const what = 'is set, and grafana.database is not: nobody would use it';
    return [{ at: password, from: [password, group], what, fix: removeFix(password) }];
  }
  const findings: Finding[] = [];
  if (parsed.grafanaDatabasePassword === undefined) {
    const what = 'is missing, and grafana.database asks for it';
    const fix = setFix(password, '--secret');
    findings.push({ at: password, from: [password, group], what, fix });
  }
  if (parsed.grafanaAdminPassword === undefined) {
    const at = ['grafanaAdminPassword'];
    const what =
      'is missing: with grafana.database the user admin outlives the stack, a random password does not';
    findings.push({ at, from: [at, group], what, fix: setFix(at, '--secret') });
  }
  return findings;
}
