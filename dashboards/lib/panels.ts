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
import { asLines, highest, type Limit, thresholds } from './limits';
import { colours, leastAxis, units } from './looks';
import { dressed, type PanelSpec } from './spec';
import { states } from './states';

export interface LinesSpec extends PanelSpec {
  /** Stack the lines, if their sum is meaningful. @default false */
  readonly stacked?: boolean;
  /**
   * Draw bars, for counts of single events, whose series may be missing if nothing was counted.
   * @default false
   */
  readonly bars?: boolean;
  /** Start of the axis, unless there are lower values. @default 0 */
  readonly from?: number;
  /** Maximum of the axis. @default from the data */
  readonly max?: number;
  /** Values can be below 0. @default false */
  readonly negative?: boolean;
  /** Low values are bad: the legend has the minimum, and the lowest first. @default false */
  readonly low?: boolean;
  /** Series come and go, so the last value in the legend would be old. @default `bars` */
  readonly sparse?: boolean;
  /** Keep the line of the limit in view, if values are often near it. @default false */
  readonly limitInView?: boolean;
}

/** Values over time. A dashed line shows the alert's threshold. */
export function lines(spec: LinesSpec): Panel {
  const { stacked = false, bars = false, from = 0, max, negative = false } = spec;
  const { limit, limitInView = false, queries } = spec;
  // Many overlapping areas would mix to brown.
  const many = queries.some(({ legend }) => legend.includes('{{'));
  const panel = new TimeSeries()
    // Grafana before 10 does not know the palette by series name, and would draw nothing.
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.PaletteClassic))
    .legend(legend(spec))
    .tooltip(
      new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending),
    )
    .drawStyle(bars ? GraphDrawStyle.Bars : GraphDrawStyle.Line)
    // The line of a series at 0 would cover the lines of the others.
    .lineWidth(stacked || bars ? 0 : 2)
    // The outlines of adjacent bars would look like a line that falls to 0 after each point.
    .fillOpacity(stacked || bars ? 60 : many ? 0 : 8)
    .gradientMode(GraphGradientMode.None)
    .showPoints(VisibilityMode.Never)
    // Gaps stay visible, because there is no data.
    .spanNulls(false)
    .axisSoftMin(from)
    .thresholdsStyle(
      new GraphThresholdsStyleConfigBuilder().mode(
        limit === undefined ? GraphThresholdsStyleMode.Off : GraphThresholdsStyleMode.Dashed,
      ),
    );
  if (stacked) panel.stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group('A'));
  if (from === 0 && !negative) panel.min(0);
  const least = limitInView && limit !== undefined ? 2 * highest(limit) : leastAxis[spec.unit];
  if (max !== undefined) panel.max(max);
  else if (least !== undefined) panel.axisSoftMax(least);
  return dressed(panel, limit === undefined ? spec : { ...spec, limit: asLines(limit) });
}

/**
 * A table below the graph, with the last value and the worst. For bars only the maximum: where
 * nothing was counted there is no value, so a mean would be too high and the last value old.
 */
function legend(spec: LinesSpec): VizLegendOptionsBuilder {
  const { queries, bars = false, sparse = bars, low = false } = spec;
  const few = queries.length < 3;
  const worst = low ? 'min' : 'max';
  const calcs = sparse ? [worst] : ['lastNotNull', ...(few ? ['mean'] : []), worst];
  return new VizLegendOptionsBuilder()
    .displayMode(LegendDisplayMode.Table)
    .placement(LegendPlacement.Bottom)
    .showLegend(true)
    .sortBy(sparse ? (low ? 'Min' : 'Max') : 'Last *')
    .sortDesc(!low)
    .calcs(calcs);
}

export interface NumberSpec extends PanelSpec {
  /** Texts shown instead of values. @default none */
  readonly states?: ValueMapping[];
  /** Limits of values with their own, by legend. @default `limit` */
  readonly limits?: Readonly<Record<string, Limit>>;
}

/**
 * One number, coloured by its threshold. It has no sparkline, because a sparkline needs a range
 * query, and the last value of a range query is outdated while the source is down.
 */
export function number(spec: NumberSpec): Panel {
  const panel = new Stat()
    .reduceOptions(lastValue())
    .graphMode(BigValueGraphMode.None)
    .colorMode(BigValueColorMode.Value);
  if (spec.limit === undefined) panel.colorScheme(fixed(colours.quiet));
  if (spec.states !== undefined) panel.mappings(spec.states);
  for (const [legend, limit] of Object.entries(spec.limits ?? {})) {
    panel.overrideByName(legend, [{ id: 'thresholds', value: thresholds(limit).build() }]);
  }
  return dressed(panel, spec);
}

