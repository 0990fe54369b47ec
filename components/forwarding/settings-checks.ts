import { keyOf, type Path, removeFix, setFix } from '../settings/commands';
import type { Finding } from '../settings/finding';
import { isPrivate } from '../settings/kinds-hosts';
import type { ParsedForwarding } from './settings-schema';

/** The other settings that the checks need. */
export interface CheckedForwarding extends ParsedForwarding {
  readonly platform: 'docker' | 'kubernetes';
  readonly logs: { readonly enabled: boolean; readonly agent: 'promtail' | 'otel' };
  readonly loki: { readonly enabled: boolean };
  readonly traces: { readonly enabled: boolean };
  readonly jaeger: { readonly enabled: boolean };
}

type Target = 'grafanaCloud' | 'newRelic' | 'sentry' | 'datadog';

/** The secret of each target, and the keys that each forwarded signal needs. */
const needs: Readonly<
  Record<
    Target,
    {
      readonly secret:
        'grafanaCloudToken' | 'newRelicLicenseKey' | 'sentryPublicKey' | 'datadogApiKey';
      readonly keys: readonly {
        readonly key: string;
        readonly of: readonly ('metrics' | 'logs' | 'traces')[];
        readonly example: string;
      }[];
    }
  >
> = {
  grafanaCloud: {
    secret: 'grafanaCloudToken',
    keys: [
      {
        key: 'otlpUrl',
        of: ['logs', 'traces'],
        example: 'https://otlp-gateway-prod-eu-west-2.grafana.net/otlp',
      },
      { key: 'instanceId', of: ['logs', 'traces'], example: '123456' },
      {
        key: 'prometheusUrl',
        of: ['metrics'],
        example: 'https://prometheus-prod-24-prod-eu-west-2.grafana.net/api/prom/push',
      },
      { key: 'prometheusUser', of: ['metrics'], example: '654321' },
    ],
  },
  newRelic: { secret: 'newRelicLicenseKey', keys: [] },
  sentry: {
    secret: 'sentryPublicKey',
    keys: [
      {
        key: 'otlpUrl',
        of: ['logs', 'traces'],
        example: 'https://o123.ingest.sentry.io/api/456/integration/otlp',
      },
    ],
  },
  datadog: { secret: 'datadogApiKey', keys: [] },
};
const targets = Object.keys(needs) as Target[];
const takes = {
  grafanaCloud: ['metrics', 'logs', 'traces'],
  newRelic: ['metrics', 'logs', 'traces'],
  sentry: ['logs', 'traces'],
  datadog: ['metrics', 'logs'],
} as const;

/** Checks forwarding settings that depend on each other. Never names the value of a secret. */
export function forwardingFindings(parsed: CheckedForwarding): Finding[] {
  return [
    ...targets.flatMap((target) => [
      ...refused(parsed, target),
      ...nothing(parsed, target),
      ...missing(parsed, target),
      ...secrets(parsed, target),
      ...plainText(parsed, target),
      ...notCollected(parsed, target),
    ]),
    ...keptNowhere(parsed),
    ...ranges(parsed),
  ];
}

const place = (target: Target, ...below: string[]): Path => ['forwarding', target, ...below];

/** Rejects signals that a target does not accept. */
function refused(
  { forwarding: { sentry, datadog } }: CheckedForwarding,
  target: Target,
): Finding[] {
  if (target === 'sentry' && sentry?.metrics === true) {
    const at = place('sentry', 'metrics');
    const what = 'Sentry accepts no metrics over OTLP, only traces and log lines';
    return [{ at, what, fix: setFix(at, 'false') }];
  }
  if (target === 'datadog' && datadog?.traces === true) {
    const at = place('datadog', 'traces');
    const what =
      "needs Datadog's own exporter, which is not supported (docs/forwarding.md): Datadog's OTLP " +
      'endpoint for traces is not generally available. Log lines and span metrics can be ' +
      'forwarded';
    return [{ at, what, fix: setFix(at, 'false') }];
  }
  return [];
}

/** Whether the target is set but receives nothing. */
function getsNothing({ forwarding }: CheckedForwarding, target: Target): boolean {
  const group = forwarding[target];
  return group !== undefined && !takes[target].some((one) => group[one]);
}

/**
 * Rejects a target that receives nothing: it is incomplete, or was turned off. Suggests to remove
 * it, because any other command would send data out that nobody asked to send.
 */
function nothing(parsed: CheckedForwarding, target: Target): Finding[] {
  if (!getsNothing(parsed, target)) return [];
  const at = place(target);
  const { secret } = needs[target];
  const what = `forwards nothing: none of ${takes[target].join(', ')} is true`;
  const key = parsed[secret] === undefined ? [] : removeFix([secret]);
  return [{ at, what, fix: [...removeFix(at), ...key] }];
}

