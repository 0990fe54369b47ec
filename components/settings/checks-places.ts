import { distance } from 'fastest-levenshtein';
import { type Path, keyOf, removeFix, setFix } from './commands';
import type { Finding } from './finding';
import { type ParsedSettings, settingsSchema } from './schema';
import { docOf, everyPlace, schemaAt } from './schema-walk';
import type { Config } from './what-if';

/** Settings that are sound and stand where they mean nothing: elsewhere they would be ignored in silence. */
export function placeFindings(config: Config, parsed: ParsedSettings): Finding[] {
  return [
    ...namespaces(config),
    ...otherPlatform(config, parsed),
    ...network(parsed),
    ...ownNamespaces(parsed),
  ];
}

/** Namespace of the config keys: the name in Pulumi.yaml. */
export const projectName = 'audifi-observability';

/** Those of the providers that this program uses, and of Pulumi itself. */
const otherNamespaces = ['docker', 'kubernetes', 'grafana', 'pagerduty', 'random', 'pulumi'];

/** A key of another namespace is nobody's setting. */
function namespaces({ otherKeys }: Config): Finding[] {
  return otherKeys.flatMap((whole): Finding[] => {
    const [namespace = '', key = ''] = whole.split(':');
    if (otherNamespaces.includes(namespace)) return [];
    const meant =
      distance(namespace, projectName) <= 3 || Object.hasOwn(settingsSchema.shape, key)
        ? `; did you mean "${projectName}:${key}"?`
        : '';
    const what = `in "${whole}" is nobody's namespace: it belongs neither to this program nor to a provider that it uses${meant}`;
    return [{ at: [namespace], what, fix: [{ kind: 'remove-foreign', key: whole }] }];
  });
}

function otherPlatform({ values }: Config, { platform }: ParsedSettings): Finding[] {
  const here = { docker: 'Docker', kubernetes: 'Kubernetes' };
  return everyPlace(values).flatMap((at: Path): Finding[] => {
    const { only } = docOf(schemaAt(at));
    if (only === undefined || only === platform) return [];
    const what = `means nothing on ${here[platform]}: it is for a stack on ${here[only]}`;
    return [{ at, from: [at, ['platform']], what, fix: removeFix(at) }];
  });
}

/** The reference application has the names of AudiFi's containers, which are in that network already. */
function network({ platform, network: joined, referenceApp }: ParsedSettings): Finding[] {
  if (platform !== 'docker' || joined === undefined || referenceApp !== true) return [];
  const at = ['referenceApp'];
  const what = `runs beside the containers of the network "${joined}" under their names: a name would lead to either`;
  return [{ at, from: [at, ['network']], what, fix: setFix(at, 'false') }];
}

/** Nothing but what the stack needs may talk in its own namespaces. */
function ownNamespaces({ platform, kubernetes }: ParsedSettings): Finding[] {
  if (platform !== 'kubernetes') return [];
  const { namespace, appNamespace } = kubernetes;
  if (![namespace, `${namespace}-host`].includes(appNamespace)) return [];
  const at = ['kubernetes', 'namespace'];
  const other = ['kubernetes', 'appNamespace'];
  const what = `is that of the application as well (${keyOf(other)}), which the stack's network policies would cut off`;
  const fix = setFix(at, appNamespace.startsWith('monitoring') ? 'observability' : 'monitoring');
  return [{ at, from: [at, other], what, fix }];
}
