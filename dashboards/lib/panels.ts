import { PanelBuilder as BarGauge } from '@grafana/grafana-foundation-sdk/bargauge';
import {
  BarGaugeDisplayMode,
  BarGaugeNamePlacement,
  BarGaugeSizing,
  BigValueColorMode,
  BigValueGraphMode,
  GraphDrawStyle,
  GraphGradientMode,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  HeatmapCellLayout,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizOrientation,
  VizTextDisplayOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  FieldColorBuilder,
  FieldColorModeId,
  MappingType,
  type Panel,
  type ValueMapping,
} from '@grafana/grafana-foundation-sdk/dashboard';
import {
  CellValuesBuilder,
  HeatmapColorMode,
  HeatmapColorOptionsBuilder,
  PanelBuilder as Heatmap,
  RowsHeatmapOptionsBuilder,
  YAxisConfigBuilder,
} from '@grafana/grafana-foundation-sdk/heatmap';
import { PanelBuilder as Stat } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as StateTimeline } from '@grafana/grafana-foundation-sdk/statetimeline';
import { PanelBuilder as TimeSeries } from '@grafana/grafana-foundation-sdk/timeseries';
import type { Limit } from './limits';
import { colours, leastAxis, units } from './looks';
import { dressed, type PanelSpec } from './spec';

export interface LinesSpec extends PanelSpec {
  /** Pile the lines up, where their sum means something. @default false */
  readonly stacked?: boolean;
  /** Counts of single things, which are not there at all where nothing was counted. @default false */
  readonly bars?: boolean;
  /** Where the axis begins unless there are lower values. @default 0 */
  readonly from?: number;
  /** Highest value that can be. @default as the data */
  readonly max?: number;
}

/** Values over time; the limit of the alert is a dashed line. */
export function lines(spec: LinesSpec): Panel {
  const { stacked = false, bars = false, from = 0, max, limit, queries } = spec;
  // Many areas on top of one another are a brown one.
  const many = queries.some(({ legend }) => legend.includes('{{'));
  const panel = new TimeSeries()
    // The palette by series name is unknown to Grafana before 10, which then draws nothing at all.
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.PaletteClassic))
    .legend(legend(spec))
    .tooltip(
      new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending),
    )
    .drawStyle(bars ? GraphDrawStyle.Bars : GraphDrawStyle.Line)
    // A line of what is 0 would lie on top of the others, in its colour.
    .lineWidth(stacked ? 0 : 2)
    .fillOpacity(stacked ? 60 : many ? 0 : 8)
    .gradientMode(GraphGradientMode.None)
    .showPoints(VisibilityMode.Never)
    // A gap is a gap: nothing was measured there.
    .spanNulls(false)
    .axisSoftMin(from)
    .thresholdsStyle(
      new GraphThresholdsStyleConfigBuilder().mode(
        limit === undefined ? GraphThresholdsStyleMode.Off : GraphThresholdsStyleMode.Dashed,
      ),
    );
  if (stacked) panel.stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group('A'));
  if (from === 0) panel.min(0);
  const least = leastAxis[spec.unit];
  if (max !== undefined) panel.max(max);
  else if (least !== undefined) panel.axisSoftMax(least);
  return dressed(panel, spec);
}

/** A table under the graph: what it is now, and how bad it was. */
function legend({ queries }: PanelSpec): VizLegendOptionsBuilder {
  const few = queries.length < 3;
  return new VizLegendOptionsBuilder()
    .displayMode(LegendDisplayMode.Table)
    .placement(LegendPlacement.Bottom)
    .showLegend(true)
    .sortBy('Last *')
    .sortDesc(true)
    .calcs(few ? ['lastNotNull', 'mean', 'max'] : ['lastNotNull', 'max']);
}

export interface NumberSpec extends PanelSpec {
  /** Draw its past behind it; asks for a query over time. @default false */
  readonly graph?: boolean;
  /** Words in place of values. @default none */
  readonly states?: ValueMapping[];
}

