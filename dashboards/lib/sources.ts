import type { DataSourceRef } from '@grafana/grafana-foundation-sdk/common';

/** Uids of the data sources. They must never change: dashboards and links refer to them. */
export const sources = {
  prometheus: { type: 'prometheus', uid: 'audifi-prometheus' },
  loki: { type: 'loki', uid: 'audifi-loki' },
  alertmanager: { type: 'alertmanager', uid: 'audifi-alertmanager' },
  jaeger: { type: 'jaeger', uid: 'audifi-jaeger' },
} as const satisfies Readonly<Record<string, DataSourceRef>>;

export type Source = keyof typeof sources;

/** Display names. Grafana's alerting pages look up a data source by this name. */
export const sourceNames = {
  prometheus: 'AudiFi Prometheus',
  loki: 'AudiFi Loki',
  alertmanager: 'AudiFi Alertmanager',
  jaeger: 'AudiFi Jaeger',
} as const satisfies Readonly<Record<Source, string>>;
