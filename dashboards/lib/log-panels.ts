import { LogsSortOrder } from '@grafana/grafana-foundation-sdk/common';
import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as Logs } from '@grafana/grafana-foundation-sdk/logs';
import { dressed, type PanelSpec } from './spec';

/** The lines themselves, newest first, with their details on a click. */
export function logPanel(spec: PanelSpec): Panel {
  const panel = new Logs()
    .showTime(true)
    .wrapLogMessage(true)
    .enableLogDetails(true)
    .sortOrder(LogsSortOrder.Descending);
  return dressed(panel, spec);
}
