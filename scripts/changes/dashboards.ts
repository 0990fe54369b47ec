import { canonical, type Change, compare, type Inputs, listOf, type Side } from './change';

const dashboard = 'grafana:oss/dashboard:Dashboard';

/** Changes of dashboards, and of panels by title. */
export function dashboardLines(changes: readonly Change[]): string[] {
  return changes
    .filter(({ type }) => type === dashboard)
    .flatMap((change) => {
      const [was, now] = [jsonOf(change, 'old'), jsonOf(change, 'new')];
      const { title = change.name } = (now ?? was ?? {}) as { title?: string };
      const { added, removed, kept } = compare(panels(was), panels(now));
      if (was === undefined) return [`+ ${title}: ${added.length} panels`];
      if (now === undefined) return [`- ${title}: ${removed.length} panels`];
      const changed = kept.filter(([, before, after]) => before !== after);
      const lines = [
        ...added.map(([panel]) => `+ ${title}: ${panel}`),
        ...removed.map(([panel]) => `- ${title}: ${panel}`),
        ...changed.map(([panel]) => `~ ${title}: ${panel}`),
      ];
      return lines.length === 0 && canonical(was) !== canonical(now)
        ? [`~ ${title}: changed outside the panels, e.g. variables or links`]
        : lines;
    });
}

function jsonOf(change: Change, side: Side): Inputs | undefined {
  const text = change[side]?.['configJson'];
  try {
    return typeof text === 'string' ? (JSON.parse(text) as Inputs) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The content of each panel, without its position. Panels with the same title get a number.
 */
function panels(json: Inputs | undefined): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const add = (panel: Inputs): void => {
    if (panel['type'] === 'row') {
      listOf(panel['panels']).forEach(add);
      return;
    }
    const { id: _, gridPos: __, ...shown } = panel;
    const title =
      typeof panel['title'] === 'string' && panel['title'] ? panel['title'] : 'untitled';
    let unique = title;
    for (let count = 2; found.has(unique); count++) unique = `${title} (${count})`;
    found.set(unique, canonical(shown));
  };
  listOf(json?.['panels']).forEach(add);
  return found;
}