/** One number, in the colour of its limit. */
export function number(spec: NumberSpec): Panel {
  const panel = new Stat()
    .reduceOptions(lastValue())
    .graphMode(spec.graph === true ? BigValueGraphMode.Area : BigValueGraphMode.None)
    .colorMode(BigValueColorMode.Value);
  if (spec.limit === undefined) panel.colorScheme(fixed(colours.quiet));
  if (spec.states !== undefined) panel.mappings(spec.states);
  // Else the smallest value of the past would look like none.
  if (spec.graph === true) panel.min(0);
  return dressed(panel, spec);
}

/** The largest of many, as bars. */
export function top(spec: PanelSpec): Panel {
  const [{ source, legend }] = spec.queries;
  const panel = new BarGauge()
    .orientation(VizOrientation.Horizontal)
    // One colour a bar: a gradient shows red in a good one.
    .displayMode(BarGaugeDisplayMode.Basic)
    .namePlacement(BarGaugeNamePlacement.Left)
    // Else a single bar fills the panel.
    .sizing(BarGaugeSizing.Manual)
    .maxVizHeight(24)
    .text(new VizTextDisplayOptionsBuilder().titleSize(13).valueSize(15))
    .showUnfilled(false)
    .min(0);
  if (source === 'loki') {
    // Grafana makes one table of its answer: a bar for each row, named by the label in it.
    panel.reduceOptions(new ReduceDataOptionsBuilder().values(true).limit(20));
  } else {
    // Else a single bar has no name.
    const name = legend.replace(/\{\{(\w+)\}\}/g, '${__field.labels.$1}');
    panel.reduceOptions(lastValue()).displayName(name);
  }
  if (spec.limit === undefined) panel.colorScheme(fixed(colours.info));
  return dressed(panel, spec);
}

/** A value for each place and time. The brighter, the higher. */
const coloured = (spec: PanelSpec): Heatmap =>
  new Heatmap()
    .calculate(false)
    .color(
      new HeatmapColorOptionsBuilder()
        .mode(HeatmapColorMode.Scheme)
        .scheme('Oranges')
        .steps(64)
        .exponent(0.5)
        .reverse(false),
    )
    .cellValues(new CellValuesBuilder().unit(units[spec.unit]).decimals(2))
    .showLegend();

/** How many requests took how long. */
export function heatmap(spec: PanelSpec): Panel {
  return dressed(coloured(spec).yAxis(new YAxisConfigBuilder().unit('s')), spec);
}

/** A row for each series, side by side over time. */
export function rowsOverTime(spec: PanelSpec): Panel {
  // The rows have their names beside them, which are not bounds of buckets.
  const rows = new RowsHeatmapOptionsBuilder().layout(HeatmapCellLayout.Unknown);
  return dressed(coloured(spec).rowsFrame(rows), spec);
}

/** What state something was in, and when. @param states colour and word of each value */
export function timeline(spec: PanelSpec & { readonly states: ValueMapping[] }): Panel {
  const panel = new StateTimeline()
    .mappings(spec.states)
    .showValue(VisibilityMode.Never)
    .mergeValues(true)
    .rowHeight(0.8)
    .fillOpacity(80)
    // Colours are those of the states: by limits Grafana would ignore them.
    .colorScheme(fixed(colours.quiet));
  return dressed(panel, spec);
}

/** 1 is up, 0 is down; a share of instances is in between. */
export const upDown: ValueMapping[] = [
  {
    type: MappingType.ValueToText,
    options: {
      '0': { text: 'Down', color: colours.critical, index: 0 },
      '1': { text: 'Up', color: colours.good, index: 1 },
    },
  },
  {
    type: MappingType.RangeToText,
    options: { from: 0, to: 1, result: { text: 'Partly', color: colours.warning, index: 2 } },
  },
];

/** The limit that belongs to `upDown`. */
export const allUp: Limit = {
  side: 'below',
  steps: [{ value: 1, colour: colours.critical }],
};

const lastValue = () => new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false);

const fixed = (colour: string) =>
  new FieldColorBuilder().mode(FieldColorModeId.Fixed).fixedColor(colour);
