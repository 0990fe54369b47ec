import type { Resource } from '../resource';
import type { Property, Schema } from '../schema';
import type { Value, Values } from '../values';
import { ask, find, type Json, textOf } from './api';

const string: Property = { type: 'string' };
const number: Property = { type: 'number' };
const required = (property: Property): Property => ({ ...property, required: true });
const list = (items: Property): Property => ({ type: 'list', items });
const members = (schema: Schema): Property => ({ type: 'object', members: schema });
const described: Property = { ...string, default: 'Managed by Pulumi' };

/** How a resource is written to the API and read from it. */
interface Mapping {
  /** Path of the collection, and the key around an object in a body. */
  readonly path: (inputs: Values) => string;
  readonly key: string;
  readonly write: (inputs: Values) => Json;
  /** Inputs that describe the existing object. `inputs` are the last written ones. */
  readonly read: (found: Json, inputs: Values) => Values;
  /** Outputs that only PagerDuty knows. */
  readonly computed?: Readonly<Record<string, (found: Json) => Value>>;
  readonly secrets?: readonly string[];
  /**
   * What the released provider 3.4.0 does if the object was deleted in PagerDuty: `recreate` drops
   * it from the state, `fail` fails at every `refresh` and `destroy`, after up to 5 minutes.
   */
  readonly missing: 'recreate' | 'fail';
}

/** A resource of the API. All types have the same create, read, update and delete. */
function resource(inputs: Schema, mapping: Mapping): Resource {
  const { path, key, write, computed = {}, secrets = [], missing } = mapping;
  const existing = missing === 'fail' ? <T>(asking: Promise<T>): Promise<T> => asking : find;
  const outputsOf = (found: Json): Values =>
    Object.fromEntries(Object.entries(computed).map(([name, of]) => [name, of(found)]));
  return {
    inputs,
    computed: Object.keys(computed),
    async create(values) {
      const found = inner(await ask('POST', path(values), { [key]: write(values) }), key);
      return { id: textOf(found['id']), outputs: outputsOf(found), secrets };
    },
    async read(id, values, outputs) {
      // An import has no inputs, so the parent can only come from the outputs.
      const known = Object.keys(values).length > 0 ? values : outputs;
      const answer = await existing(ask('GET', `${path(known)}/${id}`));
      if (answer === undefined) return undefined;
      const found = inner(answer, key);
      const described = mapping.read(found, known);
      return { id, inputs: described, outputs: outputsOf(found), secrets };
    },
    async update(id, _, news) {
      const found = inner(await ask('PUT', `${path(news)}/${id}`, { [key]: write(news) }), key);
      return outputsOf(found);
    },
    async delete(id, values) {
      await existing(ask('DELETE', `${path(values)}/${id}`));
    },
  };
}

const inner = (answer: Json, key: string): Json => (answer[key] ?? {}) as Json;
const all = (value: unknown): Json[] => (Array.isArray(value) ? (value as Json[]) : []);
const idOf = (reference: unknown): string => textOf((reference as Json | undefined)?.['id']);

/** See https://developer.pagerduty.com/api-reference/3f03afb2c84a4-get-a-schedule */
export const schedule = resource(
  {
    name: string,
    description: described,
    timeZone: required(string),
    overflow: { type: 'boolean', default: false },
    teams: list(string),
    layers: required(
      list(
        members({
          name: string,
          start: required(string),
          end: string,
          rotationVirtualStart: required(string),
          rotationTurnLengthSeconds: required({ ...number, minimum: 3600 }),
          users: required(list(string)),
        }),
      ),
    ),
  },
  {
    missing: 'fail',
    path: () => '/schedules',
    key: 'schedule',
    write: (inputs) => ({
      type: 'schedule',
      name: inputs.name,
      description: inputs.description,
      time_zone: inputs.timeZone,
      schedule_layers: all(inputs.layers).map((layer) => ({
        name: layer['name'],
        start: layer['start'],
        end: layer['end'] ?? null,
        rotation_virtual_start: layer['rotationVirtualStart'],
        rotation_turn_length_seconds: layer['rotationTurnLengthSeconds'],
        users: (layer['users'] as string[]).map((id) => ({ user: { id, type: 'user' } })),
        restrictions: [],
      })),
    }),
    read: (found, inputs) => ({
      name: textOf(found['name']),
      description: textOf(found['description']),
      timeZone: textOf(found['time_zone']),
      layers: all(found['schedule_layers']).map((layer, i) => ({
        name: textOf(layer['name']),
        start: startOf(textOf(layer['start']), all(inputs.layers)[i]),
        rotationVirtualStart: textOf(layer['rotation_virtual_start']),
        rotationTurnLengthSeconds: Number(layer['rotation_turn_length_seconds']),
        users: all(layer['users']).map(({ user }) => idOf(user)),
      })),
    }),
  },
);

/**
 * If the start of a layer was in the past when it was created, PagerDuty returns the time of
 * creation. Both mean "from now on".
 */