function missing({ forwarding }: CheckedForwarding, target: Target): Finding[] {
  const group = forwarding[target] as Readonly<Record<string, unknown>> | undefined;
  if (group === undefined) return [];
  return needs[target].keys.flatMap(({ key, of, example }): Finding[] => {
    const asking = of.filter((one) => group[one] === true);
    if (asking.length === 0 || group[key] !== undefined) return [];
    const at = place(target, key);
    const what =
      'is missing but required by ' + asking.map((one) => keyOf(place(target, one))).join(', ');
    return [
      {
        at,
        from: [at, ...asking.map((one) => place(target, one))],
        what,
        fix: setFix(at, example),
      },
    ];
  });
}

/** Requires the secret of a target if the target is set, and the other way round. */
function secrets(parsed: CheckedForwarding, target: Target): Finding[] {
  const { secret } = needs[target];
  const given = parsed[secret] !== undefined;
  const wanted = parsed.forwarding[target] !== undefined;
  if (given === wanted || getsNothing(parsed, target)) return [];
  const at = [secret];
  const from = [at, place(target)];
  return given
    ? [{ at, from, what: `is set, but ${keyOf(place(target))} is not`, fix: removeFix(at) }]
    : [
        {
          at,
          from,
          what: `is missing but required by ${keyOf(place(target))}`,
          fix: setFix(at, '--secret'),
        },
      ];
}

/** Rejects http URLs, which would expose the key, except in a private network. */
function plainText({ forwarding }: CheckedForwarding, target: Target): Finding[] {
  const group = forwarding[target] as Readonly<Record<string, unknown>> | undefined;
  return ['otlpUrl', 'prometheusUrl'].flatMap((key): Finding[] => {
    const url = group?.[key];
    if (typeof url !== 'string' || new URL(url).protocol === 'https:' || isPrivate(url)) return [];
    const at = place(target, key);
    const what =
      'would send the key and all data unencrypted: use http only for a proxy inside your ' +
      'own network';
    return [
      {
        at,
        what,
        fix: setFix(at, url.replace(/^http:/i, 'https:').replace(/:80(?=\/|$)/, '')),
      },
    ];
  });
}

/** Rejects forwarding of a signal that the stack does not collect. */
function notCollected(parsed: CheckedForwarding, target: Target): Finding[] {
  const { forwarding, logs, traces } = parsed;
  const group = forwarding[target];
  const findings: Finding[] = [];
  const off = (
    key: 'metrics' | 'logs' | 'traces',
    other: Path,
    what: string,
    value: string,
  ): void => {
    const at = place(target, key);
    findings.push({ at, from: [at, other], what, fix: setFix(other, value) });
  };
  if (group?.logs === true && !logs.enabled) {
    off('logs', ['logs', 'enabled'], 'is true, but logs.enabled is false', 'true');
  }
  if (group?.logs === true && logs.enabled && logs.agent === 'promtail') {
    off(
      'logs',
      ['logs', 'agent'],
      'is not possible with Promtail: it does not support OTLP, and its slowest target would delay ' +
        'delivery to Loki',
      'otel',
    );
  }
  if (traces.enabled || group === undefined) return findings;
  if (group.traces && target !== 'datadog') {
    off('traces', ['traces', 'enabled'], 'is true, but traces.enabled is false', 'true');
  }
  if (target === 'datadog' && group.metrics) {
    off(
      'metrics',
      ['traces', 'enabled'],
      'is true, but traces.enabled is false: metrics for Datadog are derived from spans',
      'true',
    );
  }
  return findings;
}

/** Requires a forwarding target for a signal that the stack collects but does not store. */
function keptNowhere({ forwarding, logs, loki, traces, jaeger }: CheckedForwarding): Finding[] {
  const forwarded = (kind: 'logs' | 'traces'): boolean =>
    targets.some((target) => forwarding[target]?.[kind] === true);
  const findings: Finding[] = [];
  const lost = (at: Path, kind: 'logs' | 'traces'): void => {
    const what = `is false, and no target of forwarding accepts ${kind}: they would be stored nowhere`;
    const from = [at, [kind, 'enabled'], ...targets.map((target) => place(target))];
    findings.push({ at, from, what, fix: setFix(at, 'true') });
  };
  if (logs.enabled && !loki.enabled && !forwarded('logs')) lost(['loki', 'enabled'], 'logs');
  if (traces.enabled && !jaeger.enabled && !forwarded('traces')) {
    lost(['jaeger', 'enabled'], 'traces');
  }
  return findings;
}

function ranges({ forwarding: { cidrs }, platform }: CheckedForwarding): Finding[] {
  if (cidrs === undefined || platform === 'kubernetes') return [];
  const at = ['forwarding', 'cidrs'];
  const what = 'has no effect on Docker: containers may connect to any address';
  return [{ at, from: [at, ['platform']], what, fix: removeFix(at) }];
}
