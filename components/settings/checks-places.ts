import { distance } from 'fastest-levenshtein';
import { type Fix, type Path, keyOf, removeFix, setFix } from './commands';
import type { Finding } from './finding';
import { type ParsedSettings, settingsSchema } from './schema';
import { docOf, everyPlace, schemaAt } from './schema-walk';
import type { Config } from './what-if';

/** Rejects valid settings in a place where they would be ignored silently. */
export function placeFindings(config: Config, parsed: ParsedSettings): Finding[] {
  return [
    ...namespaces(config, parsed),
    ...otherPlatform(config, parsed),
    ...network(parsed),
    ...ownNamespaces(parsed),
  ];
}

/** Namespace of the config keys: the name in Pulumi.yaml. */
export const projectName = 'audifi-observability';

/** Namespaces of Pulumi itself, and of the providers that read their own config. */
const otherNamespaces = ['docker', 'random', 'pulumi'];

/** What replaces the config of providers to which the program passes all settings itself. */
const instead: Readonly<Record<string, string>> = {
  'kubernetes:context': 'the setting kubernetes.context',
  'kubernetes:kubeconfig': 'the variable KUBECONFIG',
  'kubernetes:namespace': 'the setting kubernetes.namespace',
  'grafana:url': 'the setting grafana.apiUrl',
  'grafana:auth': 'the secret grafanaAdminPassword',
  'pagerduty:token': 'the secret pagerdutyToken',
  'pagerduty:serviceRegion': 'the setting pagerduty.region',
  'pagerduty:apiUrlOverride': 'the setting pagerduty.apiUrl',
};
const passed = ['kubernetes', 'grafana', 'pagerduty'];

/** Rejects keys with an unknown namespace, and those that no provider would read. */
function namespaces({ otherKeys }: Config, parsed: ParsedSettings): Finding[] {
  return otherKeys.flatMap((whole): Finding[] => {
    const [namespace = '', key = ''] = whole.split(':');
    if (otherNamespaces.includes(namespace)) return [];
    const fix: Fix = [{ kind: 'remove-foreign', key: whole }];
    if (passed.includes(namespace)) {
      const use = instead[whole] === undefined ? '' : `; use ${instead[whole]}`;
      const what = `"${whole}" has no effect: this program passes its own settings to the provider${use}`;
      return [{ at: [namespace], from: [[whole]], what, fix: [...context(whole, parsed), ...fix] }];
    }
    const meant =
      distance(namespace, projectName) <= 3 || Object.hasOwn(settingsSchema.shape, key)
        ? `; did you mean "${projectName}:${key}"?`
        : '';
    const what =
      `in "${whole}" is an unknown namespace: it belongs neither to this program nor to one ` +
      `of its providers${meant}`;
    return [{ at: [namespace], what, fix }];
  });
}

/** Without a context, the next `up` would go to the current cluster of the kubeconfig. */
function context(whole: string, { platform, kubernetes }: ParsedSettings): Fix {
  const path = ['kubernetes', 'context'];
  const wanted = platform === 'kubernetes' && kubernetes.context === undefined;
  return wanted && whole === 'kubernetes:context'
    ? setFix(path, docOf(schemaAt(path)).example ?? '')
    : [];
}

function otherPlatform({ values }: Config, { platform }: ParsedSettings): Finding[] {
  const here = { docker: 'Docker', kubernetes: 'Kubernetes' };
  return everyPlace(values).flatMap((at: Path): Finding[] => {
    const { only } = docOf(schemaAt(at));
    if (only === undefined || only === platform) return [];
    const what = `has no effect on ${here[platform]}: it is only for a stack on ${here[only]}`;
    return [{ at, from: [at, ['platform']], what, fix: removeFix(at) }];
  });
}

/**
 * The reference application uses the same names as AudiFi's containers, which are already in that
 * network.
 */
function network({ platform, network: joined, referenceApp }: ParsedSettings): Finding[] {
  if (platform !== 'docker' || joined === undefined || referenceApp !== true) return [];
  const at = ['referenceApp'];
  const what =
    `must be false on the network "${joined}": its containers would have the same names ` +
    "as AudiFi's";
  return [{ at, from: [at, ['network']], what, fix: setFix(at, 'false') }];
}

/**
 * The stack's namespaces must not contain the application: network policies there only allow the
 * stack's own traffic.
 */
function ownNamespaces({ platform, kubernetes }: ParsedSettings): Finding[] {
  if (platform !== 'kubernetes') return [];
  const { namespace, appNamespace } = kubernetes;
  if (![namespace, `${namespace}-host`].includes(appNamespace)) return [];
  const at = ['kubernetes', 'namespace'];
  const other = ['kubernetes', 'appNamespace'];
  const what =
    `is also the application's namespace (${keyOf(other)}), whose traffic the stack's ` +
    'network policies would block';
  const fix = setFix(at, appNamespace.startsWith('monitoring') ? 'observability' : 'monitoring');
  return [{ at, from: [at, other], what, fix }];
}