function startOf(found: string, written: Json | undefined): string {
  const start = textOf(written?.['start']);
  const past = (time: string): boolean => Date.parse(time) <= Date.now();
  return past(found) && past(start) ? start : found;
}

/** See https://developer.pagerduty.com/api-reference/b3A6Mjc0ODEyNA-list-escalation-policies */
export const escalationPolicy = resource(
  {
    name: string,
    description: described,
    numLoops: { ...number, minimum: 0 },
    teams: string,
    rules: required(
      list(
        members({
          escalationDelayInMinutes: required({ ...number, minimum: 1 }),
          targets: required(
            list(
              members({
                type: {
                  ...string,
                  default: 'user_reference',
                  pattern: /^(user|schedule)_reference$/,
                },
                id: required(string),
              }),
            ),
          ),
        }),
      ),
    ),
  },
  {
    missing: 'fail',
    path: () => '/escalation_policies',
    key: 'escalation_policy',
    write: (inputs) => ({
      type: 'escalation_policy',
      name: inputs.name,
      description: inputs.description,
      num_loops: inputs.numLoops ?? 0,
      escalation_rules: all(inputs.rules).map((rule) => ({
        escalation_delay_in_minutes: rule['escalationDelayInMinutes'],
        targets: all(rule['targets']).map(({ id, type }) => ({ id, type })),
      })),
    }),
    read: (found) => ({
      name: textOf(found['name']),
      description: textOf(found['description']),
      numLoops: Number(found['num_loops']),
      rules: all(found['escalation_rules']).map((rule) => ({
        escalationDelayInMinutes: Number(rule['escalation_delay_in_minutes']),
        targets: all(rule['targets']).map(({ id, type }) => ({
          type: textOf(type),
          id: textOf(id),
        })),
      })),
    }),
  },
);

/** See https://developer.pagerduty.com/api-reference/7062f2631b397-create-a-service */
export const service = resource(
  {
    name: string,
    description: described,
    escalationPolicy: required(string),
    alertCreation: {
      ...string,
      default: 'create_incidents',
      pattern: /^create_(alerts_and_)?incidents$/,
    },
    autoResolveTimeout: { ...string, default: '14400', pattern: /^(null|\d+)$/ },
    acknowledgementTimeout: { ...string, default: '1800', pattern: /^(null|\d+)$/ },
    incidentUrgencyRule: {
      ...members({
        type: required({ ...string, pattern: /^constant$/ }),
        urgency: { ...string, pattern: /^(low|high|severity_based)$/ },
      }),
      computed: true,
    },
  },
  {
    missing: 'recreate',
    path: () => '/services',
    key: 'service',
    write: (inputs) => ({
      type: 'service',
      name: inputs.name,
      description: inputs.description,
      escalation_policy: { id: inputs.escalationPolicy, type: 'escalation_policy_reference' },
      alert_creation: inputs.alertCreation ?? 'create_incidents',
      auto_resolve_timeout: seconds(inputs.autoResolveTimeout ?? '14400'),
      acknowledgement_timeout: seconds(inputs.acknowledgementTimeout ?? '1800'),
      ...(inputs.incidentUrgencyRule === undefined
        ? {}
        : { incident_urgency_rule: inputs.incidentUrgencyRule }),
    }),
    read: (found) => ({
      name: textOf(found['name']),
      description: textOf(found['description']),
      escalationPolicy: idOf(found['escalation_policy']),
      alertCreation: textOf(found['alert_creation']),
      autoResolveTimeout: JSON.stringify(found['auto_resolve_timeout'] ?? null),
      acknowledgementTimeout: JSON.stringify(found['acknowledgement_timeout'] ?? null),
      incidentUrgencyRule: urgencyOf(found['incident_urgency_rule']),
    }),
    computed: { htmlUrl: (found) => textOf(found['html_url']) },
  },
);

const seconds = (value: Value): number | null => (value === 'null' ? null : Number(value));

function urgencyOf(rule: unknown): Values {
  const { type, urgency } = (rule ?? {}) as Json;
  return { type: textOf(type), urgency: textOf(urgency) };
}

/** See https://developer.pagerduty.com/api-reference/cd3aca6cee3ae-create-a-new-integration */
export const serviceIntegration = resource(
  {
    name: string,
    service: { ...required(string), replaces: true },
    type: { ...string, replaces: true, computed: true },
  },
  {
    missing: 'recreate',
    path: (inputs) => `/services/${textOf(inputs.service)}/integrations`,
    key: 'integration',
    write: (inputs) => ({
      type: inputs.type,
      name: inputs.name,
      service: { id: inputs.service, type: 'service_reference' },
    }),
    read: (found) => ({
      name: textOf(found['name']),
      service: idOf(found['service']),
      type: textOf(found['type']),
    }),
    computed: {
      integrationKey: (found) => textOf(found['integration_key']),
      htmlUrl: (found) => textOf(found['html_url']),
    },
    secrets: ['integrationKey'],
  },
);
