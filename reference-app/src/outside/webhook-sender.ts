import { randomUUID } from 'node:crypto';
import { ROOT_CONTEXT, type SpanContext, SpanStatusCode, trace } from '@opentelemetry/api';
import type { Incident } from '../lib/incident';
import type { Log } from '../lib/log';
import { sleep } from '../lib/time-limit';
import { annotate, failSpan, httpAttributes, inSpan, outsideHeaders } from '../lib/tracing';
import { signWebhook } from '../lib/webhook-signature';

export interface WebhookOptions {
  readonly url: string;
  readonly secret: string;
  readonly incident: () => Incident;
  readonly log: Log;
}

/** Maximum number of attempts per event. */
const tries = 5;
/** Milliseconds between two invalid calls during the incident `stripe`. */
const badEveryMs = 500;

/** Calls the API as Stripe does: signed, and repeated until it gets a 2xx. */
export class WebhookSender {
  /** Number of responses by status, or `lost` without a response. */
  readonly answers = new Map<string, number>();
  private readonly sending = new Set<Promise<void>>();
  private readonly bad: NodeJS.Timeout;

  constructor(private readonly options: WebhookOptions) {
    this.bad = setInterval(() => {
      if (options.incident() === 'stripe') this.track(this.sendBadly());
    }, badEveryMs);
  }

  /** Sends the event of a paid order after a short delay. */
  completed(orderId: string, checkoutId: string): void {
    const event = {
      id: `evt_${randomUUID()}`,
      type: 'checkout.session.completed',
      data: { object: { id: checkoutId, client_reference_id: orderId } },
    };
    this.track(this.deliver(JSON.stringify(event), trace.getActiveSpan()?.spanContext()));
  }

  get inFlight(): number {
    return this.sending.size;
  }

  async stop(): Promise<void> {
    clearInterval(this.bad);
    await Promise.all(this.sending);
  }

  private track(work: Promise<void>): void {
    const done = work.finally(() => this.sending.delete(done));
    this.sending.add(done);
  }

  private async deliver(body: string, checkout: SpanContext | undefined): Promise<void> {
    for (let attempt = 0; attempt < tries; attempt += 1) {
      await sleep(200 * 2 ** attempt);
      const status = await this.call(body, signWebhook(this.options.secret, body), checkout);
      if (status !== undefined && status < 300) return;
    }
    this.options.log.warn('STUB of Stripe: a webhook was not taken');
  }

  private async sendBadly(): Promise<void> {
    const body = JSON.stringify({ id: `evt_${randomUUID()}`, type: 'checkout.session.completed' });
    await this.call(body, signWebhook('not the secret', body));
  }

  /** Each call is a separate trace with a link to its checkout, because it may come at any time. */
  private call(
    body: string,
    signature: string,
    checkout?: SpanContext,
  ): Promise<number | undefined> {
    const { url, log } = this.options;
    const span = {
      ...{ kind: 'client' as const, parent: ROOT_CONTEXT },
      attributes: httpAttributes('POST', url),
      links: checkout === undefined ? [] : [checkout],
    };
    return inSpan('POST', span, async (call) => {
      try {
        const response = await fetch(url, {
          method: 'POST',
          headers: {
            ...{ 'content-type': 'application/json', 'stripe-signature': signature },
            ...outsideHeaders(),
          },
          body,
          signal: AbortSignal.timeout(10_000),
        });
        await response.arrayBuffer();
        annotate({ 'http.response.status_code': response.status }, call);
        if (!response.ok) call.setStatus({ code: SpanStatusCode.ERROR });
        this.count(String(response.status));
        return response.status;
      } catch (error) {
        failSpan(call, error);
        this.count('lost');
        log.warn('STUB of Stripe: a webhook was not answered', { error });
        return undefined;
      }
    });
  }

  private count(answer: string): void {
    this.answers.set(answer, (this.answers.get(answer) ?? 0) + 1);
  }
}
