import {
  type Dashboard as ClassicDashboard,
  DashboardBuilder as ClassicBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  type Panel,
  RowBuilder,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type { DashboardUid } from '../../rules';
import type { DashboardOptions } from '../options';
import { annotations } from './annotations';
import { env, type Variable } from './variables';

/* eslint-disable @typescript-eslint/no-deprecated --
 * The SDK calls the classic model deprecated; it is the one that every Grafana since 9 imports. */
/** A dashboard in the classic JSON model. */
export type Dashboard = ClassicDashboard;
const DashboardBuilder = ClassicBuilder;
/* eslint-enable @typescript-eslint/no-deprecated */

/** A row of panels with widths out of 24. Panels that do not fit start another line. */
export interface Row {
  readonly title: 'State' | 'Traffic' | 'Errors' | 'Latency' | 'Saturation' | (string & {});
  /** Height of each line, in the units of Grafana's grid (30 px). */
  readonly height: number;
  readonly panels: readonly (readonly [width: number, panel: Panel])[];
}

export interface DashboardSpec {
  readonly uid: DashboardUid;
  /** Title after "AudiFi / ". */
  readonly title: string;
  readonly description: string;
  /** Besides the environment. @default none */
  readonly variables?: readonly Variable[];
  readonly rows: readonly Row[];
  /** Initial time range. @default the last hour */
  readonly from?: string;
}

/** Tag of all our dashboards. The menu of each lists the dashboards with this tag. */
export const tag = 'audifi';

const gridWidth = 24;

/** A dashboard with the parts that all have in common. Pure. */
export function assembled(spec: DashboardSpec, options: DashboardOptions): Dashboard {
  const builder = new DashboardBuilder(`AudiFi / ${spec.title}`)
    .uid(spec.uid)
    .description(spec.description)
    .tags([tag])
    .editable()
    .timezone('browser')
    .tooltip(DashboardCursorSync.Crosshair)
    .time({ from: spec.from ?? 'now-1h', to: 'now' })
    .refresh('30s')
    .links([menu()])
    .annotations(annotations())
    .variables([env(options.environment), ...(spec.variables ?? [])]);
  let y = 0;
  for (const row of spec.rows) {
    builder.withRow(
      new RowBuilder(row.title)
        .id(idOf(`row ${row.title}`))
        .gridPos({ x: 0, y, w: gridWidth, h: 1 }),
    );
    y += 1;
    let x = 0;
    for (const [w, panel] of row.panels) {
      if (x + w > gridWidth) [x, y] = [0, y + row.height];
      builder.withPanel({ build: () => placed(panel, { x, y, w, h: row.height }) });
      x += w;
    }
    y += row.height;
  }
  return inView(builder.build());
}

/**
 * Removes the placement that the SDK sets. With it, Grafana 12.3 and later hide the menu of
 * dashboards and the annotation switches behind a button.
 */
function inView(dashboard: Dashboard): Dashboard {
  const shown = <T extends object>(all: readonly T[] = []): T[] =>
    all.map((one) => ({ ...one, placement: undefined }));
  const { links, annotations: marks } = dashboard;
  return { ...dashboard, links: shown(links), annotations: { ...marks, list: shown(marks.list) } };
}

const placed = (panel: Panel, gridPos: Required<Panel>['gridPos']): Panel => ({
  ...withLegendThatFits(panel, gridPos),
  id: idOf(panel.title ?? ''),
  gridPos,
});

/**
 * Moves the legend to the right of a panel that is wide or low. Below a wide graph, names and
 * values would be far apart. Below a low one, little space would remain for the graph. There, and
 * below a narrow graph, the legend has no mean, because its last column would be cut off.
 */
function withLegendThatFits(panel: Panel, { w, h }: Required<Panel>['gridPos']): Panel {
  const options = (panel.options ?? {}) as { readonly legend?: { readonly calcs: string[] } };
  const beside = w >= 20 || h < 8;
  const fits = !beside && w > 8;
  if (panel.type !== 'timeseries' || options.legend === undefined || fits) return panel;
  const calcs = options.legend.calcs.filter((calc) => calc !== 'mean');
  const legend = { ...options.legend, calcs, ...(beside ? { placement: 'right' } : {}) };
  return { ...panel, options: { ...options, legend } };
}

/** FNV-1a hash of the title, so that adding or moving panels does not break links to others. */
function idOf(title: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(title)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return (hash % 999_983) + 1;
}

const menu = (): DashboardLinkBuilder =>
  new DashboardLinkBuilder('AudiFi')
    .type(DashboardLinkType.Dashboards)
    .tags([tag])
    .asDropdown(true)
    .keepTime(true)
    .includeVars(false);