/** The largest of many series, as bars. */
export function top(spec: PanelSpec): Panel {
  const [{ source, legend }] = spec.queries;
  const panel = new BarGauge()
    .orientation(VizOrientation.Horizontal)
    // One colour per bar. A gradient would show red even in a good bar.
    .displayMode(BarGaugeDisplayMode.Basic)
    .namePlacement(BarGaugeNamePlacement.Left)
    // Otherwise a single bar would fill the panel.
    .sizing(BarGaugeSizing.Manual)
    .maxVizHeight(24)
    .text(new VizTextDisplayOptionsBuilder().titleSize(13).valueSize(15))
    .showUnfilled(false)
    .min(0);
  if (source === 'loki') {
    // Grafana converts the response to one table: one bar per row, named by its label.
    panel.reduceOptions(new ReduceDataOptionsBuilder().values(true).limit(20));
  } else {
    // Otherwise a single bar would have no name.
    const name = legend.replace(/\{\{(\w+)\}\}/g, '${__field.labels.$1}');
    panel.reduceOptions(lastValue()).displayName(name);
  }
  if (spec.limit === undefined) panel.colorScheme(fixed(colours.info));
  return dressed(panel, spec);
}

const colourScale = (): HeatmapColorOptionsBuilder =>
  new HeatmapColorOptionsBuilder()
    .mode(HeatmapColorMode.Scheme)
    .scheme('Oranges')
    .steps(64)
    .exponent(0.5)
    .reverse(false);

/** Values of many series over time. Brighter means higher. */
const coloured = (spec: PanelSpec): Heatmap =>
  new Heatmap()
    .calculate(false)
    .color(colourScale())
    .cellValues(new CellValuesBuilder().unit(units[spec.unit]).decimals(2))
    .showLegend();

/** Distribution of request durations over time. */
export function heatmap(spec: PanelSpec): Panel {
  return dressed(coloured(spec).yAxis(new YAxisConfigBuilder().unit('s')), spec);
}

/** One row per series, over time. @param brightest value from which a cell is brightest */
export function rowsOverTime(spec: PanelSpec & { readonly brightest: number }): Panel {
  // The rows are named by series, not by bucket bounds.
  const rows = new RowsHeatmapOptionsBuilder().layout(HeatmapCellLayout.Unknown);
  // Otherwise the highest value is the brightest, even if it is good.
  const colour = colourScale().min(0).max(spec.brightest);
  return dressed(coloured(spec).rowsFrame(rows).color(colour), spec);
}

/** Otherwise Grafana shows 20 rows of a state timeline, and the others on further pages. */
const allRows = 1_000;

/** States over time. @param states colour and text of each value */
export function timeline(spec: PanelSpec & { readonly states: ValueMapping[] }): Panel {
  const panel = new StateTimeline()
    .mappings(spec.states)
    .showValue(VisibilityMode.Never)
    .mergeValues(true)
    .rowHeight(0.8)
    .perPage(allRows)
    .fillOpacity(80)
    // Use the colours of the states. With thresholds, Grafana would ignore them.
    .colorScheme(fixed(colours.quiet));
  return dressed(panel, spec);
}

/** A value per series and period, coloured by its threshold. @param shown whether to print it */
export function history(spec: PanelSpec & { readonly shown: boolean }): Panel {
  const panel = new StateTimeline()
    .showValue(spec.shown ? VisibilityMode.Always : VisibilityMode.Never)
    .mergeValues(false)
    .rowHeight(0.8)
    .perPage(allRows)
    .fillOpacity(80)
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.Thresholds));
  return dressed(panel, spec);
}

/** 1 is up, 0 is down, and values between are a share of instances. */
export const upDown: ValueMapping[] = [
  ...states({
    0: { text: 'Down', color: colours.critical },
    1: { text: 'Up', color: colours.good },
  }),
  {
    type: MappingType.RangeToText,
    options: { from: 0, to: 1, result: { text: 'Partly', color: colours.warning, index: 2 } },
  },
];

/** The threshold for `upDown`. */
export const allUp: Limit = {
  side: 'below',
  steps: [{ value: 1, colour: colours.critical }],
};

const lastValue = () => new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false);

const fixed = (colour: string) =>
  new FieldColorBuilder().mode(FieldColorModeId.Fixed).fixedColor(colour);
