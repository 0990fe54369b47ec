import * as pagerduty from '@pulumi/pagerduty';
import * as pulumi from '@pulumi/pulumi';
import { durationSeconds } from '../units';
import type { ParsedAlerting } from './settings-schema';

export interface PagerDutyServiceArgs {
  readonly settings: ParsedAlerting['pagerduty'];
  /** Default name of the service: `AudiFi <environment>`. */
  readonly environment: string;
  /** Token of the REST API; secret. */
  readonly token: pulumi.Input<string>;
}

/**
 * Provisions a PagerDuty service with its schedule, escalation policy and integration (Events API
 * v2), which Alertmanager sends to.
 *
 * Users must exist; they are looked up by e-mail address, and `up` fails if one is missing. They
 * are on call in rotation. If an incident is not acknowledged within `escalateAfter`, all users are
 * paged; this repeats three times. Only Alertmanager resolves incidents. The severity of an alert
 * decides the urgency of its incident.
 *
 * Upstream: https://www.pulumi.com/registry/packages/pagerduty/
 */
export class PagerDutyService extends pulumi.ComponentResource {
  /** Routing key for events; secret. */
  readonly routingKey: pulumi.Output<string>;
  readonly serviceName: string;

  constructor(name: string, args: PagerDutyServiceArgs, opts?: pulumi.ComponentResourceOptions) {
    super('audifi:alerting:PagerDutyService', name, {}, opts);
    const { settings } = args;
    const title = settings.service ?? `AudiFi ${args.environment}`;
    const description = 'Managed by Pulumi, project audifi-observability.';
    const provider = new pagerduty.Provider(
      `${name}-provider`,
      {
        token: pulumi.secret(args.token),
        ...(settings.region === 'eu' ? { serviceRegion: 'eu' } : {}),
        ...(settings.apiUrl === undefined ? {} : { apiUrlOverride: settings.apiUrl }),
      },
      { parent: this },
    );
    const child = { parent: this, provider };
    // PagerDuty stores addresses in lower case, and the provider compares them as written.
    const users = settings.users.map(
      (user) =>
        pagerduty.getUserOutput({ email: user.toLowerCase() }, { parent: this, provider }).id,
    );
    const schedule = new pagerduty.Schedule(
      `${name}-schedule`,
      {
        name: `${title} on call`,
        description,
        timeZone: settings.timeZone,
        layers: [
          {
            name: 'Rotation',
            start: settings.firstHandover,
            rotationVirtualStart: settings.firstHandover,
            rotationTurnLengthSeconds: durationSeconds(settings.rotation) ?? 0,
            users,
          },
        ],
      },
      child,
    );
    const policy = new pagerduty.EscalationPolicy(
      `${name}-escalation`,
      {
        name: title,
        description,
        numLoops: 3,
        rules: [
          {
            escalationDelayInMinutes: minutes(settings.escalateAfter),
            targets: [{ type: 'schedule_reference', id: schedule.id }],
          },
          {
            escalationDelayInMinutes: minutes(settings.escalateAfter),
            targets: users.map((id) => ({ type: 'user_reference', id })),
          },
        ],
      },
      child,
    );
    const service = new pagerduty.Service(
      `${name}-service`,
      {
        name: title,
        description,
        escalationPolicy: policy.id,
        alertCreation: 'create_alerts_and_incidents',
        // Alertmanager resolves incidents.
        autoResolveTimeout: 'null',
        acknowledgementTimeout: String(durationSeconds(settings.acknowledgementTimeout)),
        incidentUrgencyRule: { type: 'constant', urgency: 'severity_based' },
      },
      child,
    );
    const integration = new pagerduty.ServiceIntegration(
      `${name}-integration`,
      { name: 'Alertmanager', type: 'events_api_v2_inbound_integration', service: service.id },
      { ...child, additionalSecretOutputs: ['integrationKey'] },
    );
    this.serviceName = title;
    this.routingKey = pulumi.secret(integration.integrationKey);
    this.registerOutputs({ service: title });
  }
}

/** PagerDuty counts whole minutes. */
const minutes = (text: string): number =>
  Math.max(1, Math.round((durationSeconds(text) ?? 0) / 60));
