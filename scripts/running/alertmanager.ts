import { answer, type Server } from './answer';

/** A silence as Alertmanager has it. Unix times in seconds. */
export interface StoredSilence {
  readonly id: string;
  readonly state: 'active' | 'pending' | 'expired';
  readonly createdBy: string;
  readonly comment: string;
  readonly start: number;
  readonly end: number;
  /** In Alertmanager's syntax, e.g. `alertname="APIDown"`. */
  readonly matchers: readonly string[];
}

/** A silence to create. */
export interface NewSilence {
  readonly matchers: readonly RawMatcher[];
  /** RFC 3339. */
  readonly startsAt: string;
  readonly endsAt: string;
  readonly createdBy: string;
  readonly comment: string;
}

export interface RawMatcher {
  readonly name: string;
  readonly value: string;
  readonly isRegex: boolean;
  readonly isEqual: boolean;
}

/** An alert to send, as Prometheus sends it. Times in RFC 3339. */
export interface NewAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt: string;
}

interface RawSilence extends NewSilence {
  readonly id: string;
  readonly status: { readonly state: StoredSilence['state'] };
}

/** The HTTP API: https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml */
export class AlertmanagerClient {
  constructor(private readonly server: Server) {}

  /** All silences, including expired ones until Alertmanager deletes them (its retention). */
  async silences(): Promise<StoredSilence[]> {
    const found = (await answer(this.server, '/api/v2/silences')) as readonly RawSilence[];
    return found.map(({ id, status, createdBy, comment, startsAt, endsAt, matchers }) => ({
      ...{ id, state: status.state, createdBy, comment },
      start: new Date(startsAt).getTime() / 1000,
      end: new Date(endsAt).getTime() / 1000,
      matchers: matchers.map(written),
    }));
  }

  /** @returns its id */
  async create(silence: NewSilence): Promise<string> {
    const made = (await answer(this.server, '/api/v2/silences', { json: silence })) as {
      readonly silenceID: string;
    };
    return made.silenceID;
  }

  async send(alerts: readonly NewAlert[]): Promise<void> {
    await answer(this.server, '/api/v2/alerts', { json: alerts });
  }

  async expire(id: string): Promise<void> {
    await answer(this.server, `/api/v2/silence/${encodeURIComponent(id)}`, { method: 'DELETE' });
  }
}

/** A matcher in Alertmanager's syntax. */
export const written = ({ name, value, isRegex, isEqual }: RawMatcher): string =>
  `${name}${isRegex ? (isEqual ? '=~' : '!~') : isEqual ? '=' : '!='}${JSON.stringify(value)}`;
