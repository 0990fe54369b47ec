import { dashboardOptions } from '../../components/grafana/provision';
import { deploymentOf } from '../../components/deployment';
import { parseSettings } from '../../components/settings';
import { dashboardTexts } from '../../dashboards';
import { rawSettings } from '../stack-config';
import type { Files } from './files';

/**
 * All dashboards of a stack, to import into any Grafana since 9.4, even if the stack has no
 * Grafana. They refer to data sources by uid (dashboards/lib/sources.ts).
 *
 * @param values config by full key
 */
export function dashboardFiles(
  stack: string,
  values: Readonly<Record<string, string>>,
  secretKeys: readonly string[],
): Files {
  const settings = parseSettings(rawSettings(stack, { values, secretKeys }));
  const { has } = deploymentOf(settings);
  const texts = dashboardTexts(
    dashboardOptions(settings, { loki: has('loki'), jaeger: has('jaeger') }),
  );
  return Object.fromEntries(
    Object.entries(texts).map(([uid, text]) => [
      `dashboards/${uid}.json`,
      `${JSON.stringify(JSON.parse(text), undefined, 2)}\n`,
    ]),
  );
}
