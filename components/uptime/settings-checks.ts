import { removeFix, setFix } from '../settings/commands';
import type { Finding } from '../settings/finding';
import { isPrivate } from '../settings/kinds-hosts';
import { monitoredChecks, type ParsedUptime, specChecks } from './settings-schema';

export interface CheckedMonitors extends ParsedUptime {
  readonly heartbeatUrl?: string;
}

/** Checks settings of the monitors outside that depend on each other. */
export function monitorFindings(parsed: CheckedMonitors): Finding[] {
  return [...token(parsed), ...takenOver(parsed), ...heartbeat(parsed)];
}

function token({ betterStack, betterStackToken }: CheckedMonitors): Finding[] {
  const { policyId, monitors, heartbeat: id } = betterStack;
  const used = policyId !== undefined || id !== undefined || Object.keys(monitors).length > 0;
  if (!used || betterStackToken !== undefined) return [];
  const at = ['betterStackToken'];
  const what = 'is missing but required by betterStack: nothing is created at Better Stack';
  return [{ at, from: [at, ['betterStack']], what, fix: setFix(at, '--secret') }];
}

function takenOver({ betterStack: { monitors }, uptime }: CheckedMonitors): Finding[] {
  const checks = uptime.checks ?? specChecks;
  const names = monitoredChecks(checks).map(({ name }) => name);
  const ids = Object.values(monitors);
  return Object.entries(monitors).flatMap(([name, id], i): Finding[] => {
    const at = ['betterStack', 'monitors', name];
    const from = [at, ['uptime', 'checks']];
    if (names.includes(name)) {
      const first = ids.indexOf(id);
      if (first === i) return [];
      const what = `is already taken over for the check ${Object.keys(monitors)[first] ?? ''}`;
      return [{ at, from: [['betterStack', 'monitors']], what, fix: removeFix(at) }];
    }
    const check = checks.find((one) => one.name === name);
    const what =
      check === undefined
        ? `is not the name of a check with a monitor (${names.join(', ')})`
        : isPrivate(check.url)
          ? 'has no monitor: Better Stack cannot reach its private address'
          : 'has no monitor of its own: another monitor reads the certificate of this host';
    return [{ at, from, what, fix: removeFix(at) }];
  });
}

function heartbeat({ betterStack, heartbeatUrl }: CheckedMonitors): Finding[] {
  if (betterStack.heartbeat === undefined || heartbeatUrl === undefined) return [];
  const at = ['betterStack', 'heartbeat'];
  const what = 'has no effect, because heartbeatUrl is set';
  return [{ at, from: [at, ['heartbeatUrl']], what, fix: removeFix(at) }];
}
