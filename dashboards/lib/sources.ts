import type { DataSourceRef } from '@grafana/grafana-foundation-sdk/common';

/** Datasources by what they hold. Their uids never change: dashboards and links name them. */
export const sources = {
  prometheus: { type: 'prometheus', uid: 'audifi-prometheus' },
  loki: { type: 'loki', uid: 'audifi-loki' },
  alertmanager: { type: 'alertmanager', uid: 'audifi-alertmanager' },
  jaeger: { type: 'jaeger', uid: 'audifi-jaeger' },
} as const satisfies Readonly<Record<string, DataSourceRef>>;

export type Source = keyof typeof sources;

/** How people see them in Grafana, whose pages about alerts ask for one by this name. */
export const sourceNames = {
  prometheus: 'AudiFi Prometheus',
  loki: 'AudiFi Loki',
  alertmanager: 'AudiFi Alertmanager',
  jaeger: 'AudiFi Jaeger',
} as const satisfies Readonly<Record<Source, string>>;
