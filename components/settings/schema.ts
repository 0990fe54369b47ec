import { z } from 'zod';
import { sloSchema } from '../../rules/slo-schema';
import { alertingSchema, alertsSchema } from '../alerting/settings-schema';
import { forwardingSchema } from '../forwarding/settings-schema';
import { grafanaSchema } from '../grafana/settings-schema';
import { longTermSchema } from '../longterm/settings-schema';
import { logsSchema } from '../logs/settings-schema';
import { exportersSchema, metricsSchema } from '../metrics/settings-schema';
import { serversSchema } from '../metrics/settings-schema-servers';
import { kubernetesSchema } from '../platform/settings-schema';
import { referenceAppSchema } from '../reference-app/settings-schema';
import { tracesSchema } from '../traces/settings-schema';
import { uptimeSchema } from '../uptime/settings-schema';
import { budgetsSchema } from './budgets';
import { dnsLabel, doc, kind, onlyOn, type SecretKeyOf } from './kinds';

export type { Doc } from './kinds';

export { type Thresholds, thresholdsFor } from '../../rules/thresholds';

/**
 * The closed schema of all config keys. Its documentation is the source of the error messages,
 * docs/settings.md and the comment in Pulumi.yaml (`npm run docs`). Messages describe the problem
 * but never contain the value, which may be a secret.
 */
export const settingsSchema = z.strictObject({
  platform: z
    .enum(['docker', 'kubernetes'])
    .default('docker')
    .meta(doc('Platform to run on: Docker (one machine) or Kubernetes.', 'docker')),
  environment: dnsLabel
    .optional()
    .meta(
      doc(
        'Value of the label `env` on all data that leaves this stack (default: stack name).',
        'dev',
      ),
    ),
  network: z
    .string()
    .regex(/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/, { error: 'is not the name of a Docker network' })
    .regex(/^(?!(bridge|host|none|default)$)/, {
      error:
        "is one of Docker's default networks, which do not resolve container names. Use a " +
        'network that you created',
    })
    .meta(kind('name of a Docker network'))
    .optional()
    .meta(
      onlyOn(
        'docker',
        "Existing Docker network to join, e.g. that of AudiFi's compose file.",
        'audifi',
      ),
    ),
  ...metricsSchema.shape,
  ...alertsSchema.shape,
  slo: sloSchema,
  ...budgetsSchema.shape,
  ...alertingSchema.shape,
  ...grafanaSchema.shape,
  ...longTermSchema.shape,
  ...logsSchema.shape,
  ...tracesSchema.shape,
  ...forwardingSchema.shape,
  ...referenceAppSchema.shape,
  ...serversSchema.shape,
  ...exportersSchema.shape,
  ...uptimeSchema.shape,
  ...kubernetesSchema.shape,
});

export type ParsedSettings = z.output<typeof settingsSchema>;
/** Keys whose values stay encrypted from the stack file to the resource. */
export type SecretKey = SecretKeyOf<ParsedSettings>;
