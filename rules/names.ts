import { budgetNames } from './alerts/budgets';
import { criticalNames } from './alerts/critical';
import { databaseNames } from './alerts/databases';
import { forwardingNames } from './alerts/forwarding';
import { infoNames } from './alerts/info';
import { kubernetesNames } from './alerts/kubernetes';
import { logQueryNames } from './alerts/log-queries';
import { logPathNames } from './alerts/logs';
import { longTermNames } from './alerts/longterm';
import { scrapeNames } from './alerts/meta';
import { deliveryNames } from './alerts/meta-delivery';
import { prometheusNames } from './alerts/meta-prometheus';
import { traceNames } from './alerts/traces';
import { uptimeNames } from './alerts/uptime';
import { warningNames } from './alerts/warnings';
import { sloAlertNames } from './slo';

/** All alert names, most severe first. Each has a runbook and a promtool test with its name. */
export const alertNames = [
  ...criticalNames,
  ...sloAlertNames,
  ...warningNames,
  ...databaseNames,
  ...infoNames,
  ...uptimeNames,
  ...kubernetesNames,
  ...scrapeNames,
  ...prometheusNames,
  ...deliveryNames,
  ...logPathNames,
  ...traceNames,
  ...forwardingNames,
  ...longTermNames,
  ...budgetNames,
  ...logQueryNames,
] as const;

export type AlertName = (typeof alertNames)[number];
